# SPDX-License-Identifier: GPL-2.0-only
"""Preparation steps and where their results are kept.

A *step* makes one directory from declared inputs.  Its name in the cache is
`NAME-HASH`, where HASH covers the text of the function that builds it, its inputs
(package versions, configuration) and the hashes of the steps it needs.  It is
built under a temporary name and renamed when it is complete: what has its final
name is whole.  A changed input is a new name, so nothing is ever invalidated,
only forgotten.

A *workspace* is a step's result that later builds change in place (a kernel's
object directory): whoever works in it holds its lock.

Locks are flock()ed files in `lock/`, so that several runs share one cache.
A run holds a shared lock on every step it uses; pruning skips those.
"""

import contextlib
import fcntl
import hashlib
import inspect
import os
import re
import shutil
import subprocess
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

KEEP = 2                # newest results kept of each step
PARALLEL_STEPS = 2      # downloads overlap with compiling; more would only compete
TAIL_LINES = 25
ERROR_LINES = 15
ERROR = re.compile(r'\berror: |undefined reference|No rule to make target|^E: ')


class StepFailed(Exception):
    """A step ended with an error: which, its log, and what to do."""

    def __init__(self, title, log, why):
        super().__init__(f'{title}: {why}')
        self.title, self.log, self.why = title, Path(log), why

    def explain(self):
        """Return the message for the user."""
        try:
            lines = self.log.read_text(errors='replace').splitlines()
        except OSError:
            lines = []
        # In a parallel build the error is seldom among the last lines.
        errors = [x for x in lines[:-TAIL_LINES] if ERROR.search(x)][:ERROR_LINES]
        if errors:
            errors = ['errors in it:', *('  ' + x for x in errors)]
        return '\n'.join([f'step failed: {self.title}: {self.why}', *errors,
                          f'last lines of {self.log}:', *('  ' + x for x in lines[-TAIL_LINES:]),
                          'to resume: run the same command again; finished steps are kept '
                          '(tests/run clean starts from nothing)'])


class Job:
    """A build in progress: runs commands into a log."""

    def __init__(self, title, log, task=None):
        self.title, self.log, self.task = title, Path(log), task
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text('')

    def phase(self, text):
        """Tell the user what is being done now."""
        if self.task:
            self.task.phase = text
        self.write(f'## {text}\n')

    def write(self, text):
        """Append to the log."""
        with open(self.log, 'a', encoding='utf-8') as f:
            f.write(text)

    def run(self, argv, cwd=None, env=None, check=True):
        """Run a command with its output in the log; raise StepFailed if it fails."""
        argv = [str(a) for a in argv]
        self.write('+ ' + ' '.join(argv) + '\n')
        with open(self.log, 'ab') as f:
            r = subprocess.run(argv, cwd=cwd, env={**os.environ, 'LC_ALL': 'C', **(env or {})},
                               stdin=subprocess.DEVNULL, stdout=f, stderr=f, check=False)
        if check and r.returncode:
            raise StepFailed(self.title, self.log, f'{argv[0]} returned {r.returncode}')
        return r.returncode


class Build(Job):
    """What a step's function gets: where to put things and what it may use."""

    def __init__(self, cache, step, out, task):
        super().__init__(step.title, cache.log(step), task)
        self.cache, self.step, self.out = cache, step, out
        self.apt = cache.apt
        self.jobs = cache.jobs

    def dep(self, name):
        """Return the directory of a step this one needs."""
        if name not in self.step.needs:
            raise KeyError(f'{self.step.name} does not declare that it needs {name}')
        return self.cache.path(name)


class Step:
    """One preparation step; see the module's description."""

    def __init__(self, name, title, build, needs=(), inputs=None, apt=False):
        self.name, self.title, self.build = name, title, build
        self.needs = tuple(needs)
        self.inputs = inputs or (lambda cache: [])
        self.apt = apt              # needs the package lists
        self._hash = None

    def hash(self, cache):
        """Return the hash of everything this step's result depends on."""
        if self._hash is None:
            h = hashlib.sha256(inspect.getsource(self.build).encode())
            for part in self.inputs(cache):
                h.update(b'\0' + str(part).encode())
            for need in self.needs:
                h.update(b'\1' + cache.steps[need].hash(cache).encode())
            self._hash = h.hexdigest()[:12]
        return self._hash


