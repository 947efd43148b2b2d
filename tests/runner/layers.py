# SPDX-License-Identifier: GPL-2.0-only
"""Compares the table of layers of Documentation/architecture.rst with the driver.

A file uses files of its own row and of earlier ones, and no file uses itself by way of
others. What it uses is read from its object
(symbols that another object defines) and from its source (headers that it includes; a
header belongs to the row of the .c file of the same name, NAME_priv.h to that of NAME).

In the table, "panthor_a, _b" stands for panthor_a and panthor_a_b, and "panthor_a_*" for
those that no row names.
"""

import fnmatch
import re
import subprocess
from pathlib import Path

PAGE = 'Documentation/architecture.rst'
ROW = re.compile(r'^   \* - (?P<row>\w+)\n     - (?P<files>.+(?:\n       .+)*)\n', re.M)
INCLUDE = re.compile(r'^#include "([^"]+)"$', re.M)

# (who, what it uses) against the table, and why.
EXCEPTIONS = {
    ('panthor_trace.h', 'panthor_queue.h'): 'an event reads the fields of the job that it tells of',
}


class Table:
    """The documented layers, low to high."""

    def __init__(self, text):
        section = re.search(r'^Layers\n-+\n(.*?)^\S+\n-+$', text, re.M | re.S)
        self.rows = [(m['row'], names_of(m['files'])) for m in ROW.finditer(section[1] if section else '')
                     if m['row'] != 'row']
        if not self.rows:
            raise ValueError(f'{PAGE} has no table in its section Layers')

    def place(self, file):
        """Return the indices of the rows that a file is in; those that name it come first."""
        stem = re.sub(r'(_priv)?\.\w+$', '', file)
        for is_it in (lambda n: n == file, lambda n: n == stem, lambda n: fnmatch.fnmatchcase(stem, n)):
            found = [i for i, (_, names) in enumerate(self.rows) if any(is_it(n) for n in names)]
            if found:
                return found
        return []

    def goes_up(self, user, used):
        """Tell whether a file that uses another one goes against the table."""
        return self.place(used)[0] > self.place(user)[0]


def names_of(cell):
    """Return the full names of a cell."""
    names, last = [], ''
    for name in cell.replace('\n', ' ').split(','):
        name = name.strip()
        if name.startswith('_'):
            name = last + name
        else:
            last = name
        names.append(name)
    return names


def included(repo, files):
    """Return pairs (file, header of ours that it includes)."""
    return {(file, header) for file in files
            for name in INCLUDE.findall((repo / file).read_text())
            for header in (name, f'lib/{name}', f'{Path(file).parent}/{name}') if header in files}


def called(folder, files):
    """Return pairs (file, file that defines a symbol of which its object has none)."""
    defined, wanted = {}, []
    for file in files:
        path = folder / Path(file).with_suffix('.o')
        if not file.endswith('.c') or not path.exists():
            continue
        symbols = subprocess.run(['nm', '-g', path], text=True, capture_output=True, check=True).stdout
        for line in symbols.splitlines():
            *_, kind, name = line.split()
            if kind == 'U':
                wanted.append((file, name))
            else:
                defined[name] = file
    return {(file, defined[name]) for file, name in wanted if name in defined}


def circles(arrows):
    """Return the sets of files that use each other, each as a sorted list."""
    reach = {a: {b for x, b in arrows if x == a} for a, _ in arrows}
    changed = True
    while changed:
        changed = False
        for a, found in reach.items():
            more = found.union(*(reach.get(b, ()) for b in found))
            changed |= more != found
            reach[a] = more
    return sorted({tuple(sorted(b for b in found if a in reach.get(b, ()))) for a, found in reach.items() if a in found})


def wrong(table, files, arrows, exceptions):
    """Return what does not fit."""
    problems = []
    stems = {re.sub(r'\.\w+$', '', f) for f in files} | set(files)
    for row, names in table.rows:
        problems += [f'{PAGE}: row {row}: there is no {n}' for n in names if not fnmatch.filter(stems, n)]
    for file in files:
        if len(table.place(file)) != 1:
            problems.append(f'{file} is in {len(table.place(file)) or "no"} row{"s" * bool(table.place(file))} of {PAGE}')
    if problems:
        return problems
    up = {(a, b) for a, b in arrows if table.goes_up(a, b)}
    problems += [f'{a} uses {b}, which goes up' for a, b in sorted(up - set(exceptions))]
    return problems + [f'{a} does not use {b}: no exception is needed' for a, b in sorted(set(exceptions) - up)]


def problems(repo, objects, sources):
    """Return what in the driver does not fit the table; OBJECTS: where it is built."""
    files = sorted(str(p.relative_to(repo)) for p in sources)
    try:
        table = Table((repo / PAGE).read_text())
    except ValueError as e:
        return [str(e)]
    arrows = called(objects, files)
    if not arrows:
        return [f'{objects}: no object uses another']
    return wrong(table, files, arrows | included(repo, files), EXCEPTIONS) + \
        [f'{", ".join(c)} use each other' for c in circles(arrows)]
