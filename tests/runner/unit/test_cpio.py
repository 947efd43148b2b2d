# SPDX-License-Identifier: GPL-2.0-only
"""The archives are what the kernel's initramfs format says."""

import tempfile
import unittest
from pathlib import Path

import cpio


def read(data):
    """Return {name: (mode, content)} of an archive."""
    entries, at = {}, 0
    while True:
        fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        size, length = fields[6], fields[11]
        name = data[at + 110:at + 110 + length - 1].decode()
        start = (at + 110 + length + 3) & ~3
        if name == 'TRAILER!!!':
            return entries
        entries[name] = (fields[1], data[start:start + size])
        at = (start + size + 3) & ~3


class Write(unittest.TestCase):
    """What is read back."""

    def test_round_trip(self):
        a = cpio.Archive()
        a.text('a/b/file', 'hello', 0o755)
        a.link('a/link', 'b/file')
        a.device('dev/console', 5, 1)
        with tempfile.TemporaryDirectory() as d:
            a.write(Path(d) / 'x')
            entries = read((Path(d) / 'x').read_bytes())
        self.assertEqual(entries['a/b/file'], (0o100755, b'hello'))
        self.assertEqual(entries['a/link'], (0o120777, b'b/file'))
        self.assertEqual(list(entries)[:2], ['a', 'a/b'])
        self.assertEqual(entries['dev/console'][0], 0o020600)

    def test_twice(self):
        a = cpio.Archive()
        a.text('x', '')
        with self.assertRaises(ValueError):
            a.text('x', '')
