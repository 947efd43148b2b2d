# SPDX-License-Identifier: GPL-2.0-only
"""The preparation steps: what the test bench is made of.

Everything comes from Debian packages.  Only `host` installs any; the others
unpack them into the cache.

    linux-source    kernel source, without the peer's two folders
    kernel-FLAVOUR  the distribution's arm64 kernel, its modules and firmware
    toolchain       Debian's gcc, cross compiler and kernel headers, as a chroot
    toolchain-32    a compiler for 32-bit programs, as a chroot of its own
    rootfs          arm64 user space: Mesa, vulkaninfo, eglinfo, busybox
    qemu-base       QEMU's objects, built once
    qemu            qemu-system-aarch64 with the virtual Mali linked in
    uml-CONFIG      workspace: a user-mode kernel with everything but the driver
    coverage-uml    workspace: a copy of uml-debug that counts lines of the driver
    stress-patched  the kernel's files that several processors under UML need changed
    stress-CONFIG   workspace: such a kernel for level stress
    sabotage-uml-*  workspaces: copies of uml-debug for drivers that are broken on purpose
    kernel-debug    workspace: arm64 kernel with KASAN and lockdep
"""

import re
import shutil
import subprocess
from pathlib import Path

import apt
from cache import Step, text_hash

SERIES = '7.3'
FLAVOURS = {'stock': 'arm64', '16k': 'arm64-16k'}
CROSS = 'aarch64-linux-gnu-'
CROSS_32 = 'arm-linux-gnueabihf-'

HOST_PACKAGES = {
    'base': ['binutils', 'xz-utils', 'kmod', 'debian-archive-keyring', 'dpkg-dev'],
    'build': ['gcc', 'libc6-dev', 'make', 'patch', 'bc', 'flex', 'bison', 'perl'],
    'qemu': ['ninja-build', 'pkg-config', 'python3-venv', 'libglib2.0-dev', 'libfdt-dev',
             'zlib1g-dev'],
    'docs': ['python3-sphinx'],
}

TOOLCHAIN = ['gcc-14', 'libc6-dev', 'gcc-14-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'make',
             'pahole', 'kmod', 'bash', 'dash', 'coreutils', 'findutils', 'sed', 'grep', 'gawk',
             'diffutils', 'perl', 'bc', 'flex', 'bison', 'xz-utils', 'sparse']

TOOLCHAIN_32 = ['gcc-14-arm-linux-gnueabihf', 'libc6-dev-armhf-cross', 'make', 'dash',
                'coreutils', 'sed']

ROOTFS = ['mesa-vulkan-drivers/trixie-backports', 'libgl1-mesa-dri/trixie-backports',
          'libegl-mesa0/trixie-backports', 'libglx-mesa0/trixie-backports',
          'libgbm1/trixie-backports', 'libegl1', 'libgles2', 'mesa-utils-bin', 'vulkan-tools',
          'libvulkan-dev', 'libc6-dev', 'busybox-static']

QEMU_DEVICES = '''CONFIG_ARM_VIRT=y
CONFIG_VIRTIO_MMIO=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SERIAL=y
'''

# Compiled in place of the device until it is linked; a file of QEMU's own shape.
QEMU_PLACEHOLDER = '#include "qemu/osdep.h"\n'

QEMU_OPTIONS = '''--target-list=aarch64-softmmu --without-default-features
--without-default-devices --with-devices-aarch64=mali --enable-tcg --enable-system
--enable-fdt=system --enable-plugins --enable-trace-backends=log
--disable-download --disable-docs --disable-werror --disable-install-blobs
--disable-debug-info --python=/usr/bin/python3'''.split()


def versions(cache, specs, arch='amd64'):
    """Return SPECS with their versions, as inputs of a step."""
    return [f'{s}={cache.apt.version(s, arch)}' for s in specs]


def kernel_abi(cache, flavour):
    """Return the ABI name of the distribution kernel that is used."""
    return cache.apt.newest_kernel(SERIES, FLAVOURS[flavour])


def kernel_debs(abi):
    """Return the packages of an arm64 distribution kernel."""
    return [f'linux-binary-unsigned-{abi}', f'linux-modules-{abi}', f'linux-base-{abi}']


