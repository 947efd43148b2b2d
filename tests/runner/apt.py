# SPDX-License-Identifier: GPL-2.0-only
"""Debian packages: the machine's own, and files from a private apt.

Two worlds, kept apart:

- The *machine*: only `apt-get install` of what the builds need.  Even the package
  lists for it are kept in the cache, so nothing but the installed packages changes.
- The *archive*: an apt state of our own (lists, cache, empty status) for the suite
  the test bench is made of.  Its packages are downloaded and unpacked, never
  installed, so the bench is the same on every host.  Signatures are verified with
  Debian's own key ring.

The mirror is the one the machine is configured for.
"""

import contextlib
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

SUITE = 'trixie'
BACKPORTS = SUITE + '-backports'
ARCHES = ('amd64', 'arm64')
KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
DEBIAN_SUITES = {'bookworm', 'trixie', 'forky', 'sid', 'stable', 'oldstable', 'testing', 'unstable'}


class AptError(Exception):
    """A package could not be found, fetched or installed."""


def parse_deb822(text):
    """Yield (uri, suite) of the binary entries of a .sources file."""
    for stanza in re.split(r'\n\s*\n', text):
        fields = {}
        key = None
        for line in stanza.splitlines():
            if line.startswith('#'):
                continue
            if line[:1].isspace() and key:
                fields[key] += ' ' + line.strip()
            elif ':' in line:
                key, value = line.split(':', 1)
                key = key.strip().lower()
                fields[key] = value.strip()
        if fields.get('enabled', 'yes').lower() in ('no', 'false', '0'):
            continue
        if 'deb' not in fields.get('types', '').split():
            continue
        for uri in fields.get('uris', '').split():
            for suite in fields.get('suites', '').split():
                yield uri, suite


def parse_oneline(text):
    """Yield (uri, suite) of the binary entries of a sources.list file."""
    for line in text.splitlines():
        m = re.match(r'\s*deb\s+(?:\[[^]]*\]\s*)?(\S+)\s+(\S+)', line)
        if m:
            yield m.group(1), m.group(2)


def find_mirror(entries):
    """Return the URI of the first entry that is a Debian archive with all suites."""
    for uri, suite in entries:
        if suite in DEBIAN_SUITES and 'security' not in uri:
            return uri.rstrip('/')
    return None


def machine_entries(etc='/etc/apt'):
    """Yield (uri, suite) of everything the machine's apt is configured for."""
    for path in [f'{etc}/sources.list', *sorted(glob.glob(f'{etc}/sources.list.d/*.list'))]:
        with contextlib.suppress(FileNotFoundError):
            yield from parse_oneline(Path(path).read_text())
    for path in sorted(glob.glob(f'{etc}/sources.list.d/*.sources')):
        yield from parse_deb822(Path(path).read_text())


def installed(packages):
    """Return the set of those packages that the machine has."""
    r = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', *packages],
                       capture_output=True, text=True, check=False)
    rows = (line.split() for line in r.stdout.splitlines())
    return {row[0] for row in rows if row[1:] == ['installed']}


