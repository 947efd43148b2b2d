# SPDX-License-Identifier: GPL-2.0-only
"""The levels of tests: what each prepares, runs and counts.

A level is a function of a Run; it prints its test points and returns a tally.
The order of LEVELS is from cheap to dear.
"""

import contextlib
import fnmatch
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import build
import coverage
import guest
import lockorder
import logscan
import sabotage
import static
import stress
import tap
import uml
import umltest
from cache import StepFailed
from prepare import FLAVOURS

PROGRAM_TIMEOUT_S = 120
CONFIG = 'debug'            # the UML configuration that user programs run in
INDENT = '    '

# Lines of the distribution's own module that are not reports about our work.
PEER_ALLOWED = ()


class Run:
    """What a level gets: options, cache, where to print, a folder for its files."""

    def __init__(self, options, cache, repo, screen):
        self.options, self.cache, self.repo, self.screen = options, cache, repo, screen
        self.driver, self.kernel = options.driver, options.kernel
        self.built = {}

    def folder(self, name):
        """Return an empty folder for the files of this run; it is removed at the end."""
        d = self.cache.root / 'run' / f'{name}-{os.getpid()}'
        shutil.rmtree(d, ignore_errors=True)
        d.mkdir(parents=True)
        return d

    def logs(self, name):
        """Return an empty folder for logs that are kept."""
        d = self.cache.root / 'log' / name
        shutil.rmtree(d, ignore_errors=True)
        d.mkdir(parents=True)
        return d

    def wants(self, name):
        """Tell whether --filter selects NAME, with or without its usual prefix."""
        names = (name, name.removeprefix('test_'), name.removeprefix('panthor_'))
        return any(fnmatch.fnmatchcase(n, self.options.filter or '*') for n in names)

    def say(self, line):
        """Print one line inside the level."""
        self.screen.line(INDENT + line)

    def point(self, tally, good, name, detail=''):
        """Print and count one test point of the runner itself."""
        for line in detail.splitlines():
            self.say('# ' + line)
        self.say(f'{"ok" if good else "not ok"} - {name}')
        if good:
            tally.passed += 1
        else:
            tally.fail(name)

    @contextlib.contextmanager
    def job(self, title, log):
        """Show a build of this run and give it a log."""
        path = self.cache.root / 'log' / f'{log}.log'
        with self.screen.task(title, path) as task:
            yield build.new_job(self.cache, title, log, task)

    def once(self, key, make):
        """Return make(), which is called once in a run."""
        if key not in self.built:
            self.built[key] = make()
        return self.built[key]

    def module(self):
        """Return our panthor.ko for the kernel that is tested, or None for the peer."""
        if self.driver == 'peer':
            return None

        def make():
            with self.job(f'panthor.ko ({self.kernel})', f'module-{self.kernel}') as job:
                return build.module_build(self.cache, self.repo, self.kernel, job)
        return self.once(('module', self.kernel), make)

    def uml(self, name):
        """Return the UML kernel with the driver for one configuration."""
        fragment = (self.repo / f'tests/kunit/{name}.kunitconfig').read_text()
        return self.uml_of(f'uml-{name}', fragment)

    def uml_of(self, step, fragment, makefile='', patched=None):
        """Return the UML kernel with the driver that is built in a step's workspace."""
        def make():
            self.cache.get(step)
            with self.job(f'UML kernel with the driver ({step})', f'{step}-build') as job:
                return build.uml_build(self.cache, self.repo, step, fragment, job, makefile, patched)
        return self.once(step, make)

    def uml_init(self):
        """Return the first program of the user-mode kernel, built for this machine."""
        def make():
            out = self.cache.root / 'run' / f'uml-init-{os.getpid()}'
            out.parent.mkdir(exist_ok=True)
            with self.job('uml-init', 'uml-init') as job:
                job.run(['gcc', '-static', '-O2', '-Wall', '-Werror', '-o', out,
                         Path(__file__).with_name('uml-init.c')])
            return out
        return self.once('uml-init', make)

    def programs(self, what, arch):
        """Return the test programs of tests/WHAT built for an architecture."""
        def make():
            if not (self.repo / f'tests/{what}/Makefile').exists():
                raise StepFailed(f'tests/{what}', self.repo / f'tests/{what}', 'it has no Makefile')
            with self.job(f'tests/{what} ({arch})', f'{what}-{arch}') as job:
                return build.programs_build(self.cache, self.repo, what, arch, job)
        return self.once((what, arch), make)

    def user_report(self, name, log, trouble, reports):
        """Print what a program under UML wrote and what was found in its log; return the tally."""
        self.say(f'# Subtest: {name} (UML)')
        lines, status = uml.user_lines(log)
        tally = indented_points(self, lines, trouble or (
            None if status is not None else 'the program did not end'))
        if status and not tally.failed:
            self.point(tally, False, f'{name} returned {status}')
        for report in reports:
            self.point(tally, False, f'kernel log: {report.kind}', '\n'.join(report.lines))
        return tally


