# SPDX-License-Identifier: GPL-2.0-only
"""Compares the lock order of Documentation/architecture.rst with what lockdep has seen.

The drawing of that page is read as it stands. Names on a line are outside of the names
on the lines that are indented below it; what is drawn has to occur in some kernel's
/proc/lockdep_chains, and a pair of drawn locks that occurs has to follow from the
drawing. Every lock that the driver initializes has to be in the drawing.

    NAME, NAME...   * r  remark      *: taken on the way to a fence, r: taken by reclaim
    leaves          *    NAME, ...   nothing drawn is taken inside of these
    irq-safe leaves *    NAME, ...   and interrupts are off while they are held
"""

import re
import subprocess
from pathlib import Path

import tap

CHAINS, CLASSES = '/proc/lockdep_chains', '/proc/lockdep'
FILES = [CHAINS, CLASSES]
PAGE = 'Documentation/architecture.rst'

# Drawn locks that are not the driver's, and those that lockdep calls otherwise.
FOREIGN = {'dma_resv': 'reservation_ww_class_mutex', 'mm->mmap_lock': '&mm->mmap_lock',
           'obj->gpuva.lock': '&obj->gpuva.lock', 'dev->gem_lru_mutex': '&dev->gem_lru_mutex'}
RENAMED = {'xa_lock': '&xa->xa_lock'}
# The marks of the drawing: where such a lock is taken, and what is not taken inside of it.
MARKS = {'*': ('<dma_fence_map>', ('<fs_reclaim>', 'dma_resv', 'mm->mmap_lock')),
         'r': ('<fs_reclaim>', ('<fs_reclaim>',))}
NESTS = {'dma_resv', 'mm->mmap_lock'}       # several of a class at a time, by rules of their own
NOT_A_LOCK = re.compile(r'&?\(|.*(?:wait|recovered)$')    # works, timers, wait queues
LINE = re.compile(r'(?P<indent> +)(?P<names>\S+(?:, \S+| leaves)*)'
                  r'(?P<marks>(?: +[*r](?= |$))*)(?: {2,}(?P<rest>.*))?$')
REMARK_COLUMN = 20      # a line that begins beyond is more of the remark above it


class Order:
    """The documented order."""

    def __init__(self, text):
        self.drawn = set()          # (outer, inner), as drawn
        self.names, self.leaves, self.irq_safe = set(), set(), set()
        self.marked = {mark: set() for mark in MARKS}
        outer = []                  # (indent, names) of the lines around
        for indent, names, marks, rest in lines_of(text):
            if names[-1].endswith('leaves'):
                self.leaves |= set(rest)
                self.irq_safe |= set(rest) if names[0].startswith('irq-safe') else set()
                names = rest
            else:
                while outer and outer[-1][0] >= indent:
                    outer.pop()
                self.drawn |= {(o, i) for o in (outer[-1][1] if outer else ()) for i in names}
                outer.append((indent, names))
            self.names |= set(names)
            for mark in marks:
                self.marked[mark] |= set(names)
        self.allowed = closure(self.drawn)

    def judge(self, pair):
        """Return what is wrong with an observed pair (outer, inner), or None."""
        outer, inner = pair
        if outer == inner:
            return None if outer in NESTS else f'{outer} is taken inside of itself'
        if pair in self.allowed or (inner in self.leaves and outer not in self.leaves):
            return None
        if (inner, outer) in self.allowed or outer in self.leaves:
            return f'{inner} is taken inside of {outer}, against the order'
        return f'{inner} is taken inside of {outer}, which is not drawn'


def lines_of(text):
    """Return the lines of the drawing as (indent, names, marks, names in the remark)."""
    section = re.search(r'^Locks\n-+\n.*?^::\n\n(.*?)^\S', text, re.M | re.S)
    if not section:
        raise ValueError(f'{PAGE} has no drawing in its section Locks')
    found = []
    for line in section[1].splitlines():
        m = LINE.match(line)
        if found and line.startswith(' ' * REMARK_COLUMN):
            found[-1][3] += line.split(',')
        elif m:
            found.append([len(m['indent']), m['names'].split(', '), m['marks'].split(), (m['rest'] or '').split(',')])
        elif line.strip():
            raise ValueError(f'{PAGE}: cannot read "{line.strip()}"')
    return [(i, names, marks, [r.strip() for r in rest if r.strip()]) for i, names, marks, rest in found]


