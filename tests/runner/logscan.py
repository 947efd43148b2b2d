# SPDX-License-Identifier: GPL-2.0-only
"""Finds reports of trouble in a kernel log.

The kernel's checkers only print: KUnit and a program's exit status do not know
about a lockdep splat, a sleep in atomic context or a leak.  Whoever ran a kernel
searches its log with scan() and fails if anything is found.
"""

import re

# kind, pattern.  Matched against lines without their time stamp.
PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in (
    ('BUG', r'^BUG:|kernel BUG at|^Kernel BUG'),
    ('KASAN', r'BUG: KASAN|^KASAN:'),
    ('KCSAN', r'BUG: KCSAN'),
    ('KFENCE', r'BUG: KFENCE'),
    ('UBSAN', r'^UBSAN:'),
    ('WARNING', r'^WARNING:|\bWARNING: '),
    ('oops', r'Unable to handle kernel|^Internal error:|^Oops|general protection fault|'
             r'Kernel mode fault|Segfault with no mm|^Modules linked in:'),
    ('panic', r'Kernel panic'),
    ('lockdep', r'possible circular locking|possible recursive locking|'
                r'inconsistent lock state|bad unlock balance|possible irq lock inversion|'
                r'lock held when returning|still has locks held|held lock freed|'
                r'suspicious RCU usage|nested lock was not taken|'
                r'possible (?:.* )?deadlock|Invalid wait context|lock-ordering|'
                r'turning off the locking correctness validator|'
                r'(?:SOFTIRQ|HARDIRQ|RECLAIM_FS)-(?:safe|ON)|DEBUG_LOCKS_WARN_ON'),
    ('atomic sleep', r'sleeping function called from invalid context|scheduling while atomic|'
                     r'bad: scheduling from the idle thread'),
    ('RCU', r'rcu: INFO:|rcu_.* detected .*stalls|RCU used illegally|'
            r'Voluntary context switch within RCU'),
    ('hang', r'blocked for more than \d+ seconds|soft lockup|hard LOCKUP|hung_task|'
             r'workqueue lockup|BUG: workqueue'),
    ('leak', r'\bleaked?\b|memory leak|suspected memory leaks|kmemleak: [1-9]|'
             r'Objects remaining|Memory manager not clean|'
             r'^DMA-API:.*(?:pending|leak|not been unmapped|device driver)'),
    ('DMA-API', r'^DMA-API: (?!preallocated|debugging|dma_debug)'),
    ('ODEBUG', r'^ODEBUG:|debugobjects: out of memory'),
    ('list', r'list_add corruption|list_del corruption|slab .*corrupt|'
             r'refcount_t: |Bad page state|Bad rss-counter'),
    ('guest error', r'(?:virtual Mali|mali-csf): (?:guest error|oracle)'),
    ('page fault', r'Unhandled fault|bad_page|double free'),
)]

# Lines that look like a report and are none.
HARMLESS = [re.compile(p) for p in (
    r'kmemleak: (?:Kernel memory leak detector initialized|Automatic memory scanning)',
    r'loading out-of-tree module taints kernel',
    r'module verification failed',
    r'debugobjects: (?:\d+ of|selftest)|ODEBUG: (?:\d+ of|selftest)',
    r'(?:Lock dependency validator|RCU (?:lockdep|debug)|PROVE_LOCKING)',
    r'^\s*(?:(?:not )?ok \d|# )',     # KTAP: names of tests
)]

STAMP = re.compile(r'^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])?\s?')
CONTEXT = 12    # lines shown after the first line of a report


class Report:
    """One report: its kind, line number and first lines."""

    def __init__(self, kind, number, lines):
        self.kind, self.number, self.lines = kind, number, lines

    def __str__(self):
        return f'{self.kind}, line {self.number}: {self.lines[0]}'


def strip_stamp(line):
    """Return a log line without its time stamp and level."""
    return STAMP.sub('', line)


def kind_of(line):
    """Return the kind of report that a line starts or belongs to, or None."""
    text = strip_stamp(line)
    if any(h.search(text) for h in HARMLESS):
        return None
    for kind, pattern in PATTERNS:
        if pattern.search(text):
            return next((k for k in ('KASAN', 'KCSAN') if kind == 'BUG' and k in text), kind)
    return None


def scan(log, allow=()):
    """Return the reports in a kernel log.

    ALLOW holds patterns of lines that this run provokes on purpose.  Lines that
    follow a report closely are part of it, so that one splat is one report.
    """
    allowed = [re.compile(p) for p in allow]
    lines = log.splitlines()
    reports = []
    last = -CONTEXT - 1
    for i, line in enumerate(lines):
        kind = kind_of(line)
        if not kind or any(a.search(line) for a in allowed):
            continue
        if i - last > CONTEXT or not reports:
            reports.append(Report(kind, i + 1, lines[i:i + CONTEXT]))
        last = i
    return reports


RACE = re.compile(r'BUG: KCSAN: ')
RACE_END = re.compile(r'^={20,}$')
FRAME = re.compile(r'^\s+(?:\[<[0-9a-f]+>\] )?(?:\? )?([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+')


# What is on top of the function that made the access.
CHECKER = re.compile(r'^(?:save_stack_trace|stack_trace_save|print_report|_*kcsan_|__tsan_)')


class Race:
    """A data race: lines FIRST to LAST (open) of the log, the functions on each stack."""

    def __init__(self, first, last, stacks):
        self.first, self.last, self.stacks = first, last, stacks

    def functions(self):
        """Return the functions on both stacks."""
        return {f for stack in self.stacks for f in stack}

    def accesses(self):
        """Return the functions that made the accesses."""
        return {stack[0] for stack in self.stacks}


def data_races(log):
    """Return the data races that KCSAN has reported, each from its title to its ruler."""
    lines = [strip_stamp(line) for line in log.splitlines()]
    races = []
    for first, line in enumerate(lines):
        if not RACE.search(line):
            continue
        last = next((i for i in range(first, len(lines)) if RACE_END.match(lines[i])), len(lines))
        races.append(Race(first, last, _stacks(lines[first:last])))
    return races


def _stacks(lines):
    """Return the stacks in a report: blocks of frames, without the checker's own."""
    stacks = [[]]
    for line in lines:
        m = FRAME.match(line)
        if not m:
            stacks.append([])
        elif not CHECKER.match(m[1]):
            # Parts of a function that the compiler has moved away are the function's.
            stacks[-1].append(m[1].split('.')[0])
    return [s for s in stacks if s]