FIRMWARE = f'firmware-misc-nonfree/{apt.BACKPORTS}'


# -- kernel source ---------------------------------------------------------------

PEERS = ('panthor', 'tyr')


def build_source(b):
    """Unpack the kernel source without the peer's folders, and leave a place for ours."""
    b.phase('downloading')
    deb, = b.apt.download([f'linux-source-{SERIES}'], b.run, b.out)
    b.phase('unpacking')
    exclude = ' '.join(f"--exclude='*/drivers/gpu/drm/{p}'" for p in PEERS)
    b.run(['sh', '-c', f'dpkg-deb --fsys-tarfile "$1" | tar -xO ./usr/src/linux-source-{SERIES}.tar.xz |'
           f' tar -xJ --strip-components=1 {exclude}', 'sh', deb], cwd=b.out)
    deb.unlink()
    drm = b.out / 'drivers/gpu/drm'
    for p in PEERS:
        if (drm / p).exists():
            raise RuntimeError(f'{p} is in the unpacked source')
    for name, pattern in (('Kconfig', r'^source "drivers/gpu/drm/tyr/.*\n'),
                          ('Makefile', r'^obj-\$\(CONFIG_DRM_TYR\).*\n')):
        text = (drm / name).read_text()
        text, n = re.subn(pattern, '', text, flags=re.M)
        if n != 1 or 'panthor/' not in text:
            raise RuntimeError(f'drivers/gpu/drm/{name} is not as expected')
        (drm / name).write_text(text)
    # The driver under test is mounted here for the time of a build.
    (drm / 'panthor').mkdir()


# -- the distribution's kernel ----------------------------------------------------

def build_kernel(b):
    """Unpack an arm64 distribution kernel with its modules, and the firmware."""
    flavour = b.step.name.removeprefix('kernel-')
    abi = kernel_abi(b.cache, flavour)
    b.phase(f'downloading {abi}')
    debs = b.apt.download(kernel_debs(abi), b.run, b.out, arch='arm64')
    debs += b.apt.download([FIRMWARE], b.run, b.out)
    b.phase('unpacking')
    (b.out / 'usr/lib').mkdir(parents=True)
    (b.out / 'lib').symlink_to('usr/lib')
    for deb in debs:
        apt.unpack(deb, b.out, b.run)
        deb.unlink()
    modules = b.out / 'usr/lib/modules' / abi
    b.run(['sh', '-c', "find kernel -name '*.ko.xz' -print0 | xargs -0 -P2 -n64 xz -d"], cwd=modules)
    b.run(['/sbin/depmod', '-b', b.out, abi])
    image = next(p for p in (modules / 'vmlinuz.unsigned', modules / 'vmlinuz') if p.exists())
    (b.out / 'Image').symlink_to(image.relative_to(b.out))
    (b.out / 'abi').write_text(abi + '\n')


# -- cross toolchain --------------------------------------------------------------

def build_toolchain(b):
    """Unpack the compilers and the headers of both kernel flavours as a chroot."""
    b.phase('downloading')
    abi = kernel_abi(b.cache, 'stock')
    base = abi.removesuffix('-arm64')
    b.apt.extract([*TOOLCHAIN, f'linux-kbuild-{base}/{apt.BACKPORTS}'], b.run, b.out / 'root')
    b.phase('unpacking headers')
    debs = b.apt.download([f'linux-headers-{kernel_abi(b.cache, f)}' for f in FLAVOURS] +
                          [f'linux-headers-{base}-common'], b.run, b.out, arch='arm64')
    for deb in debs:
        apt.unpack(deb, b.out / 'root', b.run)
        deb.unlink()
    bin_ = b.out / 'root/usr/bin'
    for name in ('gcc', 'cpp'):
        for prefix in ('', CROSS):
            (bin_ / f'{prefix}{name}').unlink(missing_ok=True)
            (bin_ / f'{prefix}{name}').symlink_to(f'{prefix}{name}-14')
    for name, target in (('awk', 'gawk'), ('cc', 'gcc'), ('sh', 'dash')):
        if not (bin_ / name).exists():
            (bin_ / name).symlink_to(target)


