# SPDX-License-Identifier: GPL-2.0-only
"""Level coverage: which lines of the driver the kunit and uapi levels execute under UML.

The driver of a kernel of its own is built with gcc's counters; at the end of every
suite and program the kernel's gcov gives them out, and gcov reads them. What only the
virtual machine executes (cache maintenance, for instance) is not counted.
"""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import tap
import umltest

STEP = 'coverage-uml'
MINIMUM = 85            # per cent
CONFIG = 'debug'
FRAGMENT = 'CONFIG_GCOV_KERNEL=y\n'
# See tests/kunit/coverage.c for why there is a section.
MAKEFILE = '\nccflags-y += $(CFLAGS_GCOV) -fprofile-info-section=panthor_gcov\n'
DRIVER = 'drivers/gpu/drm/panthor/'
COUNTERS = '/sys/kernel/debug/gcov'


class Lines:
    """How often each line of the driver's files ran, and who called which function."""

    def __init__(self):
        self.counts = {}        # file: {line: count}
        self.functions = {}     # file: {name: [first line, calls]}

    def add(self, report):
        """Add one of gcov's reports about an object."""
        for f in report['files']:
            _, found, name = f['file'].rpartition(DRIVER)
            if not found or name.startswith('tests/'):
                continue
            counts = self.counts.setdefault(name, {})
            for line in f['lines']:
                n = line['line_number']
                counts[n] = counts.get(n, 0) + line['count']
            functions = self.functions.setdefault(name, {})
            for function in f['functions']:
                entry = functions.setdefault(function['name'], [function['start_line'], 0])
                entry[1] += function['execution_count']

    def sum(self, name=None):
        """Return (lines executed, lines) of one file or of all."""
        chosen = [self.counts[name]] if name else self.counts.values()
        return sum(1 for c in chosen for n in c.values() if n), sum(len(c) for c in chosen)

    def table(self):
        """Return the lines of a table: per file and in sum."""
        rows = [(name, *self.sum(name)) for name in sorted(self.counts)] + [('sum', *self.sum())]
        return [f'{name:28} {hit:5} of {lines:5}  {100 * hit / lines:5.1f} %' for name, hit, lines in rows]

    def uncovered(self, repo):
        """Return a text with all lines that did not run, and functions nobody called."""
        out = []
        for name in sorted(self.counts):
            missing = sorted(n for n, count in self.counts[name].items() if not count)
            if not missing:
                continue
            text = (repo / name).read_text().splitlines()
            hit, lines = self.sum(name)
            out.append(f'{name}: {lines - hit} of {lines}')
            out += [f'  {n}() is never called' for n, (_, calls) in self.functions[name].items() if not calls]
            out += [f'  {n:5}: {text[n - 1]}' for n in missing]
        return '\n'.join(out) + '\n'


def read(folder, objdir):
    """Return gcov's reports about the counters that a kernel left in FOLDER, and errors."""
    files = sorted(folder.rglob('*.gcda'))
    for data in files:
        notes = objdir / str(data).partition(f'/{objdir.name}/')[2]
        data.with_suffix('.gcno').symlink_to(notes.with_suffix('.gcno'))
    if not files:
        return [], ['the kernel left no counters']
    r = subprocess.run(['gcov', '--json-format', '--stdout', *map(str, files)], text=True,
                       cwd=folder, capture_output=True, check=False)
    return [json.loads(line) for line in r.stdout.splitlines()], r.stderr.splitlines()


def level_coverage(run):
    """Line coverage of the driver by the kunit and uapi levels under UML, per file."""
    tally, lines = tap.Tally(), Lines()
    logs, folder = run.logs('coverage'), run.folder('coverage')
    fragment = (run.repo / f'tests/kunit/{CONFIG}.kunitconfig').read_text() + FRAGMENT
    binary = run.uml_of(STEP, fragment, MAKEFILE)

    def one(test):
        log, trouble = test.run(binary, collect=[COUNTERS], into=folder / test.name)
        (logs / f'{test.name}.log').write_text(log)
        reports, errors = read(folder / test.name, run.cache.path(STEP))
        return test, reports, umltest.findings(test, log, trouble) + errors

    tests = [t for t in umltest.every(run, binary) if run.wants(t.name)]
    with ThreadPoolExecutor(run.options.jobs) as pool:
        for test, reports, wrong in pool.map(one, tests):
            for report in reports:
                lines.add(report)
            run.point(tally, not wrong, f'{test.name} passed and was counted', '\n'.join(wrong))
    if lines.counts:
        judge(run, tally, lines, logs)
    return tally


def judge(run, tally, lines, logs):
    """Print what was found; it must be enough unless only a part was asked for."""
    for row in lines.table():
        run.say('# ' + row)
    (logs / 'uncovered.txt').write_text(lines.uncovered(run.repo))
    run.say(f'# not executed: {logs}/uncovered.txt')
    # One without a function (of trace points, made by macros) has no lines of its own.
    sources = {str(p.relative_to(run.repo)) for p in [*run.repo.glob('*.c'), *run.repo.glob('lib/*.c')]
               if '\n{\n' in p.read_text()}
    run.point(tally, sources <= set(lines.counts), 'every source file of the driver is counted',
              '\n'.join(sorted(sources - set(lines.counts))))
    hit, total = lines.sum()
    if run.options.filter:
        run.say('# a part of the tests: not judged')
    else:
        run.point(tally, hit * 100 >= total * MINIMUM,
                  f'{100 * hit / total:.1f} % of the driver is executed, at least {MINIMUM} % wanted')
