# SPDX-License-Identifier: GPL-2.0-only
"""The tests of a UML kernel: suites inside it and programs on it, run and judged alike."""

import logscan
import tap
import uml

# Folders of tests; the second needs a kernel with fault injection, which no other has.
PROGRAMS = ('uapi', 'fail')

# A page fault that got no memory and is tried again; a checker that got none for itself.
FAIL_ALLOWED = (r'VM_FAULT_OOM leaked out to the #PF handler',
                r'DMA-API: cacheline tracking ENOMEM, dma-debug disabled')


class Suite:
    """A KUnit suite; the kernel goes on to user space, where INIT keeps files of it."""

    level = 'kunit'

    def __init__(self, name, init):
        self.name, self.init = name, init

    def run(self, binary, **how):
        """Return (log, trouble); HOW: see uml.init_run()."""
        return uml.kunit_run(binary, self.init, self.name, **how)

    def reports(self, log):
        """Return the reports of the kernel's checkers."""
        return logscan.scan(log)

    def points(self, log):
        """Return the lines of TAP, and what is wrong with their end."""
        return uml.kunit_lines(log), None


class Program:
    """A static program."""

    level = 'uapi'

    def __init__(self, path, init):
        self.name, self.path, self.init = path.name, path, init

    def run(self, binary, **how):
        """Return (log, trouble); HOW: see uml.init_run()."""
        return uml.user_run(binary, self.init, self.path, **how)

    def reports(self, log):
        """Return the reports of the kernel's checkers."""
        return logscan.scan(log, FAIL_ALLOWED if self.name.startswith('fail_') else ())

    def points(self, log):
        """Return the lines of TAP, and what is wrong with their end."""
        lines, status = uml.user_lines(log)
        return lines, 'the program did not end' if status is None else \
            f'the program returned {status}' if status else None


def every(run, binary):
    """Return all suites but those that fail on purpose, and all programs."""
    init = run.uml_init()
    suites = [s for s in uml.kunit_list(binary) if not s.startswith(uml.SELF_TEST)]
    programs = [p for what in PROGRAMS for p in run.programs(what, 'x86_64')]
    return [Suite(s, init) for s in suites] + [Program(p, init) for p in programs]


def findings(test, log, trouble):
    """Return all that is wrong, most telling first: reports, failed tests, a bad end."""
    lines, end = test.points(log)
    found = [f'{r.kind}: {logscan.strip_stamp(r.lines[0])}' for r in test.reports(log)]
    found += tap.parse(lines).failures
    return found + [x for x in (trouble, end) if x]
