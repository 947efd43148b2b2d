# SPDX-License-Identifier: GPL-2.0-only
"""Builds of the driver under test and of the test programs.

Nothing is built in the checkout.  Its files are synchronized by content into the
cache, so only what differs gets a new time stamp and make rebuilds exactly that,
whichever checkout built there last.
"""

import filecmp
import hashlib
import os
import re
import shutil
from pathlib import Path

from cache import Job, StepFailed
from prepare import CROSS, CROSS_32, PLACEHOLDER_KCONFIG, kernel_abi

KBUILD_NAMES = {'Kconfig', 'Makefile', 'Kbuild'}
CHROOT = Path(__file__).with_name('chroot.sh')
DRIVER_DIRS = ('lib', 'tests/kunit', 'tests/model')


def driver_files(repo):
    """Return the files of the driver and its KUnit part, relative to the checkout."""
    found = [p for p in repo.iterdir() if p.is_file()]
    for d in DRIVER_DIRS:
        found += [p for p in (repo / d).rglob('*') if p.is_file()]
    return sorted(p.relative_to(repo) for p in found if p.name in KBUILD_NAMES or
                  p.suffix in ('.c', '.h') or p.suffix in ('.dts', '.dtso', '.S'))


def sync_file(src, dst):
    """Copy one file if its content differs."""
    if dst.exists() and filecmp.cmp(src, dst, shallow=False):
        return
    dst.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(src, dst)


def sync_driver(repo, dst, files=None):
    """Make DST hold the driver's sources as they are in REPO; objects in DST stay."""
    files = driver_files(repo) if files is None else files
    for f in files:
        sync_file(repo / f, dst / f)
    if dst.exists():
        for f in [p.relative_to(dst) for p in dst.rglob('*') if p.is_file()]:
            source = f.name in KBUILD_NAMES or f.suffix in ('.c', '.h', '.dts', '.dtso', '.S')
            if source and f not in files and not f.name.endswith('.mod.c') and \
                    not f.name.startswith('.'):
                (dst / f).unlink()


def sync_placeholder(repo, dst):
    """Make DST a driver folder with REPO's Kconfig and nothing to compile.

    A kernel built with it has everything the driver selects, and can be built
    while the driver does not compile.
    """
    shutil.rmtree(dst, ignore_errors=True)
    kconfigs = [f for f in driver_files(repo) if f.name == 'Kconfig']
    for f in kconfigs:
        sync_file(repo / f, dst / f)
    dst.mkdir(parents=True, exist_ok=True)
    if not kconfigs:
        (dst / 'Kconfig').write_text(PLACEHOLDER_KCONFIG)
    (dst / 'Makefile').write_text('')


def apply_config(job, make, objdir, fragment, base='alldefconfig', kconfig=None):
    """Configure a kernel from a fragment; fail if any line of it did not stick.

    Nothing to do if neither the fragment nor KCONFIG, the text of the driver's Kconfig
    files if the caller knows it, has changed: the kernel's source never does.
    """
    want, done = objdir / 'fragment', objdir / 'configured'
    if kconfig is not None and done.exists() and done.read_text() == fragment + kconfig:
        return
    done.unlink(missing_ok=True)
    if want.exists() and want.read_text() == fragment and (objdir / '.config').exists():
        job.run([*make, 'olddefconfig'])
    else:
        (objdir / 'fragment.new').write_text(fragment)
        job.run([*make, f'KCONFIG_ALLCONFIG={objdir}/fragment.new', base])
    have = (objdir / '.config').read_text().splitlines()
    lost = [x for x in config_lines(fragment) if not config_holds(x, have)]
    if lost:
        raise StepFailed(job.title, job.log, 'configuration not taken over: ' + ', '.join(lost))
    want.write_text(fragment)
    if kconfig is not None:
        done.write_text(fragment + kconfig)


def config_lines(fragment):
    """Return the settings in a configuration fragment; the last one of a name counts."""
    last = {}
    for line in fragment.splitlines():
        m = re.match(r'# (CONFIG_\w+) is not set|(CONFIG_\w+)=', line)
        if m:
            name = m.group(1) or m.group(2)
            last[name] = f'{name}=n' if m.group(1) else line.strip()
    return list(last.values())