def closure(pairs):
    """Return all pairs that follow from PAIRS."""
    found = set(pairs)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


class Seen:
    """What the kernels of a run have seen."""

    def __init__(self, binary, folder):
        self.own = own_keys(binary)
        self.pairs = {}             # (outer, inner): a kernel in which inner was waited for
        self.held = set()           # the same with inner locks that were only tried for
        self.locks = set()
        self.irqs_on = set()        # held with interrupts on, and so not irq-safe
        for path in sorted(folder.glob(f'*{CHAINS}')):
            for chain in path.read_text().split('\n\n'):
                self.read_chain(path.relative_to(folder).parts[0], chain)
        for path in folder.glob(f'*{CLASSES}'):
            for key, usage, name in re.findall(r'^([0-9a-f]+) .*BD: *\d+ (\S+): (.*)$', path.read_text(), re.M):
                if usage[0] in '+?':
                    self.irqs_on.add(self._name(key, name))

    def read_chain(self, where, text):
        """Take in one chain of a kernel."""
        names = [self._name(*m) for m in re.findall(r'^\[([0-9a-f]+)\] (.*)$', text, re.M)]
        self.held |= {(outer, inner) for i, outer in enumerate(names) for inner in names[i + 1:]}
        # A chain is noted when its last lock is taken by one who waits for it.
        for outer in names[:-1]:
            self.pairs.setdefault((outer, names[-1]), where)

    def _name(self, key, name):
        """Return the drawn name of a lock class; others keep lockdep's in brackets."""
        name = re.sub(r'(#\d+)?(/\d+)?$', '', name)
        for drawn, theirs in FOREIGN.items():
            if name == theirs:
                return drawn
        if int(key, 16) & ~7 not in self.own:       # a key has eight subclasses, a byte each
            return f'<{name}>'
        for drawn, theirs in RENAMED.items():
            name = name if name != theirs else '&' + drawn
        if not NOT_A_LOCK.match(name):
            self.locks.add(name.removeprefix('&'))
        return name.removeprefix('&')


def own_keys(binary):
    """Return the addresses of lock classes that the driver's files define."""
    symbols = subprocess.run(['nm', '-ap', binary], text=True, capture_output=True, check=True).stdout
    keys, source = set(), ''
    for line in symbols.splitlines():
        *address, kind, name = line.split(maxsplit=2)
        if kind == 'a':             # the file of the local symbols that follow
            source = name
        elif kind in 'bd' and source.startswith('panthor_') and address:
            keys.add(int(address[0], 16))
    return keys


def wrong(order, seen, whole):
    """Return what does not fit; WHOLE: everything was run, so that all must have occurred."""
    problems = [f'{name} is not drawn' for name in seen.locks - order.names]
    for pair, where in seen.pairs.items():
        outer, inner = pair
        if outer in order.names and inner in order.names and order.judge(pair):
            problems.append(f'{order.judge(pair)} ({where})')
        problems += [f'{outer} is marked {mark}, and {inner} is taken inside of it ({where})'
                     for mark, (_, never) in MARKS.items() if outer in order.marked[mark] and inner in never]
    problems += [f'{name} is called irq-safe and was held with interrupts on'
                 for name in order.irq_safe & seen.irqs_on]
    if whole:
        problems += [f'{inner} was never seen inside of {outer}' for outer, inner in order.drawn - set(seen.pairs)]
        problems += [f'{name} is marked {mark} and was never seen inside of {place}'
                     for mark, (place, _) in MARKS.items()
                     for name in order.marked[mark] if (place, name) not in seen.held]
        problems += [f'{name} was never seen' for name in order.names - {n for p in seen.held for n in p}]
    return sorted(problems)


def check(run, binary, folder):
    """Judge what the kernels that left their files in FOLDER have seen; return the tally."""
    tally = tap.Tally()
    try:
        order = Order((Path(run.repo) / PAGE).read_text())
        problems = wrong(order, Seen(binary, folder), not run.options.filter)
    except ValueError as e:
        problems = [str(e)]
    run.point(tally, not problems, f'lockdep has seen the lock order of {PAGE}' if not run.options.filter else
              f'lockdep has seen nothing against the lock order of {PAGE}', '\n'.join(problems))
    return tally