def indented_points(run, lines, trouble=None):
    """Print a finished stream of TAP; return its tally."""
    printer = tap.Printer(run.say, '', run.options.verbose)
    for line in lines:
        printer.line(line)
    tally = printer.finish(show=trouble is not None)
    if trouble:
        run.point(tally, False, trouble)
    return tally


# -- user --------------------------------------------------------------------------------

def level_user(run):
    """Programs that run on this machine: pure logic and the model, with sanitizers."""
    run.cache.get('host-build')
    out = build.program_folder(run.cache, run.repo, 'user')
    make = ['make', '-C', run.repo / 'tests/user', f'O={out}', f'-j{run.options.jobs}']
    if run.options.coverage:
        return user_coverage(run, make)
    tally = tap.Tally()
    # The real firmware images, for the test that parses them all.
    env = {**os.environ, 'FWDIR': str(run.cache.get('kernel-stock') / 'usr/lib/firmware/arm/mali')}
    with run.cache.lock(f'{out.parent.name}-user'):
        with run.job('tests/user', 'user') as job:
            job.run([*make, 'all'])
        programs = sorted(p for p in out.glob('test_*') if os.access(p, os.X_OK) and
                          p.is_file() and run.wants(p.name) and
                          (run.repo / f'tests/user/{p.name}.c').exists())
        if not programs:
            run.point(tally, False, 'there are programs that match')
        with ThreadPoolExecutor(run.options.jobs) as pool:
            for program, (lines, trouble) in zip(programs, pool.map(
                    lambda p: user_program(p, env), programs)):
                run.say(f'# Subtest: {program.name}')
                tally.add(indented_points(run, lines, trouble), f'{program.name}: ')
    return tally


def user_program(program, env):
    """Run one program; return its lines and why it is bad besides its TAP."""
    try:
        r = subprocess.run([program], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           stdin=subprocess.DEVNULL, errors='replace', check=False,
                           timeout=PROGRAM_TIMEOUT_S)
    except subprocess.TimeoutExpired as e:
        text = (e.stdout or b'').decode(errors='replace')
        return text.splitlines(), f'{program.name} not finished after {PROGRAM_TIMEOUT_S} s'
    lines = r.stdout.splitlines()
    failed = tap.parse(lines).failed
    return lines, f'{program.name} returned {r.returncode}' if r.returncode and not failed else None


def user_coverage(run, make):
    """Run everything once more without sanitizers and print line coverage."""
    tally = tap.Tally()
    log = run.cache.root / 'log' / 'coverage.log'
    with run.cache.lock('coverage'), run.screen.task('coverage', log):
        r = subprocess.run([str(m) for m in make] + ['COVERAGE=1', 'coverage'], text=True,
                           capture_output=True, check=False)
    log.write_text(r.stdout + r.stderr)
    for line in r.stdout.splitlines():
        if line.startswith('# ') and '%' in line:
            run.say(line)
    run.point(tally, r.returncode == 0, 'coverage of lib/ and tests/model/ is at least 90 %',
              '' if r.returncode == 0 else '\n'.join((r.stdout + r.stderr).splitlines()[-15:]))
    return tally