class Apt:
    """The private apt state in DIR and the machine's package manager."""

    def __init__(self, root):
        self.root = Path(root)
        self.dir = self.root / 'apt'
        self.lists = self.dir / 'lists'
        self.memo = {}
        self.memo_lock = threading.Lock()

    # -- the machine ---------------------------------------------------------

    def install(self, packages, run):
        """Install what is missing of PACKAGES; RUN executes a command into a log."""
        missing = sorted(set(packages) - installed(packages))
        if not missing:
            return
        if os.geteuid() != 0:
            raise AptError('not root: install these packages first: ' + ' '.join(missing))
        lists = self.root / 'apt-host' / 'lists'
        (lists / 'partial').mkdir(parents=True, exist_ok=True)
        env = {'DEBIAN_FRONTEND': 'noninteractive'}
        option = ['-o', f'Dir::State::Lists={lists}', '-o', 'DPkg::Lock::Timeout=600']
        # A foreign source that fails must not keep us from Debian's packages.
        run(['apt-get', *option, 'update'], env=env, check=False)
        run(['apt-get', *option, 'install', '-y', '--no-install-recommends', *missing], env=env)

    # -- the archive ---------------------------------------------------------

    def write_config(self):
        """Write sources and configuration; they follow the machine's mirror."""
        mirror = os.environ.get('DEBIAN_MIRROR') or find_mirror(machine_entries())
        if not mirror:
            raise AptError('no Debian mirror in /etc/apt; set DEBIAN_MIRROR to one')
        for d in (self.lists / 'partial', self.dir / 'state', self.dir / 'cache'):
            d.mkdir(parents=True, exist_ok=True)
        (self.dir / 'status').touch()
        lines = []
        for suite in (SUITE, BACKPORTS):
            where = f'[signed-by={KEYRING}] {mirror} {suite} main'
            lines += [f'deb {where} non-free-firmware', f'deb-src {where}']
        (self.dir / 'sources.list').write_text('\n'.join(lines) + '\n')
        for arch in ARCHES:
            (self.dir / f'{arch}.conf').write_text(self._config(arch))

    def _config(self, arch):
        both = ' '.join(f'"{a}";' for a in ARCHES)
        return f'''#clear APT::Architectures;
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
PANTHOR::Update-Architectures {{ {both} }};
APT::Default-Release "{SUITE}";
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
Dir::State "{self.dir}/state";
Dir::State::Lists "{self.lists}";
Dir::State::status "{self.dir}/status";
Dir::Etc::SourceList "{self.dir}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Cache "{self.dir}/cache";
'''

    def command(self, tool, arch='amd64', *options):
        """Return the argument list of an apt tool on the private state."""
        return [tool, '-c', str(self.dir / f'{arch}.conf'), *options]

    def lists_age_s(self):
        """Return how old the package lists are, infinite if there are none."""
        try:
            return time.time() - (self.dir / 'stamp').stat().st_mtime
        except FileNotFoundError:
            return float('inf')

    def update(self, run):
        """Fetch the package lists of both architectures."""
        self.write_config()
        with self.lock():
            both = [o for a in ARCHES for o in ('-o', f'APT::Architectures::={a}')]
            run(self.command('apt-get', 'amd64', *both, '-o', 'APT::Update::Error-Mode=any',
                             'update'))
            (self.dir / 'stamp').touch()

    @contextlib.contextmanager
    def lock(self):
        """Hold the private apt state: it has one archive cache."""
        self.dir.mkdir(parents=True, exist_ok=True)
        with open(self.dir / 'lock-bench', 'w', encoding='ascii') as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            yield

    def query(self, arch, *args):
        """Return the output of an apt-cache query."""
        r = subprocess.run(self.command('apt-cache', arch, *args), capture_output=True,
                           text=True, check=False)
        return r.stdout

    def _remember(self, key, find):
        """Return find(), remembered until the package lists change."""
        memo = self.dir / 'versions.json'
        with self.memo_lock:
            stamp = (self.dir / 'stamp').stat().st_mtime
            if not self.memo:
                with contextlib.suppress(OSError, ValueError):
                    self.memo = json.loads(memo.read_text())
            if self.memo.get('stamp') != stamp:
                self.memo = {'stamp': stamp}
            if key not in self.memo:
                self.memo[key] = find()
                tmp = memo.with_suffix(f'.{os.getpid()}')
                tmp.write_text(json.dumps(self.memo))
                tmp.rename(memo)
            return self.memo[key]

    def version(self, spec, arch='amd64'):
        """Return the version that SPEC (`name` or `name/suite`) stands for."""
        return self._remember(f'{spec}:{arch}', lambda: self._version(spec, arch))

    def _version(self, spec, arch):
        name, _, suite = spec.partition('/')
        best = None
        for line in self.query(arch, 'madison', name).splitlines():
            cells = [c.strip() for c in line.split('|')]
            where = cells[2].split() if len(cells) == 3 else []
            if len(where) > 2 and where[-1] == 'Packages' and where[1].split('/')[0] == (suite or SUITE):
                best = best or cells[1]
        if not best:
            raise AptError(f'no package {spec} ({arch}) in the archive')
        return best

    def source_version(self, name):
        """Return the version of the newest source package NAME of SUITE."""
        return self._remember(f'source {name}', lambda: self._source_version(name))

    def _source_version(self, name):
        for line in self.query('amd64', 'madison', name).splitlines():
            cells = [c.strip() for c in line.split('|')]
            if cells[2].endswith('Sources') and f' {SUITE}/' in f' {cells[2]}':
                return cells[1]
        raise AptError(f'no source package {name} in {SUITE}')

    def newest_kernel(self, series, flavour):
        """Return the ABI name of the newest kernel of a series, `7.3.4+deb13-arm64`."""
        return self._remember(f'kernel {series} {flavour}',
                              lambda: self._newest_kernel(series, flavour))

    def _newest_kernel(self, series, flavour):
        pat = re.compile(rf'linux-headers-({re.escape(series)}[0-9.]*\+deb\d+-{re.escape(flavour)})')
        names = self.query('arm64', 'pkgnames', f'linux-headers-{series}').split()
        found = [m.group(1) for m in map(pat.fullmatch, names) if m]
        if not found:
            raise AptError(f'no kernel {series} for {flavour} in {BACKPORTS}')
        return max(found, key=lambda v: [int(x) for x in re.findall(r'\d+', v)])

    def download(self, specs, run, cwd, arch='amd64'):
        """Download the packages SPECS into CWD and return their paths."""
        before = set(Path(cwd).glob('*.deb'))
        run(self.command('apt-get', arch, 'download', *specs), cwd=cwd)
        return sorted(set(Path(cwd).glob('*.deb')) - before)

    def source(self, name, run, cwd):
        """Download (and check the signature of) the source package NAME into CWD."""
        run(self.command('apt-get', 'amd64', 'source', '--download-only',
                         '-t', SUITE, f'{name}/{SUITE}'), cwd=cwd)

    def extract(self, specs, run, root, arch='amd64'):
        """Unpack SPECS and all they depend on into ROOT; nothing is configured."""
        archives = Path(root).parent / 'archives'
        (archives / 'partial').mkdir(parents=True)
        run(self.command('apt-get', arch, '-o', f'Dir::Cache::archives={archives}',
                         '-o', 'Debug::NoLocking=1', 'install', '-y', '--download-only',
                         '--no-install-recommends', *specs))
        for d in ('bin', 'sbin', 'lib', 'lib64'):
            (Path(root) / 'usr' / d).mkdir(parents=True, exist_ok=True)
            (Path(root) / d).symlink_to('usr/' + d)
        for deb in sorted(archives.glob('*.deb')):
            unpack(deb, root, run)
        shutil.rmtree(archives)


def unpack(deb, root, run):
    """Unpack one package, keeping ROOT's links from /lib to /usr/lib."""
    run(['sh', '-c', 'dpkg-deb --fsys-tarfile "$1" | tar -C "$2" -x --keep-directory-symlink',
         'sh', str(deb), str(root)])
