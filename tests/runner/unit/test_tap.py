# SPDX-License-Identifier: GPL-2.0-only
"""Counting of TAP and KTAP."""

import unittest

import tap


def tally(text):
    """Return (passed, failed, skipped) of a stream."""
    t = tap.parse(text.splitlines())
    return t.passed, t.failed, t.skipped


KUNIT = '''\
KTAP version 1
1..2
    KTAP version 1
    # Subtest: panthor_slot
    # module: panthor
    1..3
    ok 1 free
        KTAP version 1
        # Subtest: param
        ok 1 a
        ok 2 b
    # param: pass:2 fail:0 skip:0 total:2
    ok 2 param
    ok 3 later # SKIP no such thing
# panthor_slot: pass:2 fail:0 skip:1 total:3
ok 1 panthor_slot
    KTAP version 1
    # Subtest: panthor_tick
    1..1
    not ok 1 wrong
not ok 2 panthor_tick
'''


class Parse(unittest.TestCase):
    """What a stream counts as."""

    def test_plain(self):
        self.assertEqual(tally('TAP version 13\n1..3\nok 1 a\nnot ok 2 - b\nok 3 # SKIP why'), (1, 1, 1))

    def test_nested(self):
        self.assertEqual(tally(KUNIT), (3, 1, 1))

    def test_plan_at_the_end(self):
        self.assertEqual(tally('ok 1 a\nok 2 b\n1..2'), (2, 0, 0))

    def test_missing_points(self):
        self.assertEqual(tally('1..3\nok 1 a'), (1, 1, 0))

    def test_missing_points_of_a_subtest(self):
        self.assertEqual(tally('1..1\n    1..2\n    ok 1 a\nok 1 outer'), (1, 1, 0))

    def test_parent_fails_alone(self):
        self.assertEqual(tally('1..1\n    1..1\n    ok 1 a\nnot ok 1 outer'), (1, 1, 0))

    def test_silence_is_failure(self):
        self.assertEqual(tally('hello'), (0, 1, 0))

    def test_bail_out(self):
        self.assertEqual(tally('1..1\nok 1 a\nBail out! no device'), (1, 1, 0))

    def test_skip_all(self):
        self.assertEqual(tally('1..0 # SKIP no device'), (0, 0, 1))

    def test_expected_failure(self):
        self.assertEqual(tally('1..1\nnot ok 1 a # XFAIL known'), (1, 0, 0))

    def test_kselftest(self):
        text = ('TAP version 13\n1..2\n# Starting 2 tests from 1 test cases.\n#  RUN           global.a ...\n'
                '#            OK  global.a\nok 1 global.a\n#  RUN           global.b ...\n'
                '# b.c:7:b:Expected 1 (1) == 2 (2)\n# b: Test terminated by assertion\n'
                '#          FAIL  global.b\nnot ok 2 global.b\n# FAILED: 1 / 2 tests passed.\n')
        self.assertEqual(tally(text), (1, 1, 0))

    def test_words_that_begin_with_ok(self):
        self.assertEqual(tally('okay 1\n    ok then\n1..1\nok 1 a'), (1, 0, 0))

    def test_names(self):
        t = tap.parse(['1..2', 'not ok 1 - one', 'ok 2 two # SKIP because'])
        self.assertEqual((t.failures, t.skips), (['one'], ['two: because']))


class Print(unittest.TestCase):
    """What is shown of a stream."""

    def test_notes_of_failures_only(self):
        out = []
        printer = tap.Printer(out.append, '')
        for line in ('1..2', '# quiet', 'ok 1 a', '# loud', 'not ok 2 b'):
            printer.line(line)
        printer.finish()
        self.assertEqual(out, ['ok 1 a', '# loud', 'not ok 2 b'])