def build_toolchain_32(b):
    """Unpack a compiler for 32-bit arm as a chroot."""
    b.phase('downloading')
    b.apt.extract(TOOLCHAIN_32, b.run, b.out / 'root')
    for d in ('dev', 'proc', 'tmp'):
        (b.out / 'root' / d).mkdir(exist_ok=True)
    bin_ = b.out / 'root/usr/bin'
    (bin_ / f'{CROSS_32}gcc').unlink(missing_ok=True)
    (bin_ / f'{CROSS_32}gcc').symlink_to(f'{CROSS_32}gcc-14')
    if not (bin_ / 'sh').exists():
        (bin_ / 'sh').symlink_to('dash')


# -- arm64 user space ---------------------------------------------------------------

def build_rootfs(b):
    """Unpack Mesa, its tools and busybox for arm64."""
    b.phase('downloading')
    b.apt.extract(ROOTFS, b.run, b.out / 'root', arch='arm64')


# -- QEMU ---------------------------------------------------------------------------

def build_qemu_base(b):
    """Build QEMU with a placeholder for the device; keep how to compile and link one."""
    b.phase('downloading')
    b.apt.source('qemu', b.run, b.out)
    meson, = b.apt.download(['meson'], b.run, b.out)
    b.phase('unpacking')
    src, build = b.out / 'src', b.out / 'build'
    src.mkdir()
    build.mkdir()
    b.run(['sh', '-c', 'tar -xJf qemu_*.orig.tar.xz -C src --strip-components=1 && '
           'tar -xJf qemu_*.debian.tar.xz -C src && rm qemu_* && '
           'dpkg-deb -x meson_*.deb meson && rm meson_*.deb'], cwd=b.out)
    for patch in ('skip-unpack-edk2-blobs.patch', 'disable-pycotap.patch'):
        b.run(['patch', '-p1', '-i', f'debian/patches/{patch}'], cwd=src)
    (src / 'hw/misc/mali-csf.c').write_text(QEMU_PLACEHOLDER)
    with open(src / 'hw/misc/meson.build', 'a', encoding='ascii') as f:
        f.write("system_ss.add(files('mali-csf.c'))\n")
    (src / 'configs/devices/aarch64-softmmu/mali.mak').write_text(QEMU_DEVICES)
    env = {'PYTHONPATH': str(b.out / 'meson/usr/lib/python3/dist-packages')}
    b.phase('configuring')
    b.run(['../src/configure', *QEMU_OPTIONS], cwd=build, env=env)
    b.phase('compiling')
    b.run(['ninja', '-d', 'keeprsp', f'-j{b.jobs}', 'qemu-system-aarch64'], cwd=build, env=env)
    save_recipe(b, build, env)


def save_recipe(b, build, env):
    """Keep how to compile the device and how to link QEMU, free of our path."""
    b.run(['sh', '-c', 'ninja -t commands qemu-system-aarch64 > ../commands'], cwd=build, env=env)
    lines = (b.out / 'commands').read_text().splitlines()
    compile_, = [x for x in lines if '-c ../src/hw/misc/mali-csf.c' in x]
    link = (build / 'qemu-system-aarch64.rsp').read_text()
    if 'hw_misc_mali-csf.c.o' not in link or 'qemu-system-aarch64.rsp' not in lines[-1]:
        raise RuntimeError('the link command does not name the device')
    for name, text in (('compile', compile_), ('link', link)):
        (b.out / name).write_text(text.replace(str(b.out), '@BASE@') + '\n')


def device_sources(repo):
    """Return the C files of the virtual Mali and of its QEMU host."""
    model = [p for p in sorted((repo / 'tests/model').glob('*.c')) if not p.name.startswith('mkfw')]
    return model + sorted((repo / 'tests/qemu').glob('*.c'))


def device_inputs(repo):
    """Return every file that decides how the device is built."""
    return [p for d in ('model', 'qemu') for p in (repo / 'tests' / d).glob('*.[ch]')]


