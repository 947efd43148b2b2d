# SPDX-License-Identifier: GPL-2.0-only
"""Level sabotage: does a test notice when a rule of the driver is broken?

Each file of tests/sabotage is a patch that breaks one rule. It begins with

    Breaks: the rule
    Caught by: LEVEL NAME

where NAME is the suite (LEVEL kunit) or program (uapi) that has to fail, KERNEL-PROGRAM
(stress), or a program in the virtual machine (vm). The unbroken driver must pass all of
these first: a test that always fails catches nothing.
"""

import contextlib
import queue
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import build
import guest
import logscan
import stress
import tap
import umltest
from cache import StepFailed
from prepare import stress_fragment

STEPS = ('sabotage-uml-a', 'sabotage-uml-b')    # two objects folders: linking uses one CPU
CONFIG = 'debug'
TIMEOUT_S = 150         # a broken driver may hang
HEAD = re.compile(r'Breaks: (?P<rule>.+)\nCaught by: (?P<level>kunit|uapi|stress|vm) '
                  rf'(?P<test>(?:(?P<kernel>{"|".join(stress.KERNELS)})-)?[\w.]+)\n')
VM_SLOWER = 4           # in time limits


class Sabotage:
    """One way to break the driver."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head = HEAD.match(path.read_text())
        if not head:
            raise ValueError(f'{path.name}: does not begin with "Breaks:" and "Caught by:"')
        self.rule, self.level, self.test = head['rule'], head['level'], head['test']
        # Where it is tried: a kernel of level stress, the virtual machine, or neither.
        self.place = 'vm' if self.level == 'vm' else head['kernel']

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

    def __init__(self, run, step, fragment, patched=None):
        self.run, self.step, self.fragment, self.patched = run, step, fragment, patched
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
            return self.make(tree, job)

    def make(self, tree, job):
        """Build what the driver in TREE is tested in."""
        return build.uml_build(self.run.cache, tree, self.step, self.fragment, job,
                               patched=self.patched)


class ModuleShop(Workshop):
    """A place to build modules for the virtual machine with a broken driver."""

    def __init__(self, run):
        super().__init__(run, f'module-{run.kernel}', None)

    def make(self, tree, job):
        """Build what the driver in TREE is tested in."""
        return build.module_build(self.run.cache, tree, self.run.kernel, job)


class GuestProgram:
    """A program in the virtual machine."""

    level = 'vm'
    RESULTS = '=== results\n'

    def __init__(self, run, path):
        self.of, self.name, self.path = run, path.name, path

    def run(self, module, timeout_s):
        """Return (log, trouble): the kernel's log, then what the program wrote."""
        m = guest.machine(self.of, device=guest.UAPI_DEVICE)
        result = guest.boot(self.of, m, 'uapi', [self.path], timeout_s=timeout_s * VM_SLOWER,
                            module=module)
        log = result.kernel_log() + self.RESULTS + '\n'.join(result.lines)
        shutil.rmtree(m.dir)
        return log, result.trouble or next(iter(result.guest_errors), None)

    def reports(self, log):
        """Return the reports of the kernel's checkers."""
        return logscan.scan(log.partition(self.RESULTS)[0])

    def points(self, log):
        """Return the lines of TAP, and what is wrong besides."""
        return log.partition(self.RESULTS)[2].splitlines(), None


class Bench:
    """Tests for one kind of kernel, and where such kernels are built with a broken driver."""

    def __init__(self, run, shops, list_tests):
        self.run, self.list_tests, self.size = run, list_tests, len(shops)
        self.shops = queue.SimpleQueue()
        for shop in shops:
            self.shops.put(shop)

    @contextlib.contextmanager
    def shop(self):
        """Have a workshop, and the kernel that it builds, for oneself."""
        shop = self.shops.get()
        try:
            yield shop
        finally:
            self.shops.put(shop)

    def judge(self, wanted, logs, tally):
        """The unbroken driver passes the tests that are named; the broken ones do not."""
        with ThreadPoolExecutor(self.size) as pool:
            with self.shop() as shop:
                binary = shop.build()
                tests = {(t.level, t.name): t for t in self.list_tests(binary)}
                named = [tests[n] for n in sorted({(s.level, s.test) for s in wanted} & set(tests))]
                for test, wrong in zip(named, pool.map(
                        lambda t: findings(t, binary, logs / f'{t.name}.log'), named)):
                    self.run.point(tally, not wrong, f'{test.name} passes on the unbroken driver',
                                   '\n'.join(wrong))
            for sabotage, (found, trouble) in zip(wanted, pool.map(
                    lambda s: self.attempt(s, tests, logs), wanted)):
                report(self.run, tally, sabotage, found, trouble)

    def attempt(self, sabotage, tests, logs):
        """Return what is found in a broken driver, and why it could not be tried or None."""
        test = tests.get((sabotage.level, sabotage.test))
        if not test:
            return [], f'there is no {sabotage.level} {sabotage.test}'
        with self.shop() as shop:
            try:
                return findings(test, shop.build(sabotage), logs / f'{sabotage.name}.log'), None
            except StepFailed as e:
                return [], e.explain()


def findings(test, kernel, log_path):
    """Run one test in a kernel and keep its log; return all that is wrong."""
    log, trouble = test.run(kernel, timeout_s=TIMEOUT_S)
    log_path.write_text(log)
    return umltest.findings(test, log, trouble)


def uml_bench(run):
    """Return the bench for suites and programs."""
    fragment = (run.repo / f'tests/kunit/{CONFIG}.kunitconfig').read_text()
    return Bench(run, [Workshop(run, step, fragment) for step in STEPS[:run.options.jobs]],
                 lambda binary: umltest.every(run, binary))


def race_bench(run, kernel):
    """Return the bench for racing programs, which have the machine for themselves."""
    shop = Workshop(run, f'stress-{kernel}', stress_fragment(run.repo, kernel),
                    run.cache.get('stress-patched'))
    return Bench(run, [shop], lambda _: stress.tests(
        run, kernel, run.programs('stress', 'x86_64'), stress.Race(run.options)))


def vm_bench(run):
    """Return the bench for programs in the virtual machine."""
    programs = [p for arch in ('arm64', 'arm32') for p in run.programs('uapi', arch)]
    return Bench(run, [ModuleShop(run)], lambda _: [GuestProgram(run, p) for p in programs])


def bench(run, place):
    """Return the bench for what is tried in a kernel of level stress, 'vm', or under UML."""
    if place == 'vm':
        return vm_bench(run)
    return race_bench(run, place) if place else uml_bench(run)


def level_sabotage(run):
    """Break the driver in many ways, one at a time; the test that is named must notice."""
    tally = tap.Tally()
    logs = run.logs('sabotage')
    wanted = [Sabotage(p) for p in patches(run.repo) if run.wants(p.stem)]
    for place in (None, 'vm', *stress.KERNELS):
        mine = [s for s in wanted if s.place == place]
        if mine:
            bench(run, place).judge(mine, logs, tally)
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
