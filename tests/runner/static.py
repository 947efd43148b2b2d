# SPDX-License-Identifier: GPL-2.0-only
"""Checks that read the sources: each returns a list of problems, or why it cannot run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import build
import docs
import layers
import prepare
import sabotage

# checkpatch: why each of these is not asked for.
CHECKPATCH_IGNORE = {
    'FILE_PATH_CHANGES': 'asks for MAINTAINERS, which the kernel tree has',
    'CONSTANT_COMPARISON': 'the limit of a range reads better left of the value in a chain',
    'MACRO_ARG_REUSE': 'register macros take constants',
    'SPLIT_STRING': 'kept: a message that is searched for is on one line',
}

# What a header of trace events cannot have, in the form that all of them have.
CHECKPATCH_IGNORE_TRACE = ('OPEN_ENDED_LINE', 'PARENTHESIS_ALIGNMENT')

SKIP_DIRS = {'.git', '__pycache__'}


def tracked(repo, *suffixes):
    """Return the files of the checkout with one of the suffixes (all without any)."""
    files = [p for p in repo.rglob('*') if p.is_file() and
             not SKIP_DIRS & set(p.relative_to(repo).parts)]
    return sorted(p for p in files if not suffixes or p.suffix in suffixes)


def driver_sources(repo):
    """Return the C files of the driver and its pure logic."""
    return sorted([*repo.glob('*.[ch]'), *(repo / 'lib').glob('*.[ch]')])


def output_of(argv, cwd=None, env=None):
    """Return the exit status and all output of a command."""
    r = subprocess.run([str(a) for a in argv], cwd=cwd, env={**os.environ, **(env or {})}, text=True, errors='replace', check=False,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return r.returncode, r.stdout.splitlines()


def check_module(run):
    """Out of tree against the distribution's headers, W=1 and -Werror."""
    run.module()
    return []


def check_layers(run):
    """Calls go down, as the table of layers says."""
    run.module()
    return layers.problems(run.repo, build.module_folder(run.cache, run.kernel), driver_sources(run.repo))


# C=2 would ask a script that the distribution's headers lack, and that refuses
# sparse releases without __typeof_unqual__.
SPARSE = ['KBUILD_CHECKSRC=2', 'CF=-D__typeof_unqual__=__typeof__']


def check_sparse(run):
    """Types of address spaces, endianness, lock contexts."""
    log = run.cache.root / 'log' / 'sparse.log'
    with run.job('sparse', 'sparse') as job:
        build.module_build(run.cache, run.repo, 'stock', job, extra=SPARSE)
    lines = log.read_text(errors='replace').splitlines()
    checked = sum(1 for x in lines if x.strip().startswith('CHECK '))
    sources = [p for p in driver_sources(run.repo) if p.suffix == '.c']
    if checked < len(sources) - 1:
        return [f'sparse read {checked} of {len(sources)} files']
    return [x for x in lines if is_ours(run.repo, x)]


def is_ours(repo, line):
    """Tell whether a line is a report of sparse about our sources."""
    m = re.match(r'(\S+\.[ch]):(\d+):\d+: (?:warning|error):', line)
    if not m or m[1].startswith('/usr/src/'):
        return False
    source = repo / m[1]
    text = source.read_text().splitlines()[int(m[2]) - 1] if source.exists() else ''
    # This sparse takes the static assertion in MODULE_INFO() for no constant.
    return not text.startswith('MODULE_')


def check_kernel_doc(run):
    """Every documentation comment is well-formed and complete."""
    source = run.cache.get('linux-source')
    status, lines = output_of([sys.executable, '-B', *kernel_doc(source), '-none', '-Wall', '-Werror',
                               *driver_sources(run.repo)])
    return [x for x in lines if x.strip()] if status or lines else []


def check_documentation(run):
    """The pages build with the kernel's Sphinx set-up; what is documented is in one of them."""
    run.cache.get('host-docs')
    source = run.cache.get('linux-source')
    sources = driver_sources(run.repo)
    problems = docs.reference_problems(run.repo, source, sources) + docs.rule_problems(run.repo) + \
        docs.function_problems(run.repo, sources)
    if problems:
        return problems
    folder = run.folder('docs')
    problems = docs.build_problems(run.repo, source, folder)
    shutil.rmtree(folder)
    return problems


