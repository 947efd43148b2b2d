# SPDX-License-Identifier: GPL-2.0-only
"""Initramfs images: cpio archives in "newc" format, written without root.

Several archives in a row are one initramfs, where later files replace earlier
ones: the big parts are made once, a run appends a small one of its own.
"""

import os
import re
import stat
import subprocess
from pathlib import Path


class Archive:
    """Collects entries and writes them as one archive; parents come by themselves."""

    def __init__(self):
        self.parts = []
        self.names = set()
        self.dirs = set()
        self.ino = 0

    def _entry(self, name, mode, data=b'', rdev=(0, 0)):
        self.ino += 1
        raw = name.encode() + b'\0'
        fields = (self.ino, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0], rdev[1], len(raw), 0)
        head = b'070701' + b''.join(b'%08X' % f for f in fields) + raw
        self.parts.append(head + b'\0' * (-len(head) % 4) + data + b'\0' * (-len(data) % 4))

    def directory(self, name):
        """Add a directory and its parents."""
        parts = Path(name.strip('/')).parts
        for i in range(1, len(parts) + 1):
            d = '/'.join(parts[:i])
            if d not in self.dirs:
                self.dirs.add(d)
                self._entry(d, stat.S_IFDIR | 0o755)

    def device(self, name, major, minor):
        """Add a character device."""
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def link(self, name, target):
        """Add a symbolic link."""
        self._once(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def text(self, name, data, mode=0o644):
        """Add a file with the given content."""
        self._once(name)
        self._entry(name, stat.S_IFREG | mode, data if isinstance(data, bytes) else data.encode())

    def file(self, name, source):
        """Add a file from the host; links are followed."""
        source = Path(source)
        mode = 0o755 if source.stat().st_mode & 0o100 else 0o644
        self.text(name, source.read_bytes(), mode)

    def _once(self, name):
        if name in self.names:
            raise ValueError(f'{name} is in the archive already')
        self.names.add(name)
        if os.path.dirname(name):
            self.directory(os.path.dirname(name))

    def write(self, path):
        """Write the archive."""
        self._entry('TRAILER!!!', 0)
        with open(path, 'wb') as f:
            f.write(b''.join(self.parts))
            f.write(b'\0' * (-f.tell() % 512))


LIBDIR = 'usr/lib/aarch64-linux-gnu'


def library_closure(root, files):
    """Return FILES and every library they need, as paths relative to ROOT."""
    todo, done = list(files), set()
    while todo:
        name = todo.pop()
        if name in done:
            continue
        done.add(name)
        out = subprocess.run(['readelf', '-d', (root / name).resolve()], capture_output=True,
                             text=True, check=True).stdout
        for lib in re.findall(r'\(NEEDED\).*\[(.*)\]', out):
            if not (root / LIBDIR / lib).exists():
                raise FileNotFoundError(f'{name} needs {lib}, which is not in {root}')
            todo.append(f'{LIBDIR}/{lib}')
    return sorted(done)


class Modules:
    """The modules of an unpacked distribution kernel."""

    def __init__(self, root, abi):
        self.base = Path(root) / 'usr/lib/modules' / abi
        self.deps = {}
        self.by_name = {}
        for line in (self.base / 'modules.dep').read_text().splitlines():
            path, deps = line.split(':')
            self.deps[path] = deps.split()
            self.by_name[module_name(path)] = path
        builtin = (self.base / 'modules.builtin').read_text().split()
        self.builtin = {module_name(p) for p in builtin}

    def closure(self, names):
        """Return the paths of modules and what they need, dependencies first."""
        order = []

        def visit(path):
            if path not in order:
                for dep in reversed(self.deps[path]):
                    visit(dep)
                order.append(path)
        for name in names:
            if name not in self.builtin:
                visit(self.by_name[name])
        return order


def module_name(path):
    """Return the name of the module in a file."""
    return Path(path).name.split('.ko')[0].replace('-', '_')


def module_depends(ko):
    """Return the names of the modules that a module file says it needs."""
    data = Path(ko).read_bytes()
    m = re.search(rb'\0depends=([^\0]*)\0', data)
    return [n.replace('-', '_') for n in m.group(1).decode().split(',') if n] if m else []
