# SPDX-License-Identifier: GPL-2.0-only
"""The virtual machine as a run wants it: its kernel, its module, the programs to run."""

import image
import vm
from prepare import FLAVOURS

# Tiler heaps run out of memory at the second draw; what an edit of page tables leaves in
# the GPU's caches is a guest error.
UAPI_DEVICE = 'mali-csf,knob-idvs-chunks=1,check-stale=on'


def machine(run, parts=(), memory=1024, device='mali-csf'):
    """Return the virtual machine for this run's kernel and its run-time part."""
    base = f'image-base-{run.kernel}'
    run.cache.want([base, f'kernel-{run.kernel}', 'qemu', *parts])
    qemu, kernel = run.cache.get('qemu'), run.cache.get(f'kernel-{run.kernel}')
    images = [run.cache.get(p) / 'cpio' for p in (base, *parts)]
    return vm.Machine(qemu / 'qemu-system-aarch64', kernel / 'Image', images,
                      run.folder('vm'), device=device, memory=memory)


def boot(run, m, script, programs=(), args=(), sink=None, timeout_s=600, modules=(), append='', module=None):
    """Boot once with MODULE, or this run's; return the result."""
    module = module or run.module()
    kernel = run.cache.get(f'kernel-{run.kernel}')
    own_dependencies = kernel if run.kernel in FLAVOURS else None
    archive = image.run_archive(run.repo / 'tests/qemu/guest', programs=programs, module=module,
                                kernel=own_dependencies,
                                own_kernel=None if own_dependencies else kernel, modules=modules)
    return m.boot(script, args=args, append=append, archive=archive, sink=sink, timeout_s=timeout_s)