def make_qemu_build(repo):
    """Return the function that links QEMU with the device of REPO."""
    def build_qemu(b):
        """Compile the device with QEMU's own flags and link it in."""
        base = b.dep('qemu-base')
        cwd = base / 'build'
        compile_, link = ((base / n).read_text().strip().replace('@BASE@', str(base))
                          for n in ('compile', 'link'))
        objects = []
        include = f'-I{repo}/tests/model -I{repo}/tests/qemu'
        b.phase('compiling the device')
        for source in device_sources(repo):
            obj = b.out / (source.name + '.o')
            line = re.sub(r' -M[DQF] (\S+)?| -MF \S+| -MQ \S+| -MD', '', compile_)
            line = re.sub(r' -o \S+ -c \S+', f' {include} -o {obj} -c {source}', line)
            b.run(['sh', '-c', line], cwd=cwd)
            objects.append(str(obj))
        b.phase('linking')
        placeholder = re.search(r'\S*hw_misc_mali-csf\.c\.o', link).group(0)
        link = link.replace(placeholder, ' '.join(objects) or placeholder)
        link = re.sub(r'-o qemu-system-aarch64\b', f'-o {b.out}/qemu-system-aarch64', link)
        (b.out / 'link.rsp').write_text(link)
        b.run(['cc', '-m64', f'@{b.out}/link.rsp'], cwd=cwd)
        b.run([b.out / 'qemu-system-aarch64', '-M', 'virt', '-device', 'help'])
    return build_qemu


IMAGE_SOURCES = [Path(__file__).with_name(n) for n in ('cpio.py', 'image.py')]

# -- kernels of our own ---------------------------------------------------------------

PLACEHOLDER_KCONFIG = 'config DRM_PANTHOR\n\ttristate "placeholder"\n\tdepends on DRM\n'


def register(cache, repo):
    """Declare all steps to the cache."""
    def add(name, title, build, **kw):
        cache.add(Step(name, title, build, **kw))

    for group, packages in HOST_PACKAGES.items():
        add(f'host-{group}', f'host packages ({group})', build_host,
            inputs=lambda c, p=packages: p)
    add('linux-source', f'kernel source {SERIES}', build_source, apt=True, needs=['host-base'],
        inputs=lambda c: versions(c, [f'linux-source-{SERIES}/{apt.BACKPORTS}']))
    for flavour in FLAVOURS:
        add(f'kernel-{flavour}', f'arm64 kernel ({flavour})', build_kernel, apt=True,
            needs=['host-base'],
            inputs=lambda c, f=flavour: [kernel_abi(c, f), *versions(c, [FIRMWARE])])
    add('toolchain', 'cross toolchain and headers', build_toolchain, apt=True,
        needs=['host-base'],
        inputs=lambda c: [kernel_abi(c, 'stock'), kernel_abi(c, '16k'), *versions(c, TOOLCHAIN)])
    add('toolchain-32', 'compiler for 32-bit programs', build_toolchain_32, apt=True, needs=['host-base'],
        inputs=lambda c: versions(c, TOOLCHAIN_32))
    add('rootfs', 'arm64 user space', build_rootfs, apt=True, needs=['host-base'],
        inputs=lambda c: versions(c, ROOTFS, 'arm64'))
    add('qemu-base', 'QEMU', build_qemu_base, apt=True, needs=['host-build', 'host-qemu', 'host-base'],
        inputs=lambda c: [c.apt.source_version('qemu'), QEMU_DEVICES, QEMU_PLACEHOLDER, QEMU_OPTIONS])
    add('qemu', 'QEMU with the virtual Mali', make_qemu_build(repo), needs=['qemu-base'],
        inputs=lambda c: [text_hash(*device_inputs(repo))])
    import image
    for flavour in FLAVOURS:
        add(f'image-base-{flavour}', f'guest system ({flavour})', image.build_base,
            needs=[f'kernel-{flavour}', 'rootfs'], inputs=lambda c: [text_hash(*IMAGE_SOURCES)])
    add('image-vulkan', 'guest Vulkan', image.build_vulkan, needs=['rootfs'],
        inputs=lambda c: [text_hash(*IMAGE_SOURCES)])
    add('image-egl', 'guest EGL', image.build_egl, needs=['rootfs'],
        inputs=lambda c: [text_hash(*IMAGE_SOURCES)])
    for config in sorted((repo / 'tests/kunit').glob('*.kunitconfig')):
        add(f'uml-{config.stem}', f'UML kernel ({config.stem})', make_uml_build(repo, config),
            needs=['host-build', 'linux-source'], inputs=lambda c: [host_compiler()])
    add('coverage-uml', 'UML kernel (coverage)', make_uml_copy('uml-debug'), needs=['uml-debug'])
    register_stress(add, repo)
    for name in ('sabotage-uml-a', 'sabotage-uml-b'):
        add(name, f'UML kernel ({name})', make_uml_copy('uml-debug'), needs=['uml-debug'])
    debug = repo / 'tests/qemu/debug.config'
    add('kernel-debug', 'arm64 kernel (debug)', make_debug_build(repo, debug),
        needs=['linux-source', 'toolchain'], inputs=lambda c: [debug.read_text()])
    add('image-base-debug', 'guest system (debug)', image.build_base_plain,
        needs=['kernel-stock', 'rootfs'], inputs=lambda c: [text_hash(*IMAGE_SOURCES)])