# -- static ------------------------------------------------------------------------------

def level_static(run):
    """What can be said without running: warnings, sparse, kernel-doc, checkpatch, syntax."""
    tally = tap.Tally()
    for name, check in static.CHECKS:
        if not run.wants(name):
            continue
        try:
            problems = check(run)
        except StepFailed as e:
            problems = e.explain().splitlines()
        if isinstance(problems, str):
            tally.skipped += 1
            run.say(f'ok - {name} # SKIP {problems}')
        else:
            run.point(tally, not problems, name, '\n'.join(problems[:60]))
    if not tally.passed + tally.failed + tally.skipped:
        run.point(tally, False, 'there are checks that match')
    return tally


# -- kunit -------------------------------------------------------------------------------

def level_kunit(run):
    """KUnit suites on the model under user-mode Linux, one process each."""
    if run.options.self_test:
        return kunit_self_test(run)
    tally = tap.Tally()
    configs = sorted(p.stem for p in (run.repo / 'tests/kunit').glob('*.kunitconfig'))
    for name in configs:
        binary = run.uml(name)
        logs = run.logs(f'kunit-{name}')
        suites = [s for s in uml.kunit_list(binary) if not s.startswith(uml.SELF_TEST) and run.wants(s)]
        if not suites:
            run.point(tally, False, f'{name}: the kernel has KUnit suites that match')
        with ThreadPoolExecutor(run.options.jobs) as pool:
            for suite, (log, trouble, same) in zip(suites, pool.map(
                    lambda s: kunit_twice(binary, s), suites)):
                (logs / f'{suite}.log').write_text(log)
                tally.add(kunit_report(run, suite, log, trouble, same), f'{suite}: ')
        run.say(f'# logs: {logs}')
    return tally


def kunit_twice(binary, suite):
    """Run a suite two times; return log, trouble, whether both logs are the same."""
    log, trouble = uml.kunit_suite(binary, suite)
    again, _ = uml.kunit_suite(binary, suite)
    return log, trouble, log == again


def kunit_report(run, suite, log, trouble, same):
    """Print one suite's points and what its log says; return its tally."""
    run.say(f'# Subtest: {suite}')
    tally = indented_points(run, uml.kunit_lines(log), trouble)
    reports = logscan.scan(log)
    for report in reports:
        run.point(tally, False, f'{suite}: kernel log: {report.kind}', '\n'.join(report.lines))
    if not same and not reports and not trouble:
        run.point(tally, False, f'{suite}: two runs wrote the same bytes')
    return tally


def kunit_self_test(run):
    """Show that this runner calls every provoked report a failure."""
    tally = tap.Tally()
    binary = run.uml(CONFIG)
    logs = run.logs('kunit-self-test')
    suites = [s for s in uml.kunit_list(binary) if s.startswith(uml.SELF_TEST) and run.wants(s)]
    run.point(tally, bool(suites), 'the kernel has suites that provoke reports')
    for suite in suites:
        log, trouble = uml.kunit_suite(binary, suite)
        (logs / f'{suite}.log').write_text(log)
        found = [str(r) for r in logscan.scan(log)]
        counted = tap.parse(uml.kunit_lines(log))
        if trouble:
            found.append(trouble)
        found += counted.failures
        run.point(tally, bool(found), f'{suite} is reported as failed',
                  found[0] if found else 'nothing was noticed')
    run.say(f'# logs: {logs}')
    return tally


# -- the virtual machine -------------------------------------------------------------------