def config_holds(line, have):
    """Tell whether a .config says what one line of a fragment wants."""
    name, value = line.split('=', 1)
    if value == 'n':
        return not any(x.startswith(name + '=') for x in have)
    return line in have


def in_tree(cache, name, root='/', patched=None):
    """Return (driver folder, command prefix) for in-tree builds of one object directory.

    The folder appears as drivers/gpu/drm/panthor for that command alone, so that
    builds of several kernels do not wait for each other.  In the same way the files
    in PATCHED, a result of step stress-patched, take the place of the kernel's own.
    """
    source = cache.path('linux-source')
    place = cache.root / 'driver' / f'intree-{name}'
    place.mkdir(parents=True, exist_ok=True)
    binds = [cache.root] if root != '/' else []
    binds.append(f'{place}:{source}/drivers/gpu/drm/panthor')
    if patched:
        binds += [f'{p}:{source / p.relative_to(patched)}' for p in sorted(patched.rglob('*'))
                  if p.is_file()]
    return place, [CHROOT, root, *binds, '--']


# -- user-mode Linux ------------------------------------------------------------------

# Makes the warnings of drivers/gpu/drm, which are those of W=1, errors.
UML_FRAGMENT = 'CONFIG_DRM_WERROR=y\n'


def uml_make(source, objdir, jobs):
    """Return the make command for a UML object directory."""
    return ['make', '-C', source, f'O={objdir}', 'ARCH=um', f'-j{jobs}']


def uml_seed(b, repo, fragment, patched=None):
    """Build a UML kernel with everything but the driver: a step's build function."""
    place, prefix = in_tree(b.cache, b.step.name, patched=patched)
    make = [*prefix, *uml_make(b.dep('linux-source'), b.out, b.jobs)]
    with b.cache.lock(place.name):
        sync_placeholder(repo, place)
        b.phase('configuring')
        apply_config(b, make, b.out, fragment + UML_FRAGMENT)
        b.phase('compiling')
        b.run([*make, 'linux'])


def uml_build(cache, repo, step, fragment, job, makefile='', patched=None):
    """Bring the UML kernel of a step up to date with the driver; return the binary.

    MAKEFILE is added to the driver's Makefile.
    """
    objdir = cache.get(step)
    place, prefix = in_tree(cache, step, patched=patched)
    make = [*prefix, *uml_make(cache.path('linux-source'), objdir, cache.jobs)]
    out = cache.root / 'run' / f'{step}-{os.getpid()}'
    with cache.lock(place.name):
        sync_driver(repo, place)
        if makefile:
            (place / 'Makefile').write_text((repo / 'Makefile').read_text() + makefile)
        job.phase('configuring')
        kconfig = ''.join(p.read_text() for p in sorted(place.rglob('Kconfig')))
        apply_config(job, make, objdir, fragment + UML_FRAGMENT, kconfig=kconfig)
        job.phase('compiling')
        job.run([*make, 'linux'])
        out.parent.mkdir(exist_ok=True)
        out.unlink(missing_ok=True)
        out.hardlink_to(objdir / 'linux')   # stays when someone else builds next
    return out


def uml_copy(b, origin):
    """Copy another UML kernel with the driver that was built last: a step's build function."""
    theirs, mine = (b.cache.root / 'driver' / f'intree-{name}' for name in (origin, b.step.name))
    with b.cache.lock(theirs.name), b.cache.lock(mine.name):
        b.run(['cp', '-a', '--reflink=auto', f'{b.dep(origin)}/.', b.out])
        shutil.rmtree(mine, ignore_errors=True)
        if theirs.exists():
            b.run(['cp', '-a', theirs, mine])


# -- the arm64 module -------------------------------------------------------------------

def chroot(cache, binds=(), toolchain='toolchain'):
    """Return the command prefix that runs a program in a toolchain."""
    return [CHROOT, cache.get(toolchain) / 'root', cache.root, *binds, '--']


def arm64_make(source, objdir, jobs):
    """Return the make command for an arm64 object directory, for the chroot."""
    return ['make', '-C', source, f'O={objdir}', 'ARCH=arm64', f'CROSS_COMPILE={CROSS}', f'-j{jobs}']


