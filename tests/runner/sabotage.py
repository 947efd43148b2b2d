# SPDX-License-Identifier: GPL-2.0-only
"""Level sabotage: does a test notice when a rule of the driver is broken?

Each file of tests/sabotage is a patch that breaks one rule. It begins with

    Breaks: the rule
    Caught by: LEVEL NAME

where LEVEL is kunit or uapi and NAME the suite or program that has to fail. The
unbroken driver must pass all of these first: a test that always fails catches nothing.
"""

import queue
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import build
import tap
import umltest
from cache import StepFailed

STEPS = ('sabotage-uml-a', 'sabotage-uml-b')    # two objects folders: linking uses one CPU
CONFIG = 'debug'
TIMEOUT_S = 150         # a broken driver may hang
HEAD = re.compile(r'Breaks: (?P<rule>.+)\nCaught by: (?P<level>kunit|uapi) (?P<test>[\w*]+)\n')


class Sabotage:
    """One way to break the driver."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head = HEAD.match(path.read_text())
        if not head:
            raise ValueError(f'{path.name}: does not begin with "Breaks:" and "Caught by:"')
        self.rule, self.level, self.test = head['rule'], head['level'], head['test']

    def apply(self, tree, *options):
        """Apply the patch to a tree; return what patch says if it does not fit."""
        r = subprocess.run(['patch', '-p1', '-f', '-s', '--fuzz=1', '--no-backup-if-mismatch', *options,
                            '-i', str(self.path)], cwd=tree, text=True, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return [f'{self.name}: {x}' for x in r.stdout.splitlines()] if r.returncode else []


def patches(repo):
    """Return the files that break something."""
    return sorted((repo / 'tests/sabotage').glob('*.patch'))


def check_patches(run):
    """Every sabotage has its head and still applies."""
    problems = []
    for path in patches(run.repo):
        try:
            problems += Sabotage(path).apply(run.repo, '--dry-run')
        except ValueError as e:
            problems.append(str(e))
    return problems


class Workshop:
    """A place to build kernels with a broken driver, one at a time."""

    def __init__(self, run, step):
        self.run, self.step = run, step
        self.fragment = (run.repo / f'tests/kunit/{CONFIG}.kunitconfig').read_text()
        self.folder = run.folder(f'shop-{step}')

    def build(self, sabotage=None):
        """Return the kernel with a sabotage or with the driver as it is; may raise StepFailed."""
        tree = self.folder / 'driver'
        shutil.rmtree(tree, ignore_errors=True)
        build.sync_driver(self.run.repo, tree)
        name = sabotage.name if sabotage else 'unbroken'
        with self.run.job(f'UML kernel ({name})', self.step) as job:
            problems = sabotage.apply(tree) if sabotage else []
            if problems:
                raise StepFailed(name, job.log, problems[0])
            return build.uml_build(self.run.cache, tree, self.step, self.fragment, job)


def level_sabotage(run):
    """Break the driver in many ways, one at a time; the test that is named must notice."""
    tally = tap.Tally()
    logs = run.logs('sabotage')
    wanted = [Sabotage(p) for p in patches(run.repo) if run.wants(p.stem)]
    shops = queue.SimpleQueue()
    for step in STEPS[:run.options.jobs]:
        shops.put(Workshop(run, step))
    shop = shops.get()
    binary = shop.build()
    tests = {(t.level, t.name): t for t in umltest.every(run, binary)}

    def findings(test, kernel, name):
        log, trouble = test.run(kernel, timeout_s=TIMEOUT_S)
        (logs / f'{name}.log').write_text(log)
        return umltest.findings(test, log, trouble)

    def attempt(sabotage):
        shop = shops.get()
        try:
            if (sabotage.level, sabotage.test) not in tests:
                return [], f'there is no {sabotage.level} {sabotage.test}'
            return findings(tests[sabotage.level, sabotage.test], shop.build(sabotage), sabotage.name), None
        except StepFailed as e:
            return [], e.explain()
        finally:
            shops.put(shop)

    named = sorted({(s.level, s.test) for s in wanted} & set(tests))
    with ThreadPoolExecutor(min(run.options.jobs, len(STEPS))) as pool:
        for (_, name), wrong in zip(named, pool.map(lambda n: findings(tests[n], binary, n[1]), named)):
            run.point(tally, not wrong, f'{name} passes on the unbroken driver', '\n'.join(wrong))
        shops.put(shop)
        for sabotage, (found, trouble) in zip(wanted, pool.map(attempt, wanted)):
            report(run, tally, sabotage, found, trouble)
    run.point(tally, bool(wanted), 'there are patches that match')
    run.say(f'# logs: {logs}')
    return tally


def report(run, tally, sabotage, found, trouble):
    """Print whether and by what a sabotage was noticed."""
    run.say(f'# {sabotage.name} breaks: {sabotage.rule}')
    if trouble:
        run.point(tally, False, f'{sabotage.name} is built and tested', trouble)
    else:
        run.point(tally, bool(found), f'{sabotage.name}: {sabotage.test} notices '
                  f'{found[0] if found else "nothing"}')
