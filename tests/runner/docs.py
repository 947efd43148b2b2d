# SPDX-License-Identifier: GPL-2.0-only
"""The documentation: what its pages pull in, and its build by the kernel's Sphinx set-up."""

import re
import subprocess

IN_TREE = 'drivers/gpu/drm/panthor'
DIRECTIVE = re.compile(r'^\.\. kernel-doc:: (\S+)$', re.MULTILINE)
# The last two cells of a row of Documentation/rules.rst: what shows a rule, what breaks it.
CELL = r' - .+\n(?:       .+\n)*'
RULE = re.compile(f'^    {CELL}    (?P<tests>{CELL})    (?P<patches>{CELL})', re.MULTILINE)
NAME = re.compile(r'``([\w-]+)``')
SUITE = re.compile(r'\.name = "(panthor_\w+)"')
COMMENT = re.compile(r'^/\*\*$', re.MULTILINE)
BLOCK = re.compile(r'/\*.*?\*/', re.DOTALL)
FUNCTION = re.compile(r'\b(\w+)\(\)')

# What Sphinx says of the machine, not of the pages.
OF_THE_MACHINE = ('WARNING: dot(1) not found',)


def pulled_in(repo):
    """Return (page, path in a kernel tree) of each kernel-doc directive."""
    return [(page.name, path) for page in sorted((repo / 'Documentation').glob('*.rst'))
            for path in DIRECTIVE.findall(page.read_text())]


def reference_problems(repo, source, sources):
    """Each directive names a file, and each file with documentation is named once."""
    problems, seen = [], {}
    for page, path in pulled_in(repo):
        ours = path.startswith(f'{IN_TREE}/')
        file = repo / path.removeprefix(f'{IN_TREE}/') if ours else source / path
        if not file.is_file():
            problems.append(f'{page}: there is no {path}')
        if path in seen:
            problems.append(f'{page}: {path} is in {seen[path]} already')
        seen[path] = page
    for file in sources:
        path = f'{IN_TREE}/{file.relative_to(repo)}'
        if COMMENT.search(file.read_text()) and path not in seen:
            problems.append(f'{path} is in no page')
    return problems


def rule_problems(repo):
    """Each test and each patch that the table of rules names is there."""
    suites = {x for f in (repo / 'tests/kunit').glob('*_kunit.c') for x in SUITE.findall(f.read_text())}
    programs = {f.stem for d in ('uapi', 'fail', 'stress') for f in (repo / 'tests' / d).glob('*.c')}
    patches = {f.stem for f in (repo / 'tests/sabotage').glob('*.patch')}
    rows = list(RULE.finditer((repo / 'Documentation/rules.rst').read_text()))
    problems = [f'rules.rst: there is no test {x}' for row in rows for x in NAME.findall(row['tests'])
                if x not in suites | programs]
    problems += [f'rules.rst: there is no sabotage {x}' for row in rows for x in NAME.findall(row['patches'])
                 if x not in patches]
    return problems if rows else ['rules.rst: there are no rules']


def function_problems(repo, sources):
    """Each function that a page names is in the code, and each of ours that a comment names."""
    texts = {p: p.read_text() for p in sources}
    words = {w for t in texts.values() for w in re.findall(r'\w+', BLOCK.sub('', t))}
    named = {(page.name, x) for page in (repo / 'Documentation').glob('*.rst')
             for x in FUNCTION.findall(page.read_text())}
    named |= {(str(p.relative_to(repo)), x) for p, t in texts.items() for comment in BLOCK.findall(t)
              for x in FUNCTION.findall(comment) if x.startswith('panthor_')}
    return [f'{where}: there is no {x}()' for where, x in sorted(named) if x not in words]


def link_all(source, target, but):
    """Make a folder of links to everything in another but one entry."""
    target.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.name != but:
            (target / entry.name).symlink_to(entry)


def stage(repo, source, tree):
    """Make a kernel tree that has our files in the driver's place and nothing else to build."""
    link_all(source, tree, 'drivers')
    (tree / 'Documentation').unlink()
    link_all(source / 'Documentation', tree / 'Documentation', 'gpu')
    # References to the ABI are looked up in it; the rest has warnings of its own.
    (tree / 'Documentation/ABI').unlink()
    abi = 'Documentation/ABI/testing/sysfs-driver-panthor-profiling'
    for part in ('stable', 'testing', 'obsolete', 'removed'):
        (tree / 'Documentation/ABI' / part).mkdir(parents=True)
    (tree / abi).symlink_to(source / abi)
    (tree / 'Documentation/gpu').mkdir()
    (tree / 'Documentation/gpu/panthor').symlink_to(repo / 'Documentation')
    (tree / IN_TREE).parent.mkdir(parents=True)
    (tree / IN_TREE).symlink_to(repo)


def build_problems(repo, source, folder):
    """Build the pages as a part of the kernel's documentation; return what Sphinx says."""
    tree, said = folder / 'tree', folder / 'warnings'
    stage(repo, source, tree)
    r = subprocess.run(
        ['/usr/bin/sphinx-build', '-q', '-b', 'html', '-w', said, '-d', folder / 'doctrees',
         '-c', tree / 'Documentation', '-D', f'kerneldoc_srctree={tree}',
         '-D', 'version=', '-D', 'release=', tree / 'Documentation/gpu/panthor', folder / 'html'],
        env={'srctree': str(tree), 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8'}, text=True,
        capture_output=True, stdin=subprocess.DEVNULL, check=False)
    lines = said.read_text().splitlines() if said.exists() else []
    problems = [x.replace(f'{tree}/', '') for x in lines if x and not x.startswith(OF_THE_MACHINE)]
    for page in (repo / 'Documentation').glob('*.rst'):
        if not (folder / 'html' / f'{page.stem}.html').is_file():
            problems.append(f'{page.name} was not built')
    if r.returncode and not problems:
        problems = r.stderr.splitlines()
    return problems
