# SPDX-License-Identifier: GPL-2.0-only
"""What the user sees: TAP on standard output, progress as TAP comments.

On a terminal the running steps tick on the last line; elsewhere every running
step writes a line now and then, so that a log shows that it lives.
"""

import contextlib
import sys
import threading
import time

QUIET_S = 20        # between two lines about one step when not on a terminal
SHOW_AFTER_S = 1    # steps quicker than this are not worth a line


class Task:
    """One running step as shown to the user."""

    def __init__(self, title, log):
        self.title = title
        self.log = log
        self.phase = ''
        self.start = time.monotonic()
        self.spoken = None          # when the last line about it was written

    def elapsed_s(self):
        """Return how long the task has been running."""
        return time.monotonic() - self.start


class Screen:
    """Serializes everything that is printed."""

    def __init__(self, out=sys.stdout):
        self.out = out
        self.tty = out.isatty()
        self.lock = threading.RLock()
        self.tasks = []
        self.ticking = False
        threading.Thread(target=self._tick, daemon=True).start()

    def line(self, text=''):
        """Print one line of output."""
        with self.lock:
            self._clear()
            self.out.write(text + '\n')
            self.out.flush()

    def note(self, text):
        """Print a comment, which TAP readers skip."""
        for part in text.splitlines() or ['']:
            self.line(('# ' + part).rstrip())

    @contextlib.contextmanager
    def task(self, title, log):
        """Show a step while the body runs."""
        task = Task(title, log)
        with self.lock:
            self.tasks.append(task)
        ok = False
        try:
            yield task
            ok = True
        finally:
            with self.lock:
                self.tasks.remove(task)
                if not ok:
                    self.note(f'[{task.elapsed_s():4.0f} s] {title}: failed')
                elif task.spoken or task.elapsed_s() >= SHOW_AFTER_S:
                    self.note(f'[{task.elapsed_s():4.0f} s] {title}: done')

    def _clear(self):
        if self.ticking:
            self.out.write('\r\033[K')
            self.ticking = False

    def _tick(self):
        while True:
            time.sleep(1)
            with self.lock:
                if self.tasks and self.tty:
                    self._clear()
                    text = '; '.join(f'{t.title} {t.elapsed_s():.0f} s {t.phase}'.strip()
                                     for t in self.tasks)
                    self.out.write('# ... ' + text[:110])
                    self.out.flush()
                    self.ticking = True
                for t in self.tasks:
                    self._speak(t)

    def _speak(self, t):
        now = time.monotonic()
        if t.spoken is None:
            if t.elapsed_s() >= SHOW_AFTER_S:
                self.note(f'[{0:4d} s] {t.title}: {t.phase or "started"} (log: {t.log})')
                t.spoken = now
        elif not self.tty and now - t.spoken >= QUIET_S:
            self.note(f'[{t.elapsed_s():4.0f} s] {t.title}: {t.phase or "running"}')
            t.spoken = now
