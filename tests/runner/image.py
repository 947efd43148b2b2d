# SPDX-License-Identifier: GPL-2.0-only
"""The guest's file system: which parts a virtual machine is started with.

    base    busybox, init, the kernel's modules, the firmware (one per kernel)
    vulkan  vulkaninfo, the loader, panvk
    egl     eglinfo, the EGL and GLES libraries, panfrost
    run     this run's module, scripts and test programs
"""

import cpio
from cpio import LIBDIR

BASE_MODULES = ['fixed', 'governor_simpleondemand', 'vgem']
PEER_MODULE = 'panthor'
# What our module needs of a kernel of ours, in the order of loading.
OWN_KERNEL_MODULES = ['drm_exec', 'drm_gpuvm', 'drm_shmem_helper', 'gpu-sched']
# What our module may need and the peer's does not.
DRIVER_MODULES = ['drm_shmem_helper', 'drm_gpuvm', 'drm_exec', 'gpu_sched']


def build_base(b):
    """Write the base part for one kernel of the distribution."""
    flavour = b.step.name.removeprefix('image-base-')
    kernel, rootfs = b.dep(f'kernel-{flavour}'), b.dep('rootfs') / 'root'
    abi = (kernel / 'abi').read_text().strip()
    a = base_archive(kernel, rootfs)
    modules = cpio.Modules(kernel, abi)
    order = modules.closure([*BASE_MODULES, *DRIVER_MODULES, PEER_MODULE])
    for path in order:
        a.file(f'usr/lib/modules/{abi}/{path}', modules.base / path)
    dep = ''.join(f'{p}: {" ".join(modules.deps[p])}\n' for p in order)
    a.text(f'usr/lib/modules/{abi}/modules.dep', dep)
    for name in ('modules.order', 'modules.builtin'):
        a.text(f'usr/lib/modules/{abi}/{name}', '')
    a.write(b.out / 'cpio')


def build_base_plain(b):
    """Write the base part for a kernel that has everything built in."""
    base_archive(b.dep('kernel-stock'), b.dep('rootfs') / 'root').write(b.out / 'cpio')


def base_archive(kernel, rootfs):
    """Return an archive with busybox, the firmware and the usual folders."""
    a = cpio.Archive()
    for d in ('dev', 'proc', 'sys', 'tmp', 'root', 'run', 'usr/bin', 'usr/lib', 't/bin'):
        a.directory(d)
    for d in ('bin', 'sbin'):
        a.link(d, 'usr/bin')
    a.link('lib', 'usr/lib')
    a.link('usr/sbin', 'bin')
    a.device('dev/console', 5, 1)
    a.file('usr/bin/busybox', rootfs / 'usr/bin/busybox')
    firmware = kernel / 'usr/lib/firmware'
    for path in sorted(firmware.glob('arm/mali/*/*.bin')):
        # Some are links to another folder: the guest gets files.
        a.file(f'usr/lib/firmware/{path.relative_to(firmware)}', path)
    return a


def build_programs(b, programs, libraries, data):
    """Write a part with PROGRAMS, LIBRARIES, what they need, and DATA files."""
    rootfs = b.dep('rootfs') / 'root'
    a = cpio.Archive()
    a.link('usr/lib/ld-linux-aarch64.so.1', f'aarch64-linux-gnu/ld-linux-aarch64.so.1')
    for name in cpio.library_closure(rootfs, [*programs, *libraries]):
        a.file(name, rootfs / name)
    for name in data:
        a.file(name, rootfs / name)
    a.write(b.out / 'cpio')


def build_vulkan(b):
    """Write the part with Vulkan."""
    build_programs(b, ['usr/bin/vulkaninfo'],
                   [f'{LIBDIR}/libvulkan.so.1', f'{LIBDIR}/libvulkan_panfrost.so'],
                   ['usr/share/vulkan/icd.d/panfrost_icd.json'])


def build_egl(b):
    """Write the part with EGL and GLES."""
    rootfs = b.dep('rootfs') / 'root'
    gbm = [f'{LIBDIR}/gbm/{p.name}' for p in (rootfs / LIBDIR / 'gbm').glob('*.so')]
    build_programs(b, ['usr/bin/eglinfo.aarch64-linux-gnu'],
                   [f'{LIBDIR}/{n}' for n in ('libEGL.so.1', 'libEGL_mesa.so.0', 'libGLESv2.so.2',
                                              'libgbm.so.1')] + gbm,
                   ['usr/share/glvnd/egl_vendor.d/50_mesa.json'])


def run_archive(guest_dir, scripts=(), programs=(), module=None, kernel=None, own_kernel=None,
                modules=()):
    """Return the part of one run.

    MODULE is our panthor.ko or None for the distribution's, KERNEL the unpacked
    distribution kernel that its dependencies are looked up in, and MODULES, more of
    its modules; OWN_KERNEL the build folder of a kernel of ours instead.
    """
    a = cpio.Archive()
    a.text('init', (guest_dir / 'init').read_bytes(), 0o755)
    for path in sorted(guest_dir.glob('*.sh')):
        a.file(f't/{path.name}', path)
    for path in scripts:
        a.file(f't/{path.name}', path)
    for path in programs:
        a.file(f't/bin/{path.name}', path)
    if module and kernel:
        abi = (kernel / 'abi').read_text().strip()
        known = cpio.Modules(kernel, abi)
        order = known.closure([*BASE_MODULES, *modules, *cpio.module_depends(module)])
        own = 'updates/panthor.ko'
        a.file(f'usr/lib/modules/{abi}/{own}', module)
        for path in order:
            a.file(f'usr/lib/modules/{abi}/{path}', known.base / path)
        # depmod lists what has to be loaded first last.
        deps = reversed(known.closure(cpio.module_depends(module)))
        dep = ''.join(f'{p}: {" ".join(known.deps[p])}\n' for p in order)
        dep += f'{own}: {" ".join(deps)}\n'
        a.text(f'usr/lib/modules/{abi}/modules.dep', dep)
    elif module:
        a.file('t/panthor.ko', module)
        for i, name in enumerate(OWN_KERNEL_MODULES):
            a.file(f't/needed/{i}.ko', next(own_kernel.rglob(name + '.ko')))
    return a