def vm_level(run, name, script, programs, parts=(), memory=1024, args=(), timeout_s=600,
             watch=None, device='mali-csf', modules=(), append=''):
    """Boot with a script that speaks TAP; judge its points, its end and the kernel's log.

    WATCH gets every line of it as well.
    """
    m = guest.machine(run, parts, memory, device)
    run.screen.note(f'{run.kernel} kernel, {run.driver} driver; logs: '
                    f'{run.cache.root}/log/vm-{name}-{run.driver}-{run.kernel}')
    printer = tap.Printer(run.say, '', run.options.verbose)

    def sink(line):
        printer.line(line)
        if watch:
            watch(line)
    result = guest.boot(run, m, script, programs, args, sink, timeout_s, modules, append)
    tally = printer.finish(show=result.trouble is not None)
    vm_judge(run, tally, result, f'{name}-{run.driver}-{run.kernel}')
    shutil.rmtree(m.dir)
    return tally


def vm_judge(run, tally, result, name):
    """Count how the machine ended and what its kernel's log says; keep the log."""
    logs = run.logs(f'vm-{name}')
    log = result.kernel_log()
    (logs / 'kernel.log').write_text(log)
    (logs / 'guest.log').write_text('\n'.join(result.lines) + '\n')
    tail = '\n'.join(log.splitlines()[-40:])
    if result.trouble:
        run.point(tally, False, f'the machine: {result.trouble}', tail)
    elif result.status and not tally.failed:
        run.point(tally, False, f'the guest script returned {result.status}')
    reports = logscan.scan(log, PEER_ALLOWED if run.driver == 'peer' else ())
    for report in reports:
        run.point(tally, False, f'kernel log: {report.kind}', '\n'.join(report.lines))
    judge_guest_errors(run, tally, result.guest_errors)
    if not reports and not result.trouble:
        run.point(tally, True, 'the kernel log is clean')


def judge_guest_errors(run, tally, errors):
    """Count what the virtual Mali says about our driver; of the peer's it is only shown."""
    text = '\n'.join(dict.fromkeys(errors[:200]))
    if run.driver == 'ours':
        run.point(tally, not errors, 'the virtual Mali has no complaint', text)
    elif errors:
        run.screen.note(f'the virtual Mali has {len(errors)} complaints:\n{text}')


CYCLES = {'ours': 200, 'peer': 10}
LOCK_SUITES = ('panthor_probe', 'panthor_reset')   # locks that no program takes: of removal

# Run as 32-bit programs as well: what has pointers, offsets and arrays in it.
PROGRAMS_32 = ('test_args', 'test_bind', 'test_bind_shape', 'test_bo', 'test_file', 'test_group', 'test_heap',
               'test_layout', 'test_mmap', 'test_query', 'test_vm')


def level_uapi(run):
    """ioctl tests: in the virtual machine, and for our driver also under UML; then many loads and binds."""
    tally = tap.Tally()
    seen = Deviations()
    programs = [p for p in run.programs('uapi', 'arm64') if run.wants(p.name)]
    # Of the kernels only this one is known to run 32-bit programs.
    if run.kernel == 'stock' and any(run.wants(name) for name in PROGRAMS_32):
        programs += [p for p in run.programs('uapi', 'arm32') if p.stem in PROGRAMS_32 and run.wants(p.stem)]
    under_uml = []
    if run.driver == 'ours' and run.kernel == 'stock':
        under_uml = [p for what in umltest.PROGRAMS for p in run.programs(what, 'x86_64') if run.wants(p.name)]
    if programs:
        tally.add(vm_level(run, 'uapi', 'uapi', programs, watch=seen.line, device=guest.UAPI_DEVICE), '')
    if under_uml:
        tally.add(uapi_uml(run, under_uml, seen.line), 'uml: ')
    if programs:
        judge_deviations(run, tally, seen.names)
    if run.wants('cycle'):
        tally.add(uapi_cycles(run), 'cycle: ')
    elif not programs + under_uml:
        run.point(tally, False, 'there are programs that match')
    return tally


class Deviations:
    """Collects the names by which tests say that our driver and the peer differ there."""

    MARK = re.compile(r'^\s*#\s+deviation: ([a-z0-9-]+)\s*$')
    ROW = re.compile(r'^   \* - ``([a-z0-9-]+)``$', re.M)

    def __init__(self):
        self.names = set()

    def line(self, text):
        """Take one line that a test wrote."""
        m = self.MARK.match(text)
        if m:
            self.names.add(m[1])

    @classmethod
    def documented(cls, text):
        """Return the names in the table of a page."""
        return set(cls.ROW.findall(text))


