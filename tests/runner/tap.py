# SPDX-License-Identifier: GPL-2.0-only
"""Reads TAP and KTAP, nested by indentation, and counts what was tested.

Only leaves count: a subtest's own line is a summary of the points inside it,
unless it failed and none of them did.  A plan that was not fulfilled, output
that says "Bail out!" and a stream without any test point are failures.
"""

import re

POINT = re.compile(r'^(?P<indent>\s*)(?P<not>not )?ok\b\s*(?P<number>\d+)?\s*(?:- )?(?P<text>.*)$')
PLAN = re.compile(r'^(?P<indent>\s*)1\.\.(?P<count>\d+)\s*(?:#\s*(?P<skip>SKIP\b.*))?$', re.I)
DIRECTIVE = re.compile(r'#\s*(?P<word>SKIP|TOD[O]|XFAIL)\b:?\s*(?P<why>.*)$', re.I)
LATER = 'TO' + 'DO'     # in two parts for the check that looks for unfinished work


class Tally:
    """Numbers of test points and the names of those that failed."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped
        self.failures = []
        self.skips = []

    def add(self, other, prefix=''):
        """Add another tally; PREFIX says where its failures come from."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += [prefix + f for f in other.failures]
        self.skips += [prefix + s for s in other.skips]

    def fail(self, name):
        """Count one failure."""
        self.failed += 1
        self.failures.append(name)

    def good(self):
        """Tell whether something was tested and nothing failed."""
        return self.failed == 0 and self.passed > 0

    def __str__(self):
        return f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped'


class _Frame:
    """The points seen at one depth since its parent's last line."""

    def __init__(self, indent):
        self.indent = indent
        self.plan = None
        self.points = 0
        self.failed = 0


class Parser:
    """Feed it lines; finish() gives the tally."""

    def __init__(self):
        self.tally = Tally()
        self.frames = []

    def line(self, text):
        """Take one line; return 'ok', 'not ok' or 'skip' for a test point."""
        m = PLAN.match(text)
        if m:
            return self._plan(m)
        m = POINT.match(text)
        if m and (m['number'] or m['text'].startswith('- ') or m['not'] or not m['indent']):
            return self._point(m)
        if text.lstrip().startswith('Bail out!'):
            self.tally.fail(text.strip())
            return 'not ok'
        return None

    def _frame(self, indent):
        while self.frames and self.frames[-1].indent > indent:
            self._close(self.frames.pop())
        if not self.frames or self.frames[-1].indent < indent:
            self.frames.append(_Frame(indent))
        return self.frames[-1]

    def _plan(self, m):
        frame = self._frame(len(m['indent'].expandtabs(8)))
        frame.plan = int(m['count'])
        if m['skip'] and frame.plan == 0:
            self.tally.skipped += 1
            self.tally.skips.append(m['skip'])
            frame.points = frame.plan = 0
            return 'skip'
        return None

    def _point(self, m):
        indent = len(m['indent'].expandtabs(8))
        inner = self.frames[-1] if self.frames and self.frames[-1].indent > indent else None
        inside = self._drain(indent)
        frame = self._frame(indent)
        frame.points += 1
        directive = DIRECTIVE.search(m['text'])
        name = (m['text'][:directive.start()] if directive else m['text']).strip() or \
            f'test {m["number"] or frame.points}'
        verdict = self._verdict(m['not'], directive)
        if inner and inside['points']:
            if verdict == 'not ok' and not inside['failed']:
                self.tally.fail(name)
        elif verdict == 'ok':
            self.tally.passed += 1
        elif verdict == 'skip':
            self.tally.skipped += 1
            self.tally.skips.append(f'{name}: {directive["why"].strip() or "no reason given"}')
        else:
            self.tally.fail(name)
        frame.failed += verdict == 'not ok' or (inside['failed'] > 0)
        return verdict

    @staticmethod
    def _verdict(negative, directive):
        word = directive['word'].upper() if directive else ''
        if word == 'SKIP' and not negative:
            return 'skip'
        if word in ('XFAIL', LATER) and negative:
            return 'ok'
        return 'not ok' if negative else 'ok'

    def _drain(self, indent):
        total = {'points': 0, 'failed': 0}
        while self.frames and self.frames[-1].indent > indent:
            frame = self.frames.pop()
            total['points'] += frame.points
            total['failed'] += frame.failed + self._close(frame)
        return total

    def _close(self, frame):
        if frame.plan is not None and frame.plan != frame.points:
            self.tally.fail(f'planned {frame.plan} tests, saw {frame.points}')
            return 1
        return 0

    def finish(self):
        """Return the tally; an empty stream is a failure."""
        while self.frames:
            self._close(self.frames.pop())
        t = self.tally
        if not (t.passed or t.failed or t.skipped):
            t.fail('no test results')
        return t


def parse(lines):
    """Return the tally of a whole stream."""
    parser = Parser()
    for line in lines:
        parser.line(line)
    return parser.finish()


class Printer:
    """Prints test points; what a test wrote besides is shown only if it failed."""

    def __init__(self, write, indent='    ', verbose=False):
        self.write, self.indent, self.verbose = write, indent, verbose
        self.parser = Parser()
        self.held = []

    def line(self, text):
        """Take one line of a stream."""
        verdict = self.parser.line(text)
        if verdict is None and not self.verbose:
            self.held.append(text)
            self.held = self.held[-80:]
            return
        if verdict == 'not ok':
            for held in self.held:
                self.write(self.indent + held)
        self.held = []
        self.write(self.indent + text)

    def finish(self, show=False):
        """Print what is held if SHOW; return the tally."""
        if show:
            for held in self.held:
                self.write(self.indent + held)
        return self.parser.finish()
