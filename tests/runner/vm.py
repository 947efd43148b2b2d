# SPDX-License-Identifier: GPL-2.0-only
"""Boots the arm64 virtual machine with the virtual Mali and reads its results.

The guest has two serial lines: the kernel's log goes to a file, the results
come through a pipe.  A run ends when the guest powers off, when its kernel
panics, or when it has been silent or running for too long.
"""

import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path

SILENCE_S = 120
PANIC = 'Kernel panic'
PANIC_GRACE_S = 5
ARGUMENTS = 'console=ttyAMA0 panic=-1 nokaslr mitigations=off loglevel=7 log_buf_len=4M'


class Result:
    """What one boot gave."""

    def __init__(self, log):
        self.lines = []         # what the guest wrote between its markers
        self.status = None      # exit status of its script, None if it never got there
        self.trouble = None     # why the run ended badly
        self.log = log          # the kernel's log
        self.guest_errors = []  # what the device says the driver did wrong
        self.up_s = None        # guest's uptime at the start and the end
        self.seconds = 0

    def kernel_log(self):
        """Return the text of the kernel's log."""
        return self.log.read_text(errors='replace').replace('\r', '') if self.log.exists() else ''


class Machine:
    """The parts of a virtual machine; boot() runs it once."""

    def __init__(self, qemu, image, parts, workdir, device='mali-csf', memory=1024, cpus=2):
        self.qemu, self.image, self.parts = qemu, image, parts
        self.dir = Path(workdir)
        self.device, self.memory, self.cpus = device, memory, cpus
        self.extra = []

    def command(self, run, args, append):
        """Return QEMU's command line."""
        text = f'{ARGUMENTS} run={run}'
        if args:
            text += ' args=' + ','.join(args)
        argv = [self.qemu, '-M', 'virt,gic-version=3', '-cpu', 'cortex-a76', '-smp', self.cpus,
                '-m', self.memory, '-display', 'none', '-nodefaults', '-monitor', 'none', '-no-reboot',
                '-serial', f'file:{self.dir}/kernel.log', '-serial', 'stdio',
                '-d', 'guest_errors', '-D', self.dir / 'device.log',
                '-kernel', self.image, '-initrd', self.dir / 'initrd',
                '-append', ' '.join([text, append]).strip(), *self.extra]
        if self.device:
            argv += ['-device', self.device]
        return [str(a) for a in argv]

    def boot(self, run, args=(), append='', timeout_s=600, sink=None, archive=None):
        """Boot once with run=RUN; SINK gets every line of the guest as it comes."""
        self.dir.mkdir(parents=True, exist_ok=True)
        if archive:
            archive.write(self.dir / 'run.cpio')
        with open(self.dir / 'initrd', 'wb') as out:
            for part in [*self.parts, *([self.dir / 'run.cpio'] if archive else [])]:
                with open(part, 'rb') as f:
                    shutil.copyfileobj(f, out, 1 << 22)
        (self.dir / 'kernel.log').unlink(missing_ok=True)
        command = self.command(run, args, append)
        (self.dir / 'command').write_text(subprocess.list2cmdline(command) + '\n')
        result = Result(self.dir / 'kernel.log')
        start = time.monotonic()
        with open(self.dir / 'qemu.log', 'wb') as err, \
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=err) as process:
            try:
                self._watch(process, result, timeout_s, sink)
            finally:
                if process.poll() is None:
                    process.kill()
        result.seconds = time.monotonic() - start
        result.guest_errors = device_errors(self.dir / 'device.log')
        (self.dir / 'initrd').unlink()
        if result.status is None and not result.trouble:
            stderr = (self.dir / 'qemu.log').read_text(errors='replace').strip()
            result.trouble = 'kernel panic' if PANIC in result.kernel_log() else \
                f'QEMU ended early: {stderr[-400:] or process.returncode}'
        return result

    def _watch(self, process, result, timeout_s, sink):
        lines = queue.Queue()

        def read():
            for raw in process.stdout:
                lines.put(raw.decode(errors='replace').rstrip('\r\n'))
            lines.put(None)
        threading.Thread(target=read, daemon=True).start()
        end = time.monotonic() + timeout_s
        heard = time.monotonic()
        while True:
            try:
                line = lines.get(timeout=1)
            except queue.Empty:
                result.trouble = self._overdue(end, heard, timeout_s)
                if result.trouble:
                    return
                continue
            if line is None:
                process.wait()
                return
            heard = time.monotonic()
            self._line(result, line, sink)

    def _line(self, result, line, sink):
        if line.startswith('=== guest exit '):
            _, _, _, status, up = line.split()
            result.status, result.up_s = int(status), float(up)
        elif not line.startswith('=== guest up ') and result.status is None:
            result.lines.append(line)
            if sink:
                sink(line)

    def _overdue(self, end, heard, timeout_s):
        now = time.monotonic()
        log = self.dir / 'kernel.log'
        if log.exists() and PANIC in log.read_text(errors='replace') and \
                now - heard > PANIC_GRACE_S:
            return 'kernel panic'
        if now > end:
            return f'not finished after {timeout_s} s'
        if now - heard > SILENCE_S:
            return f'silent for {SILENCE_S} s'
        return None


def device_errors(log):
    """Return the virtual Mali's complaints in QEMU's log; other devices' do not count."""
    if not log.exists():
        return []
    return [x for x in log.read_text(errors='replace').splitlines() if x.startswith('mali-csf:')]
