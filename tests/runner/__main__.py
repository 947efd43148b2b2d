# SPDX-License-Identifier: GPL-2.0-only
"""Command line of tests/run; see tests/README.md."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

import apt
import levels
import prepare
import tap
import ui
from cache import Cache, StepFailed

REPO = Path(__file__).resolve().parents[2]
COMMANDS = ('list', 'clean', 'prepare')


def parse_arguments(argv):
    """Return the options; usage errors exit with status 2."""
    p = argparse.ArgumentParser(
        prog='tests/run', allow_abbrev=False,
        description='Test and demonstrate panthor; sets up everything it needs.',
        epilog='Without LEVEL: every level with our driver, then uapi and mesa with the '
               "distribution's own module (--driver peer). tests/run list: what there is. "
               'tests/run clean: drop the cache. tests/run prepare [STEP...]: only set up, and '
               'print where things are.')
    p.add_argument('level', nargs='?', metavar='LEVEL', choices=[*levels.LEVELS, *COMMANDS],
                   help=', '.join([*levels.LEVELS, *COMMANDS]))
    p.add_argument('steps', nargs='*', metavar='STEP', help=argparse.SUPPRESS)
    p.add_argument('--driver', choices=['ours', 'peer'], help='which panthor module (default: ours)')
    p.add_argument('--kernel', choices=[*prepare.FLAVOURS, 'debug'], default='stock',
                   help="arm64 kernel of the virtual machine: the distribution's, its 16 KiB-page "
                        'flavour, or ours with KASAN and lockdep (default: %(default)s)')
    p.add_argument('--filter', metavar='GLOB', help='only programs, suites or checks that match')
    p.add_argument('--jobs', type=positive, metavar='N', default=os.cpu_count(),
                   help='processes at a time (default: %(default)s)')
    p.add_argument('--verbose', action='store_true', help='show what passing tests write')
    p.add_argument('--coverage', action='store_true', help='user: print line coverage')
    p.add_argument('--seed', type=positive, metavar='N', help='stress: of all that is random')
    p.add_argument('--seconds', type=positive, metavar='N', help='stress: how long each race lasts')
    p.add_argument('--ops', type=positive, metavar='N', help='stress: operations of the histories')
    p.add_argument('--self-test', action='store_true',
                   help='kunit: provoke one report of each kind and show that it is caught')
    options = p.parse_args(argv)
    check_arguments(p, options)
    return options


def positive(text):
    """Convert an argument that has to be positive."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def check_arguments(p, options):
    """Refuse combinations that mean nothing."""
    if options.steps and options.level != 'prepare':
        p.error('unrecognized arguments: ' + ' '.join(options.steps))
    if options.coverage and options.level != 'user':
        p.error('--coverage goes with level user')
    if options.self_test and options.level != 'kunit':
        p.error('--self-test goes with level kunit')
    if (options.seed or options.seconds or options.ops) and options.level != 'stress':
        p.error('--seed, --seconds and --ops go with level stress')
    if options.driver and options.level and not getattr(levels.LEVELS.get(options.level), 'both', False) \
            and options.level != 'demo':
        p.error(f'--driver means nothing to {options.level}')
    if options.driver == 'peer' and options.kernel == 'debug':
        p.error("the peer's module exists for the distribution's kernels only")


def cache_root():
    """Return the folder of everything that is prepared."""
    return Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'panthor'


def print_list(screen):
    """Print the levels and what they do."""
    for level in levels.LEVELS.values():
        screen.line(f'{level.name:8} {level.describe()}')


def run_prepare(cache, screen, names):
    """Make steps and print their folders."""
    unknown = [n for n in names if n not in cache.steps]
    if unknown:
        print(f'tests/run: no step {unknown[0]}; there are: {" ".join(cache.steps)}', file=sys.stderr)
        return 2
    names = names or list(cache.steps)
    cache.want(names)
    for name in names:
        screen.line(f'{name:20} {cache.get(name)}')
    return 0


def run_levels(options, cache, screen):
    """Run the levels asked for; return the exit status."""
    if options.level:
        todo = [(options.level, options.driver or 'ours')]
    else:
        todo = [(level, driver) for level, driver in levels.DEFAULT
                if options.driver in (None, driver)]
    wanted = [s for level, driver in todo
              for s in levels.steps_of(level, driver, options.kernel, list(cache.steps))]
    cache.want(wanted)
    screen.line('TAP version 13')
    total, failures = tap.Tally(), []
    runs = {}
    for number, (level, driver) in enumerate(todo, 1):
        options.driver = driver
        run = runs.setdefault(driver, levels.Run(argparse.Namespace(**vars(options)), cache, REPO, screen))
        name = f'{level} --driver {driver}' if levels.LEVELS[level].both else level
        screen.line(f'# {name}: {levels.LEVELS[level].describe()}')
        tally, seconds = one_level(level, run, screen)
        screen.line(f'{"ok" if tally.good() else "not ok"} {number} - {name}: {tally} ({seconds:.1f} s)')
        total.add(tally, f'{name}: ')
        failures += [] if tally.good() else [name]
    screen.line(f'1..{len(todo)}')
    finish(screen, total)
    return 1 if failures else 0


def one_level(level, run, screen):
    """Run a level; a failed step or build is a failure of the level."""
    start = time.monotonic()
    try:
        return levels.run_level(level, run)
    except StepFailed as e:
        for line in e.explain().splitlines():
            screen.line('    # ' + line)
        tally = tap.Tally()
        tally.fail(f'step failed: {e}')
        screen.line(f'    not ok - {e}')
        return tally, time.monotonic() - start


def finish(screen, total):
    """Print what failed and was skipped, and the closing line."""
    for name in total.failures:
        screen.note(f'failed: {name}')
    for name in total.skips:
        screen.note(f'skipped: {name}')
    screen.line(str(total))


def main(argv):
    """Run the command line; return the exit status."""
    options = parse_arguments(argv)
    screen = ui.Screen()
    if options.level == 'list':
        print_list(screen)
        return 0
    root = cache_root()
    cache = Cache(root, apt.Apt(root), screen, options.jobs)
    prepare.register(cache, REPO)
    sweep(root / 'run')
    try:
        if options.level == 'clean':
            cache.clean()
            return 0
        if options.level == 'prepare':
            return run_prepare(cache, screen, options.steps)
        return run_levels(options, cache, screen)
    except (StepFailed, apt.AptError) as e:
        screen.note(e.explain() if isinstance(e, StepFailed) else f'tests/run: {e}')
        return 1
    finally:
        for path in (root / 'run').glob(f'*-{os.getpid()}*'):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def sweep(folder):
    """Remove what runs that were killed left behind; names end with the process."""
    for path in folder.glob('*'):
        pid = path.stem.rsplit('-', 1)[-1]
        if pid.isdigit() and not Path('/proc', pid).exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def leave(status):
    """End now: threads that still prepare something are not waited for."""
    sys.stdout.flush()
    os._exit(status)


if __name__ == '__main__':
    try:
        leave(main(sys.argv[1:]))
    except KeyboardInterrupt:
        leave(130)
    except SystemExit as e:
        raise e