class Cache:
    """All steps, their results in ROOT, and the threads that make them."""

    def __init__(self, root, apt, screen, jobs):
        self.root, self.apt, self.screen, self.jobs = Path(root), apt, screen, jobs
        self.steps = {}
        self.futures = {}
        self.guard = threading.Lock()
        self.pool = ThreadPoolExecutor(max_workers=64)
        self.slots = threading.Semaphore(PARALLEL_STEPS)
        self.held = []
        self.lists_ready = False

    def add(self, step):
        """Make a step known."""
        self.steps[step.name] = step

    def path(self, name):
        """Return the directory of a step's result (which may not exist yet)."""
        step = self.steps[name]
        return self.root / f'{name}-{step.hash(self)}'

    def log(self, step):
        """Return the log file of a step."""
        return self.root / 'log' / f'{step.name}.log'

    @contextlib.contextmanager
    def lock(self, name, shared=False):
        """Hold the lock NAME."""
        f = self._open_lock(name)
        try:
            fcntl.flock(f, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield
        finally:
            os.close(f)

    def _open_lock(self, name):
        d = self.root / 'lock'
        d.mkdir(parents=True, exist_ok=True)
        return os.open(d / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    # -- making --------------------------------------------------------------

    def closure(self, names):
        """Return NAMES and all they need, each after its needs."""
        order = []

        def visit(name):
            if name in order:
                return
            for need in self.steps[name].needs:
                visit(need)
            order.append(name)
        for name in names:
            visit(name)
        return order

    def want(self, names):
        """Start making the steps NAMES and what they need, in the background."""
        order = self.closure(names)
        self._ready_lists(order)
        with self.guard:
            for name in order:
                if name not in self.futures:
                    self.futures[name] = self.pool.submit(self._make, self.steps[name])

    def get(self, *names):
        """Make the steps if need be, wait for them and return their directories."""
        self.want(names)
        paths = [self.futures[name].result() for name in names]
        return paths[0] if len(paths) == 1 else paths

    def _ready_lists(self, order):
        """Fetch package lists when there are none, or old ones and work to do."""
        if self.lists_ready or not any(self.steps[n].apt for n in order):
            return
        with self.guard, self.lock('lists'):
            age = self.apt.lists_age_s()
            if age < float('inf'):
                self.apt.write_config()
                missing = [n for n in order if self.steps[n].apt and not self.path(n).exists()]
            if age == float('inf') or (missing and age > 24 * 3600):
                for step in self.steps.values():
                    step._hash = None
                log = self.root / 'log' / 'lists.log'
                with self.screen.task('package lists', log) as task:
                    job = Job('package lists', log, task)
                    job.phase('fetching')
                    self.apt.update(job.run)
            self.lists_ready = True

    def _make(self, step):
        for need in step.needs:
            self.futures[need].result()
        path = self.path(step.name)
        if not path.exists():
            with self.lock(path.name):
                if not path.exists():
                    with self.slots:
                        self._build(step, path)
                    self._prune(step, path)
        self._hold(path)
        return path

    def _build(self, step, path):
        tmp = path.with_name(path.name + '.tmp')
        shutil.rmtree(tmp, ignore_errors=True)
        tmp.mkdir(parents=True)
        with self.screen.task(step.title, self.log(step)) as task:
            build = Build(self, step, tmp, task)
            try:
                step.build(build)
            except StepFailed:
                raise
            except Exception as e:
                raise StepFailed(step.title, build.log, f'{type(e).__name__}: {e}') from e
            tmp.rename(path)

    def _hold(self, path):
        """Mark a result as used by this run and as used now."""
        f = self._open_lock(path.name + '.used')
        fcntl.flock(f, fcntl.LOCK_SH)
        self.held.append(f)
        with contextlib.suppress(OSError):
            os.utime(path)

    def _prune(self, step, keep):
        old = [p for p in self.root.glob(f'{step.name}-*') if p != keep and
               p.name[len(step.name) + 1:].isalnum() and len(p.name) == len(keep.name)]
        old.sort(key=lambda p: p.stat().st_mtime, reverse=True)
        for p in old[KEEP - 1:]:
            f = self._open_lock(p.name + '.used')
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(p, ignore_errors=True)
            except BlockingIOError:
                pass
            finally:
                os.close(f)

    def clean(self):
        """Drop everything, unless another run is using it."""
        busy = [p.name for p in self.root.glob('lock/*') if not self._free(p.name)]
        if busy:
            raise StepFailed('clean', self.root / 'lock', 'another run is using ' + busy[0])
        shutil.rmtree(self.root, ignore_errors=True)

    def _free(self, name):
        f = self._open_lock(name)
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(f)


def text_hash(*paths):
    """Return a hash of the names and contents of files, for a step's inputs."""
    h = hashlib.sha256()
    for p in sorted(map(Path, paths)):
        h.update(p.name.encode() + b'\0' + p.read_bytes())
    return h.hexdigest()