def kernel_doc(source):
    """Return the kernel tree's kernel-doc program, by the name it has."""
    for name in ('tools/docs/kernel-doc', 'scripts/kernel-doc.py', 'scripts/kernel-doc'):
        if (source / name).is_file():
            return [source / name]
    raise FileNotFoundError('kernel-doc')


def check_checkpatch(run):
    """Coding style of the driver and lib/."""
    source = run.cache.get('linux-source')
    sources = driver_sources(run.repo)
    trace = [p for p in sources if p.name.endswith('_trace.h')]
    rest = [p for p in sources if p not in trace]
    return checkpatch(source, rest, CHECKPATCH_IGNORE) + \
        checkpatch(source, trace, [*CHECKPATCH_IGNORE, *CHECKPATCH_IGNORE_TRACE])


def checkpatch(source, files, ignore):
    """Return what checkpatch says of some files."""
    status, lines = output_of(
        ['perl', source / 'scripts/checkpatch.pl', f'--root={source}', '--strict', '--terse',
         '--show-types', '--no-summary', '--ignore=' + ','.join(ignore), '-f', *files],
        # Without a repository it does not start spdxcheck.py; check_tree does that part.
        env={'GIT_DIR': '/nonexistent'})
    return [x for x in lines if x.strip()] if status else []


def shell_files(repo):
    """Return the shell scripts of the tree, by name or first line."""
    found = []
    for p in tracked(repo):
        with open(p, 'rb') as f:
            first = f.readline(80)
        if p.suffix == '.sh' or (first.startswith(b'#!') and b'sh' in first.split(b'/')[-1]):
            found.append((p, 'bash' if b'bash' in first else 'sh'))
    return found


def check_shell(run):
    """Shell scripts parse."""
    problems = []
    for path, shell in shell_files(run.repo):
        status, lines = output_of([shell, '-n', path])
        if status:
            problems += lines
    return problems


def check_python(run):
    """Python files compile, and the runner's own tests pass."""
    problems = []
    for path in tracked(run.repo, '.py'):
        try:
            compile(path.read_text(), str(path), 'exec')
        except SyntaxError as e:
            problems.append(f'{path}:{e.lineno}: {e.msg}')
    return problems


def check_runner(run):
    """The runner's own tests."""
    here = Path(__file__).parent
    status, lines = output_of([sys.executable, '-B', '-W', 'error', '-m', 'unittest', 'discover', '-s', 'unit', '-t', '.'],
                              cwd=here)
    return lines if status else []


# Built from parts, so that this file passes its own check.
HOME = '|'.join(('root', 'home', 'work', 'Users'))
FORBIDDEN = [
    (re.compile(rf'(?<![\w.$}}*])/(?:{HOME})/\w'), "a path of someone's machine"),
    (re.compile(r'\b(?:TO' r'DO|FIX' r'ME|XX' r'X)\b'), 'unfinished work'),
    (re.compile(r'trusted\s*=\s*' r'yes'), 'an unverified archive'),
    (re.compile(r'^(?:<{7}|>{7}) '), 'a conflict marker'),
    (re.compile(r'[ \t]+$'), 'space at the end of the line'),
]


def check_tree(run):
    """No path of a machine, no unfinished work, a licence in every source file."""
    problems = []
    for path in tracked(run.repo):
        name = path.relative_to(run.repo)
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        # A patch has the lines of somebody else, and marks an empty one with a space.
        rules = FORBIDDEN[:-1] if path.suffix == '.patch' else FORBIDDEN
        for number, line in enumerate(lines, 1):
            problems += [f'{name}:{number}: {why}' for pattern, why in rules if pattern.search(line)]
        if path.suffix in ('.c', '.h', '.py', '.sh') and \
                not any('SPDX-License-Identifier' in x for x in lines[:3]):
            problems.append(f'{name}: no SPDX line')
    return problems


CHECKS = [
    ('tree', check_tree),
    ('shell', check_shell),
    ('python', check_python),
    ('runner', check_runner),
    ('sabotage', sabotage.check_patches),
    ('kernel-doc', check_kernel_doc),
    ('documentation', check_documentation),
    ('checkpatch', check_checkpatch),
    ('module', check_module),
    ('layers', check_layers),
    ('sparse', check_sparse),
]
