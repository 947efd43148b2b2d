# SPDX-License-Identifier: GPL-2.0-only
"""Steps: built once, rebuilt when an input changes, never half there."""

import io
import tempfile
import unittest
from pathlib import Path

import ui
from cache import Cache, Step, StepFailed


class Steps(unittest.TestCase):
    """A cache in a folder of its own."""

    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.root = Path(tmp.name)
        self.built = []
        self.inputs = ['1']

    def cache(self):
        c = Cache(self.root, None, ui.Screen(io.StringIO()), 1)

        def build_low(b):
            self.built.append('low')
            (b.out / 'file').write_text('x')

        def build_high(b):
            self.built.append('high')
            (b.out / 'file').write_text((b.dep('low') / 'file').read_text() + 'y')

        def build_bad(b):
            b.run(['sh', '-c', 'echo the reason; exit 3'])
        c.add(Step('low', 'low', build_low, inputs=lambda c: self.inputs))
        c.add(Step('high', 'high', build_high, needs=['low']))
        c.add(Step('bad', 'bad', build_bad))
        return c

    def test_built_once(self):
        for _ in range(2):
            self.assertEqual((self.cache().get('high') / 'file').read_text(), 'xy')
        self.assertEqual(self.built, ['low', 'high'])

    def test_input_changes_everything_above(self):
        first = self.cache().get('high')
        self.inputs = ['2']
        second = self.cache().get('high')
        self.assertNotEqual(first, second)
        self.assertEqual(self.built, ['low', 'high'] * 2)

    def test_failure_leaves_nothing_and_explains(self):
        with self.assertRaises(StepFailed) as e:
            self.cache().get('bad')
        self.assertIn('the reason', e.exception.explain())
        self.assertIn('to resume', e.exception.explain())
        self.assertEqual([p for p in self.root.glob('bad-*') if p.suffix != '.tmp'], [])

    def test_old_results_go(self):
        paths = []
        for value in '12345':
            self.inputs = [value]
            c = self.cache()
            paths.append(c.get('low'))
            for f in c.held:
                __import__('os').close(f)
        self.assertTrue(paths[-1].exists())
        self.assertFalse(paths[0].exists())

    def test_used_results_stay(self):
        first = self.cache()
        kept = first.get('low')
        for value in '2345':
            self.inputs = [value]
            self.cache().get('low')
        self.assertTrue(kept.exists())

    def test_undeclared_dependency(self):
        c = self.cache()
        c.add(Step('sly', 'sly', lambda b: b.dep('low')))
        with self.assertRaises(StepFailed):
            c.get('sly')
