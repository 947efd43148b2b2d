# SPDX-License-Identifier: GPL-2.0-only
"""Every kind of report is found; what only looks like one is not."""

import unittest

import logscan

REPORTS = {
    'BUG': ['BUG: unable to handle page fault for address: 0000000000001000',
            'kernel BUG at drivers/gpu/drm/panthor/panthor_vm.c:10!'],
    'KCSAN': ['BUG: KCSAN: data-race in panthor_vm_put / panthor_vm_get'],
    'KASAN': ['BUG: KASAN: slab-use-after-free in panthor_vm_put+0x10/0x20'],
    'UBSAN': ['UBSAN: array-index-out-of-bounds in drivers/gpu/drm/panthor/panthor_fw.c:1:2'],
    'WARNING': ['WARNING: CPU: 0 PID: 1 at drivers/gpu/drm/panthor/panthor_mmu.c:5 f+0x1/0x2',
                'WARNING: drivers/gpu/drm/panthor/panthor_mmu.c:5 at f+0x1/0x2, CPU#0: init/1',
                'WARNING: possible circular locking dependency detected'],
    'oops': ['Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010',
             'Internal error: Oops: 0000000096000004 [#1]  SMP'],
    'panic': ['Kernel panic - not syncing: Fatal exception'],
    'lockdep': ['DEBUG_LOCKS_WARN_ON(1)', '[ BUG: bad unlock balance detected! ]'],
    'atomic sleep': ['BUG: sleeping function called from invalid context at kernel/locking/mutex.c:1',
                     'BUG: scheduling while atomic: swapper/1/0x00000002'],
    'RCU': ['rcu: INFO: rcu_preempt self-detected stall on CPU',
            'Voluntary context switch within RCU read-side critical section!'],
    'hang': ['INFO: task kworker/0:1:7 blocked for more than 120 seconds.',
             'watchdog: BUG: soft lockup - CPU#0 stuck for 22s!'],
    'leak': ['kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
             'BUG panthor_cache (Not tainted): Objects remaining on __kmem_cache_shutdown()',
             'DMA-API: panthor b000000.gpu: device driver has pending DMA allocations while released'],
    'DMA-API': ['DMA-API: panthor b000000.gpu: device driver maps memory from stack'],
    'ODEBUG': ['ODEBUG: free active (active state 0) object: 00000000 object type: timer_list'],
    'guest error': ['virtual Mali: guest error: unknown AS command (0x1, 0x9, 0x0)',
                    'virtual Mali: oracle: page freed: page 0x1f, reached by AS 1 at 0x4000: mapping r'],
    'list': ['list_del corruption. prev->next should be 00000000', 'refcount_t: underflow; use-after-free.'],
}

CLEAN = '''\
[    0.000000] Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
[    0.000000] Running RCU self tests
[    0.000000] KernelAddressSanitizer initialized (generic)
[    0.000000] DMA-API: preallocated 65536 debug entries
[    0.000000] DMA-API: debugging enabled by kernel config
[    0.100000] kmemleak: Kernel memory leak detector initialized (mem pool available: 15842)
[    0.100000] kmemleak: Automatic memory scanning thread started
[    0.200000] rcu: Hierarchical SRCU implementation.
[    0.300000] panthor: loading out-of-tree module taints kernel.
[    0.400000] panthor b000000.gpu: [drm] Mali-G610 id 0xa867 major 0x0 minor 0x0 status 0x5
[    0.500000] panthor b000000.gpu: [drm] group 1 hit a fault: CS_BUS_FAULT at 0x1000
    # Subtest: panthor_leak
    ok 1 unbinding leaks nothing, there is no leak
'''


RACE = '''\
==================================================================
BUG: KCSAN: data-race in panthor_vm_put / panthor_vm_get

write to 0x0000000062d1a018 of 8 bytes by task 31 on cpu 1:
 save_stack_trace+0x41/0x50
 kcsan_found_watchpoint+0xc8/0x150
 __tsan_unaligned_volatile_read8+0x14b/0x230
 panthor_vm_put.isra.0+0x4c/0x80
 worker_thread+0x10/0x20

read to 0x0000000062d1a018 of 8 bytes by interrupt on cpu 0:
 panthor_vm_get+0x4c/0x80
 kthread+0x10/0x20

value changed: 0x0000000000000000 -> 0x0000000000000001

Reported by Kernel Concurrency Sanitizer on:
CPU: 0 UID: 0 PID: 33 Comm: stress_bind Not tainted 7.3.4 #1
==================================================================
'''


class Scan(unittest.TestCase):
    """What scan() finds."""

    def test_every_kind(self):
        for kind, lines in REPORTS.items():
            for line in lines:
                for stamp in ('', '[   12.345678] ', '<4>[   12.345678][  T123] '):
                    with self.subTest(line=stamp + line):
                        self.assertEqual(len(logscan.scan('fine\n' + stamp + line + '\nfine')), 1)

    def test_kinds_are_named(self):
        for kind in ('KASAN', 'KCSAN', 'UBSAN', 'panic', 'ODEBUG', 'DMA-API'):
            self.assertIn(kind, str(logscan.scan(REPORTS[kind][0])[0]))

    def test_clean_log(self):
        self.assertEqual([str(r) for r in logscan.scan(CLEAN)], [])

    def test_one_splat_is_one_report(self):
        log = '\n'.join(['WARNING: possible circular locking dependency detected', 'a', 'b',
                         'possible deadlock', 'c'])
        self.assertEqual(len(logscan.scan(log)), 1)

    def test_distant_splats_are_two(self):
        log = '\n'.join(['BUG: a', *['x'] * 40, 'BUG: b'])
        self.assertEqual([r.number for r in logscan.scan(log)], [1, 42])

    def test_data_races(self):
        log = 'fine\n' + RACE + 'fine\n' + RACE.replace('panthor_vm_put', 'schedule') + 'fine\n'
        first, second = logscan.data_races(log)
        self.assertEqual(first.stacks, [['panthor_vm_put', 'worker_thread'], ['panthor_vm_get', 'kthread']])
        self.assertEqual(second.accesses(), {'schedule', 'panthor_vm_get'})
        self.assertIn('kthread', second.functions())
        self.assertEqual([log.splitlines()[i] for i in (first.first, first.last)],
                         [RACE.splitlines()[1], RACE.splitlines()[-1]])

    def test_allowed(self):
        self.assertEqual(logscan.scan('WARNING: on purpose', [r'on purpose']), [])
        self.assertEqual(len(logscan.scan('WARNING: not on purpose\n', [r'^nothing'])), 1)