def register_stress(add, repo):
    """Declare the steps of level stress."""
    patches = sorted((repo / 'tests/stress/kernel').glob('*.patch'))
    add('stress-patched', 'kernel files for level stress', make_patched_build(patches),
        needs=['linux-source'], inputs=lambda c: [text_hash(*patches)])
    for config in sorted((repo / 'tests/stress').glob('*.config')):
        add(f'stress-{config.stem}', f'UML kernel ({config.stem}, several processors)',
            make_stress_build(repo, config.stem), inputs=lambda c: [host_compiler()],
            needs=['host-build', 'linux-source', 'stress-patched'])


def make_patched_build(patches):
    """Return the function that patches copies of some of the kernel's files."""
    def build_patched(b):
        """The source itself stays as it is: the other kernels are built from it."""
        for patch in patches:
            for name in re.findall(r'^--- a/(\S+)$', patch.read_text(), re.M):
                copy = b.out / name
                if not copy.exists():
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(b.dep('linux-source') / name, copy)
            b.run(['patch', '-p1', '--no-backup-if-mismatch', '-i', patch], cwd=b.out)
    return build_patched


def stress_fragment(repo, name):
    """Return the configuration of a kernel of level stress."""
    return ((repo / 'tests/kunit/debug.kunitconfig').read_text() +
            (repo / f'tests/stress/{name}.config').read_text())


def make_stress_build(repo, name):
    """Return the function that builds a UML kernel for level stress."""
    def build_stress(b):
        """Build everything but the driver; the configuration may change later."""
        import build        # pylint: disable=import-outside-toplevel
        build.uml_seed(b, repo, stress_fragment(repo, name), b.dep('stress-patched'))
    return build_stress


def make_debug_build(repo, config):
    """Return the function that builds the arm64 debug kernel."""
    def build_debug(b):
        """Build a kernel with everything but the driver, to build the driver against."""
        import build        # pylint: disable=import-outside-toplevel
        build.arm64_seed(b, repo, config.read_text())
    return build_debug


def make_uml_build(repo, config):
    """Return the function that builds the UML kernel of one configuration."""
    def build_uml(b):
        """Build everything but the driver; the configuration may change later."""
        import build        # pylint: disable=import-outside-toplevel
        build.uml_seed(b, repo, config.read_text())
    return build_uml


def make_uml_copy(origin):
    """Return the function that copies the UML kernel of another step."""
    def copy_uml(b):
        """Most of a kernel with a little more configured does not differ."""
        import build        # pylint: disable=import-outside-toplevel
        build.uml_copy(b, origin)
    return copy_uml


def host_compiler():
    """Return the version of the compiler that builds the UML kernels."""
    r = subprocess.run(['gcc', '-dumpfullversion'], capture_output=True, text=True, check=False)
    return r.stdout.strip()


def build_host(b):
    """Install the packages of one group on the machine."""
    packages = HOST_PACKAGES[b.step.name.removeprefix('host-')]
    b.phase('installing')
    with b.cache.lock('host-packages'):
        b.apt.install(packages, b.run)