def arm64_seed(b, repo, fragment):
    """Build an arm64 kernel with everything but the driver: a step's build function."""
    place, prefix = in_tree(b.cache, b.step.name, b.dep('toolchain') / 'root')
    make = [*prefix, *arm64_make(b.dep('linux-source'), b.out, b.jobs)]
    with b.cache.lock(place.name):
        sync_placeholder(repo, place)
        b.phase('configuring')
        apply_config(b, make, b.out, fragment, 'allnoconfig')
        b.phase('compiling')
        b.run([*make, 'Image', 'modules'], cwd='/')
    (b.out / 'Image').symlink_to('arch/arm64/boot/Image')
    b.run(['sh', '-c', 'cp include/config/kernel.release abi'], cwd=b.out)


def kernel_make(cache, flavour):
    """Return (name, make command) for modules of one kernel of the virtual machine."""
    if flavour == 'debug':
        objdir = cache.get('kernel-debug')
        return 'debug', arm64_make(cache.get('linux-source'), objdir, cache.jobs)
    abi = kernel_abi(cache, flavour)
    return abi, ['make', '-C', f'/usr/src/linux-headers-{abi}', 'ARCH=arm64',
                 f'CROSS_COMPILE={CROSS}', f'-j{cache.jobs}']


def module_folder(cache, flavour):
    """Return where panthor.ko is built for a kernel of the virtual machine."""
    return cache.root / 'driver' / f'module-{kernel_make(cache, flavour)[0]}'


def module_build(cache, repo, flavour, job, extra=()):
    """Build panthor.ko out of tree for a kernel of the virtual machine; return its path."""
    prefix = chroot(cache)
    name, make = kernel_make(cache, flavour)
    place = module_folder(cache, flavour)
    with cache.lock(place.name):
        sync_driver(repo, place)
        job.run([*prefix, *make, f'M={place}', 'W=1', 'KCFLAGS=-Werror', 'CONFIG_DRM_PANTHOR=m',
                 *extra, 'modules'], cwd='/')
        out = cache.root / 'run' / f'panthor-{name}-{os.getpid()}.ko'
        out.parent.mkdir(exist_ok=True)
        shutil.copyfile(place / 'panthor.ko', out)
    return out


def new_job(cache, title, name, task=None):
    """Return a job that logs to the cache."""
    return Job(title, cache.root / 'log' / f'{name}.log', task)


# -- test programs --------------------------------------------------------------------------

def program_folder(cache, repo, name):
    """Return the object folder of a checkout's programs; drop those of vanished checkouts.

    Unlike the driver's, these are built from the checkout itself, so that compilers
    name its files; make compares time stamps, which mean nothing between checkouts.
    """
    parent = cache.root / 'driver'
    for link in parent.glob('programs-*/checkout'):
        if link.is_symlink() and not link.exists():
            shutil.rmtree(link.parent, ignore_errors=True)
    base = parent / ('programs-' + hashlib.sha256(str(repo).encode()).hexdigest()[:8])
    out = base / name
    out.mkdir(parents=True, exist_ok=True)
    if not (base / 'checkout').is_symlink():
        (base / 'checkout').symlink_to(repo)
    return out


def programs_build(cache, repo, what, arch, job):
    """Build tests/WHAT for an architecture; return the programs."""
    out = program_folder(cache, repo, f'{what}-{arch}')
    make = ['make', '-C', repo / 'tests' / what, f'O={out}', f'-j{cache.jobs}',
            f'KDIR={cache.get("linux-source")}']
    prefix = []
    if arch == 'arm64':
        prefix = chroot(cache, [repo])
        make += [f'CROSS_COMPILE={CROSS}', f'SYSROOT={cache.get("rootfs") / "root"}']
    elif arch == 'arm32':
        prefix = chroot(cache, [repo], 'toolchain-32')
        make += [f'CROSS_COMPILE={CROSS_32}', 'SUFFIX=.32']
    with cache.lock(f'{out.parent.name}-{out.name}'):
        job.run([*prefix, *make], cwd='/')
    sources = {p.stem for p in (repo / 'tests' / what).glob('*.c')}
    return sorted(p for p in out.iterdir() if p.is_file() and os.access(p, os.X_OK) and
                  p.name.removesuffix('.32') in sources)
