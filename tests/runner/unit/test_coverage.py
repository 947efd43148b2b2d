# SPDX-License-Identifier: GPL-2.0-only
"""Tests of coverage: reports add up, and what did not run is named."""

import tempfile
import unittest
from pathlib import Path

import coverage


def report(name, counts, calls=1):
    """Return what gcov says about an object with one function."""
    return {'files': [{
        'file': f'/src/drivers/gpu/drm/panthor/{name}',
        'lines': [{'line_number': n, 'count': c} for n, c in counts.items()],
        'functions': [{'name': 'f', 'start_line': 1, 'execution_count': calls}]}]}


class Adding(unittest.TestCase):
    def test_runs_add_up(self):
        lines = coverage.Lines()
        lines.add(report('a.c', {1: 1, 2: 0, 3: 0}))
        lines.add(report('a.c', {1: 0, 2: 4, 3: 0}))
        lines.add(report('lib/b.c', {7: 0}))
        self.assertEqual(lines.sum('a.c'), (2, 3))
        self.assertEqual(lines.sum(), (2, 4))
        self.assertIn('50.0 %', lines.table()[-1])

    def test_others_are_not_counted(self):
        lines = coverage.Lines()
        lines.add(report('tests/kunit/host.c', {1: 1}))
        lines.add({'files': [{'file': 'include/linux/list.h', 'lines': [], 'functions': []}]})
        self.assertEqual(lines.sum(), (0, 0))


class Naming(unittest.TestCase):
    def test_lines_and_functions(self):
        lines = coverage.Lines()
        lines.add(report('a.c', {1: 1, 2: 0}))
        lines.add(report('b.c', {1: 0}, calls=0))
        with tempfile.TemporaryDirectory() as d:
            for name in ('a.c', 'b.c'):
                Path(d, name).write_text('one\ntwo\n')
            text = lines.uncovered(Path(d))
        self.assertEqual(text.splitlines(), [
            'a.c: 1 of 2', '      2: two', 'b.c: 1 of 1', '  f() is never called', '      1: one'])


class Reading(unittest.TestCase):
    def test_no_counters_is_an_error(self):
        with tempfile.TemporaryDirectory() as d:
            reports, error = coverage.read(Path(d), Path('/objects'))
        self.assertEqual(reports, [])
        self.assertTrue(error)


if __name__ == '__main__':
    unittest.main()
