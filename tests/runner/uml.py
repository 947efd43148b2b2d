# SPDX-License-Identifier: GPL-2.0-only
"""Runs user-mode kernels: KUnit suites and x86-64 test programs.

Time travel makes time a number that jumps to the next event, so that sleeps cost
nothing. For KUnit the CPU is infinitely fast as well: two runs of the same kernel
write the same bytes. User programs may poll the clock, so for them a busy CPU takes
its time.
"""

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import cpio
import logscan

ARGUMENTS = ['mem=512M', 'con0=fd:0,fd:1', 'con=null', 'kasan_multi_shot',
             'panic=-1']
# Unplugging waits for many grace periods.
SMP = ['seccomp=on', 'ncpus=4', 'rcupdate.rcu_expedited=1']
# kunit/host_delays.c; ten times as many accesses are watched as by default, at most.
RACES = ['panthor_delays=64', 'kcsan.skip_watch=400']
KUNIT = ['time-travel=inf-cpu', 'kunit_shutdown=halt', 'root=none']
USER = ['kunit.enable=0', 'panthor_host']     # the virtual Mali is there from the start
RAW = 'no_hash_pointers'    # lockorder.py looks addresses up
TIMEOUT_S = 300
SELF_TEST = 'panthor_selftest'    # suites that fail on purpose begin with this


def run(binary, arguments, timeout_s=TIMEOUT_S):
    """Run a UML kernel to its end; return (log, reason it ended badly or None)."""
    with tempfile.TemporaryDirectory(prefix='panthor-uml-') as home:
        log, trouble = _run([binary, *ARGUMENTS, *arguments], home, timeout_s)
    # What tells of the host and not of the kernel: where some files are.
    log = re.sub(r'^(mconsole .* initialized) on .*$', r'\1', log.replace('\r', ''), flags=re.M)
    log = re.sub(r'\binitrd=\S+', 'initrd', log)
    if trouble is None and 'Kernel panic' in log:
        trouble = 'kernel panic'
    return log, trouble


POWERED_OFF = re.compile(rb'^reboot: (Power down|System halted)\s*$', re.M)


def _run(command, home, timeout_s):
    env = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': home, 'TMPDIR': '/tmp', 'TERM': 'dumb'}
    with subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                          start_new_session=True) as process:
        try:
            out, _ = process.communicate(timeout=timeout_s)
            trouble = None
            # Once the kernel is down, how its process exits says nothing about it.
            if process.returncode not in (0, 1) and not POWERED_OFF.search(out):
                trouble = f'kernel ended with {process.returncode}'
        except subprocess.TimeoutExpired:
            # All its helper processes are in the session that was made for it.
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
            trouble = f'not finished after {timeout_s} s'
    return out.decode(errors='replace'), trouble


def kunit_list(binary):
    """Return the names of all suites, in the order the kernel has them."""
    log, _ = run(binary, [*KUNIT, 'kunit.action=list'])
    names = []
    for line in log.splitlines():
        word = line.strip()
        suite, dot, case = word.partition('.')
        if dot and suite.isidentifier() and case.isidentifier() and suite not in names:
            names.append(suite)
    return names


def kunit_suite(binary, suite, arguments=(), timeout_s=TIMEOUT_S):
    """Run one suite, with more words for the kernel's command line; return (log, trouble)."""
    return run(binary, [*KUNIT, f'kunit.filter_glob={suite}', *arguments], timeout_s)


def initrd(init, program, path):
    """Write the initramfs of a kernel that runs INIT and, unless it is None, a static program."""
    archive = cpio.Archive()
    for d in ('dev', 'proc', 'sys', 'tmp'):
        archive.directory(d)
    archive.device('dev/console', 5, 1)
    archive.text('init', Path(init).read_bytes(), 0o755)
    if program:
        archive.text('program', Path(program).read_bytes(), 0o755)
    archive.write(path)


def init_run(binary, init, program, arguments, collect=(), into=None, timeout_s=TIMEOUT_S):
    """Run INIT in a kernel; it keeps the kernel's files COLLECT in the folder INTO.

    ARGUMENTS that the kernel does not know, NAME=VALUE, are in the program's environment.
    """
    if collect:
        Path(into).mkdir(parents=True, exist_ok=True)
        arguments = [*arguments, 'collect=' + ':'.join(collect), f'into={into}']
    with tempfile.NamedTemporaryFile(prefix='panthor-initrd-') as f:
        initrd(init, program, f.name)
        return run(binary, [*arguments, f'initrd={f.name}'], timeout_s)


def user_run(binary, init, program, **keep):
    """Run one static program in a kernel that has the virtual Mali from the start."""
    return init_run(binary, init, program, ['time-travel', *USER, RAW], **keep)


def race_run(binary, init, program, environment, timeout_s):
    """Run one static program on several processors, in real time."""
    return init_run(binary, init, program, [*SMP, *USER, *RACES, *environment], timeout_s=timeout_s)


def kunit_run(binary, init, suite, **keep):
    """Run one suite in a kernel that then goes on to user space, to keep files of it."""
    return init_run(binary, init, None, ['time-travel=inf-cpu', f'kunit.filter_glob={suite}', RAW],
                    **keep)


BEGIN, END = '=== program begins', '=== program ended with'


def user_lines(log):
    """Return what the program wrote and its exit status (None if it did not end)."""
    lines, status, inside = [], None, False
    for line in log.splitlines():
        if line.startswith(BEGIN):
            inside = True
        elif line.startswith(END):
            status, inside = int(line.split()[-1]), False
        elif inside:
            lines.append(line)
    return lines, status


def kunit_lines(log):
    """Return the KTAP part of a UML log."""
    lines = [logscan.strip_stamp(line) for line in log.splitlines()]
    start = next((i for i, line in enumerate(lines) if line.startswith('KTAP version')), None)
    return [] if start is None else lines[start:]