def judge_deviations(run, tally, seen):
    """Print the deviations that were met; are they those of the documentation?"""
    documented = Deviations.documented((run.repo / 'Documentation/uapi.rst').read_text())
    for name in sorted(seen):
        run.say(f'# deviation: {name}')
    problems = [f'not in Documentation/uapi.rst: {name}' for name in sorted(seen - documented)]
    # Part of the tests meets part of them; so does a kernel that lacks what some need.
    if not run.options.filter and run.kernel in FLAVOURS:
        problems += [f'no test has met: {name}' for name in sorted(documented - seen)]
    run.point(tally, not problems, 'the deviations are those of Documentation/uapi.rst',
              '\n'.join(problems))


def uapi_cycles(run):
    """Load, unload, bind and unbind many times, with clients; nothing may be left behind."""
    if run.kernel not in FLAVOURS:
        tally = tap.Tally()
        why = 'KASAN keeps freed objects back, there is nothing to compare'
        tally.skipped += 1
        tally.skips.append(why)
        run.say(f'ok - cycle # SKIP {why}')
        return tally
    run.say(f'# Subtest: cycle ({CYCLES[run.driver]} loads, then as many binds)')
    return vm_level(run, 'cycle', 'cycle', run.programs('cycle', 'arm64'),
                    args=[str(CYCLES[run.driver])], timeout_s=900)


def uapi_uml(run, programs, watch):
    """Run x86-64 builds of the ioctl tests under UML, each in a kernel of its own.

    WATCH gets every line of them.
    """
    tally = tap.Tally()
    binary = run.uml(CONFIG)
    logs, folder = run.logs('uapi-uml'), run.folder('lockdep')
    tests = [umltest.Program(p, run.uml_init()) for p in programs]
    with ThreadPoolExecutor(run.options.jobs) as pool:
        for test, (log, trouble) in zip(tests, pool.map(
                lambda t: t.run(binary, collect=lockorder.FILES, into=folder / t.name), tests)):
            (logs / f'{test.name}.log').write_text(log)
            for line in uml.user_lines(log)[0]:
                watch(line)
            tally.add(run.user_report(test.name, log, trouble, test.reports(log)), f'{test.name}: ')
    if not run.options.filter:
        for name in LOCK_SUITES:
            umltest.Suite(name, run.uml_init()).run(binary, collect=lockorder.FILES, into=folder / name)
    tally.add(lockorder.check(run, binary, folder), 'lock order: ')
    run.say(f'# logs: {logs}')
    return tally


def level_mesa(run):
    """vulkaninfo and eglinfo of the distribution; Vulkan and OpenGL ES programs of ours."""
    programs = [p for p in run.programs('mesa', 'arm64') if run.wants(p.name)]
    return vm_level(run, 'mesa', 'mesa', programs, ['image-vulkan', 'image-egl'], 2048)


# -- stress ------------------------------------------------------------------------------

def level_stress(run):
    """Races under UML on several processors with KASAN, then KCSAN; in the virtual machine; long histories."""
    tally = tap.Tally()
    race = stress.Race(run.options)
    run.say(f'# {race}')
    for name in stress.KERNELS:
        tally.add(stress.under_uml(run, name, race), f'{name}: ')
    programs = stress.programs(run, 'vm', 'arm64')
    if programs:
        tally.add(vm_level(run, 'stress', 'stress', programs, args=[str(race.seed), str(race.seconds)],
                           timeout_s=len(programs) * race.timeout_s), 'vm: ')
    for case, log, trouble in stress.histories(run, race):
        tally.add(kunit_report(run, case, log, trouble, same=True), 'history: ')
    if not tally.passed + tally.failed:
        run.point(tally, False, 'there are programs that match')
    return tally


# -- pressure ----------------------------------------------------------------------------

