# SPDX-License-Identifier: GPL-2.0-only
"""The mirror comes from the machine's apt configuration, in both of its formats."""

import unittest

import apt

DEB822 = '''\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: trixie
'''

ONELINE = '''\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://other.example/debian/ bookworm main contrib
deb-src http://source.example/debian bookworm main
deb http://foreign.example stable-thing main
'''


class Mirror(unittest.TestCase):
    """find_mirror() on parsed sources."""

    def test_deb822(self):
        entries = list(apt.parse_deb822(DEB822))
        self.assertEqual(len(entries), 3)
        self.assertEqual(apt.find_mirror(entries), 'http://mirror.example/debian')

    def test_oneline(self):
        self.assertEqual(apt.find_mirror(apt.parse_oneline(ONELINE)), 'https://other.example/debian')

    def test_security_only(self):
        self.assertIsNone(apt.find_mirror([('http://m.example/debian-security', 'trixie')]))

    def test_none(self):
        self.assertIsNone(apt.find_mirror([]))
