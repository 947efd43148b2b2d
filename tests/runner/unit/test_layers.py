# SPDX-License-Identifier: GPL-2.0-only
"""The table of layers is read, and what goes against it is found."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from layers import Table, called, circles, included, wrong

PAGE = '''
Layers
------

.. list-table::

   * - row
     - files
     - responsibility
   * - 0
     - lib/a, panthor_dev.h
     - a
   * - 1
     - panthor_b, _c,
       panthor_d
     - b, c and d
   * - 1
     - panthor_e, panthor_e_*
     - e
   * - 2
     - panthor_dev, panthor_e_top
     - the device

Locks
-----
'''
FILES = ['lib/a.c', 'panthor_dev.h', 'panthor_dev.c', 'panthor_b.c', 'panthor_b_c.c', 'panthor_d.c', 'panthor_e.c',
         'panthor_e_f.c', 'panthor_e_priv.h', 'panthor_e_top.c']


class Layers(unittest.TestCase):
    def setUp(self):
        self.table = Table(PAGE)

    def wrong(self, *arrows, files=(), exceptions=()):
        """Return what is wrong with some arrows."""
        return wrong(self.table, [*FILES, *files], set(arrows), dict.fromkeys(exceptions, 'why'))

    def test_no_table(self):
        with self.assertRaises(ValueError):
            Table('Layers\n------\n\nNone.\n\nLocks\n-----\n')

    def test_places(self):
        rows = {f: self.table.place(f) for f in FILES}
        self.assertEqual(rows, {'lib/a.c': [0], 'panthor_dev.h': [0], 'panthor_dev.c': [3], 'panthor_b.c': [1],
                                'panthor_b_c.c': [1], 'panthor_d.c': [1], 'panthor_e.c': [2], 'panthor_e_f.c': [2],
                                'panthor_e_priv.h': [2], 'panthor_e_top.c': [3]})

    def test_down_and_across(self):
        self.assertEqual(self.wrong(('panthor_e.c', 'panthor_b.c'), ('panthor_b.c', 'panthor_d.c'),
                                    ('panthor_b.c', 'panthor_dev.h')), [])

    def test_up(self):
        arrow = ('panthor_b.c', 'panthor_e_priv.h')
        self.assertEqual(self.wrong(arrow), ['panthor_b.c uses panthor_e_priv.h, which goes up'])
        self.assertEqual(self.wrong(arrow, exceptions=[arrow]), [])

    def test_exception_that_is_not_needed(self):
        self.assertEqual(self.wrong(exceptions=[('panthor_b.c', 'panthor_e.c')]),
                         ['panthor_b.c does not use panthor_e.c: no exception is needed'])

    def test_file_without_a_row(self):
        self.assertEqual(len(self.wrong(files=['panthor_g.c'])), 1)

    def test_row_without_a_file(self):
        self.assertEqual(len(wrong(self.table, FILES[:-1], set(), {})), 1)


    def test_circles(self):
        self.assertEqual(circles({('a', 'b'), ('b', 'c'), ('a', 'c')}), [])
        self.assertEqual(circles({('a', 'b'), ('b', 'c'), ('c', 'b'), ('c', 'd'), ('e', 'f'), ('f', 'e')}),
                         [('b', 'c'), ('e', 'f')])


class Arrows(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.repo = Path(folder.name)
        (self.repo / 'lib').mkdir()
        for name, text in (('lib/a.h', ''), ('lib/a.c', '#include "a.h"\nint a;\n'),
                           ('b.c', '#include "lib/a.h"\n#include "none.h"\nextern int a;\nint b(void) { return a; }\n')):
            (self.repo / name).write_text(text)
        self.files = ['b.c', 'lib/a.c', 'lib/a.h']

    def test_includes(self):
        self.assertEqual(included(self.repo, self.files), {('lib/a.c', 'lib/a.h'), ('b.c', 'lib/a.h')})

    def test_symbols(self):
        for name in ('lib/a', 'b'):
            subprocess.run(['gcc', '-c', '-o', self.repo / f'{name}.o', '-xc', '-'], check=True, text=True,
                           input=(self.repo / f'{name}.c').read_text().replace('#include', '//'))
        self.assertEqual(called(self.repo, self.files), {('b.c', 'lib/a.c')})
        self.assertEqual(called(self.repo / 'lib', self.files), set())