PRESSURE_MIB = 256
PRESSURE_CLIENTS = 8


def level_pressure(run):
    """Clients with four times the machine's memory, with swap and without: nothing is lost, nobody killed."""
    if run.driver == 'peer' or run.kernel not in FLAVOURS:
        tally = tap.Tally()
        why = 'what is watched is our driver, the swap device a module of the distribution'
        tally.skipped += 1
        tally.skips.append(why)
        run.say(f'ok - pressure # SKIP {why}')
        return tally
    return vm_level(run, 'pressure', 'pressure', run.programs('pressure', 'arm64'),
                    memory=PRESSURE_MIB, args=[str(PRESSURE_CLIENTS), str(PRESSURE_MIB)],
                    timeout_s=600, modules=['zram'],
                    append='cma=0')     # buffers cannot have that part of memory


# -- demo --------------------------------------------------------------------------------

def level_demo(run):
    """Boot the distribution's kernel with our module and show what it can do."""
    m = guest.machine(run, ['image-vulkan'])
    programs = run.programs('demo', 'arm64')
    kernel = (run.cache.get(f'kernel-{run.kernel}') / 'abi').read_text().strip()
    who = 'this driver' if run.driver == 'ours' else "the distribution's panthor"
    run.screen.line()
    run.screen.line(f'Linux {kernel} on a virtual arm64 machine with a virtual Mali-G610, driven by {who}:')
    parser = tap.Parser()

    def show(line):
        if parser.line(line) is None and not line.startswith('1..'):
            run.screen.line('  ' + line if line else '')
    result = guest.boot(run, m, 'demo', programs, sink=show, timeout_s=300)
    run.screen.line()
    for line in result.lines:
        if tap.POINT.match(line):
            run.say(line)
    tally = parser.finish()
    vm_judge(run, tally, result, f'demo-{run.driver}-{run.kernel}')
    shutil.rmtree(m.dir)
    return tally


class Level:
    """A level by name: its function and the steps it needs, to start them early."""

    def __init__(self, name, run, steps, both=False):
        self.name, self.run, self.steps, self.both = name, run, steps, both

    def describe(self):
        """Return the first line of the function's description."""
        return self.run.__doc__.splitlines()[0]


VM_STEPS = ['kernel-{kernel}', 'image-base-{kernel}', 'toolchain', 'qemu']

LEVELS = {level.name: level for level in (
    Level('user', level_user, ['host-build', 'kernel-stock']),
    Level('static', level_static, ['toolchain', 'linux-source', 'host-docs']),
    Level('kunit', level_kunit, ['uml-*']),
    Level('uapi', level_uapi, [*VM_STEPS, 'toolchain-32', f'uml-{CONFIG}'], both=True),
    Level('mesa', level_mesa, [*VM_STEPS, 'image-vulkan', 'image-egl'], both=True),
    Level('pressure', level_pressure, VM_STEPS),
    Level('demo', level_demo, [*VM_STEPS, 'image-vulkan']),
    Level('coverage', coverage.level_coverage, [coverage.STEP]),
    Level('stress', level_stress, [*VM_STEPS, 'stress-*', f'uml-{CONFIG}']),
    Level('sabotage', sabotage.level_sabotage, [*sabotage.STEPS]),
)}

# Without a level on the command line: everything, the dearest last.
DEFAULT = [('user', 'ours'), ('static', 'ours'), ('kunit', 'ours'), ('uapi', 'ours'),
           ('mesa', 'ours'), ('uapi', 'peer'), ('mesa', 'peer')]


def steps_of(level, driver, kernel, known):
    """Return the names of the steps a level needs with these options."""
    names = []
    for pattern in LEVELS[level].steps:
        pattern = pattern.format(kernel=kernel)
        if driver == 'peer' and pattern.startswith('uml-'):
            continue
        names += fnmatch.filter(known, pattern)
    return names


def run_level(name, run):
    """Run one level; return its tally and seconds."""
    start = time.monotonic()
    tally = LEVELS[name].run(run)
    return tally, time.monotonic() - start
