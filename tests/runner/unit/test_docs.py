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

    def test_named_twice(self):
        self.page(PAGE + '\n.. kernel-doc:: drivers/gpu/drm/panthor/panthor_a.c\n')
        self.assertEqual(self.problems(), ['page.rst: drivers/gpu/drm/panthor/panthor_a.c is in page.rst already'])


if __name__ == '__main__':
    unittest.main()
