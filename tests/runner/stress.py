# SPDX-License-Identifier: GPL-2.0-only
"""Level stress: racing programs on several processors, and long histories.

The programs of tests/stress run for a given time, each in a User Mode Linux
kernel of its own: one with KASAN and lockdep, one with KCSAN. Then all of them
run in the virtual machine. What they do is not repeatable to the instruction,
so the seed is printed and the log kept. The histories of address spaces at the
end are as long as --ops says, and each can be made again from its seed.
"""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import logscan
import tap
import uml
import umltest
from prepare import stress_fragment

KERNELS = ('kasan', 'kcsan')
SECONDS = 10                # of each case, unless --seconds says otherwise
MAX_CASES = 4               # in a program
SLACK_S = 400               # a program waits for what is to go, on a slow machine

HISTORY = 'panthor_vm_history'
HISTORIES = ('vm_history', 'vm_history_without_memory')     # cases of it, a process each
OPERATIONS = 1_000_000      # of all of them, unless --ops says otherwise
OPERATIONS_PER_S = 150      # at the very least

# Races between functions of the kernel that were looked into, though the driver calls them.
SETTLED = {
    # "Do I have this lock already?": a context is compared with the lock's, which is the
    # same only if its own thread has stored it. Others store when they lock and unlock.
    frozenset({'ww_mutex_unlock', '__ww_mutex_lock'}),
    frozenset({'__ww_mutex_lock'}),
    # A sleeper asks whether its timer has woken it, and whoever slept for long enough has.
    frozenset({'hrtimer_wakeup', 'schedule_hrtimeout_range_clock'}),
}


class Race:
    """What all programs of a run have in common."""

    def __init__(self, options):
        self.seed = options.seed or int(time.time())
        self.seconds = options.seconds or SECONDS
        self.timeout_s = MAX_CASES * self.seconds + SLACK_S
        self.ops = options.ops or OPERATIONS

    def __str__(self):
        return f'seed {self.seed}, {self.seconds} s for each case, {self.ops} operations'


def programs(run, where, arch='x86_64'):
    """Return the programs that the filter selects: stress_NAME, NAME or WHERE-NAME."""
    def wanted(name):
        return any(run.wants(n) for n in (f'stress_{name}', name, f'{where}-{name}'))
    return [p for p in run.programs('stress', arch) if wanted(p.name.removeprefix('stress_'))]


class Program(umltest.Program):
    """A racing program in a kernel of several processors; NAME is KERNEL-PROGRAM."""

    level = 'stress'

    def __init__(self, path, kernel, init, race, own):
        super().__init__(path, init)
        self.name = f'{kernel}-{path.name.removeprefix("stress_")}'
        self.race, self.own = race, own

    def run(self, binary, timeout_s=0):
        """Return (log, trouble)."""
        return uml.race_run(binary, self.init, self.path,
                            [f'STRESS_SEED={self.race.seed}', f'STRESS_SECONDS={self.race.seconds}'],
                            max(timeout_s, self.race.timeout_s))

    def reports(self, log):
        """Return the reports of the kernel's checkers that concern the driver."""
        return reports(log, self.own)


def tests(run, name, paths, race):
    """Return the programs PATHS for the kernel NAME, which has been built."""
    own = driver_functions(run.cache.get(f'stress-{name}'))
    return [Program(p, name, run.uml_init(), race, own) for p in paths]


def under_uml(run, name, race):
    """Run the programs under the UML kernel NAME; return the tally."""
    tally = tap.Tally()
    todo = programs(run, name)
    if not todo:
        return tally
    binary = run.uml_of(f'stress-{name}', stress_fragment(run.repo, name),
                        patched=run.cache.get('stress-patched'))
    logs = run.logs(f'stress-{name}')
    # One at a time: each has the processors of the machine for itself.
    for test in tests(run, name, todo, race):
        log, trouble = test.run(binary)
        (logs / f'{test.path.name}.log').write_text(log)
        tally.add(run.user_report(test.name, log, trouble, test.reports(log)), f'{test.path.name}: ')
    run.say(f'# logs: {logs}')
    return tally


def histories(run, race):
    """Make histories, each in a kernel and from a seed of its own; return [(case, log, trouble)]."""
    if not any(run.wants(n) for n in ('history', HISTORY)):
        return []
    binary = run.uml('debug')
    ops = -(-race.ops // len(HISTORIES))

    def make(number, case):
        seed = race.seed + number
        log, trouble = uml.kunit_suite(
            binary, f'{HISTORY}.{case}', [f'panthor_history.ops={ops}', f'panthor_history.seed={seed}'],
            SLACK_S + ops // OPERATIONS_PER_S)
        done = history_line(log, seed)
        if not trouble and (not done or int(done[1]) < ops):
            trouble = f'{case} from seed {seed}: fewer than {ops} operations'
        return case, log, trouble
    logs = run.logs('stress-history')
    with ThreadPoolExecutor(run.options.jobs) as pool:
        made = list(pool.map(make, *zip(*enumerate(HISTORIES))))
    for number, (case, log, _) in enumerate(made):
        (logs / f'{case}.log').write_text(log)
        done = history_line(log, race.seed + number)
        run.say(f'# {case}: {done[0] if done else f"seed {race.seed + number}: not finished"}')
    run.say(f'# logs: {logs}')
    return made


def history_line(log, seed):
    """Return the match of what a history says at its end, with the number of operations, or None."""
    return re.search(rf'seed {seed}: (\d+) operations.*', log)


def driver_functions(objdir):
    """Return the names of all functions of the driver and of its virtual Mali."""
    objects = sorted((objdir / 'drivers/gpu/drm/panthor').rglob('*.o'))
    r = subprocess.run(['nm', '--defined-only', *objects], capture_output=True, text=True, check=True)
    fields = (line.split() for line in r.stdout.splitlines())
    return {f[2] for f in fields if len(f) == 3 and f[1] in 'tT'}


def reports(log, own):
    """Return the reports in a log, without data races that the driver has no part in.

    The kernel has races of its own. One is the driver's if a function in OWN is
    on the stack of either access, unless both accesses were made by others and the
    race is in SETTLED.
    """
    lines = log.splitlines()
    for race in reversed(logscan.data_races(log)):
        if not own & race.functions() or race.accesses() in SETTLED:
            del lines[race.first:race.last]
    return logscan.scan('\n'.join(lines))
