# SPDX-License-Identifier: GPL-2.0-only
"""What the pages name has to be there, and what is documented has to be named."""

import tempfile
import unittest
from pathlib import Path

import docs

PAGE = '''\
Title
=====

.. kernel-doc:: drivers/gpu/drm/panthor/panthor_a.c

.. kernel-doc:: include/uapi/drm/panthor_drm.h
'''


class References(unittest.TestCase):
    """reference_problems() on a small tree."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.repo, self.source = Path(folder.name) / 'repo', Path(folder.name) / 'source'
        (self.repo / 'Documentation').mkdir(parents=True)
        (self.source / 'include/uapi/drm').mkdir(parents=True)
        (self.source / 'include/uapi/drm/panthor_drm.h').write_text('')
        (self.repo / 'panthor_a.c').write_text('/**\n * DOC: A\n */\n')
        self.page(PAGE)

    def page(self, text):
        """Write the only page."""
        (self.repo / 'Documentation/page.rst').write_text(text)

    def problems(self):
        """Look at the tree."""
        return docs.reference_problems(self.repo, self.source, sorted(self.repo.glob('*.c')))

    def test_good(self):
        self.assertEqual(self.problems(), [])

    def test_nothing_to_document(self):
        (self.repo / 'panthor_b.c').write_text('/* no documentation */\n')
        self.assertEqual(self.problems(), [])

    def test_documented_and_in_no_page(self):
        (self.repo / 'panthor_b.c').write_text('/**\n * b() - does it\n */\n')
        self.assertEqual(self.problems(), ['drivers/gpu/drm/panthor/panthor_b.c is in no page'])

    def test_gone(self):
        (self.repo / 'panthor_a.c').unlink()
        self.assertEqual(self.problems(),
                         ['page.rst: there is no drivers/gpu/drm/panthor/panthor_a.c'])

    def test_functions(self):
        self.page('a() and there_is_none() are named.\n')
        (self.repo / 'panthor_a.c').write_text('/* panthor_b(), the kernel\'s c() */\nint a(void)\n{\n}\n')
        self.assertEqual(docs.function_problems(self.repo, sorted(self.repo.glob('*.c'))),
                         ['page.rst: there is no there_is_none()', 'panthor_a.c: there is no panthor_b()'])

    def test_named_twice(self):
        self.page(PAGE + '\n.. kernel-doc:: drivers/gpu/drm/panthor/panthor_a.c\n')
        self.assertEqual(self.problems(), ['page.rst: drivers/gpu/drm/panthor/panthor_a.c is in page.rst already'])


RULES = '''\
.. list-table::

   * - rule
     - held by
     - shown by
     - broken by
   * - A rule that is
       longer than a line.
     - a function
     - ``panthor_suite``
       ``test_a``
     - ``a-patch``
'''


class Rules(unittest.TestCase):
    """rule_problems() on a small tree."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.repo = Path(folder.name)
        for name, text in (('tests/kunit/a_kunit.c', '\t.name = "panthor_suite",\n'), ('tests/uapi/test_a.c', ''),
                           ('tests/sabotage/a-patch.patch', ''), ('Documentation/rules.rst', RULES)):
            (self.repo / name).parent.mkdir(parents=True, exist_ok=True)
            (self.repo / name).write_text(text)

    def test_good(self):
        self.assertEqual(docs.rule_problems(self.repo), [])

    def test_gone(self):
        for name in ('tests/kunit/a_kunit.c', 'tests/uapi/test_a.c', 'tests/sabotage/a-patch.patch'):
            (self.repo / name).unlink()
        self.assertEqual(docs.rule_problems(self.repo),
                         ['rules.rst: there is no test panthor_suite', 'rules.rst: there is no test test_a',
                          'rules.rst: there is no sabotage a-patch'])

    def test_no_rules(self):
        (self.repo / 'Documentation/rules.rst').write_text('Rules\n')
        self.assertEqual(docs.rule_problems(self.repo), ['rules.rst: there are no rules'])


if __name__ == '__main__':
    unittest.main()
