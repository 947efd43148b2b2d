# SPDX-License-Identifier: GPL-2.0-only

ccflags-y += -I $(src) -I $(src)/lib

panthor-y := \
	panthor_csg.o \
	panthor_device.o \
	panthor_devfreq.o \
	panthor_drv.o \
	panthor_fdinfo.o \
	panthor_flush_id.o \
	panthor_fw.o \
	panthor_fw_glb.o \
	panthor_fw_iface.o \
	panthor_fw_load.o \
	panthor_fw_reqs.o \
	panthor_gem.o \
	panthor_gem_cpu.o \
	panthor_gem_dma.o \
	panthor_gem_lru.o \
	panthor_gem_prime.o \
	panthor_gpu.o \
	panthor_gpu_info.o \
	panthor_group.o \
	panthor_group_pool.o \
	panthor_heap.o \
	panthor_heap_chunk.o \
	panthor_ioctl.o \
	panthor_irq.o \
	panthor_job.o \
	panthor_kbo.o \
	panthor_lockdep.o \
	panthor_mmu.o \
	panthor_mmu_fault.o \
	panthor_mmu_power.o \
	panthor_mmu_slot.o \
	panthor_pgtable.o \
	panthor_pgtable_sparse.o \
	panthor_pm.o \
	panthor_pt_reserve.o \
	panthor_pwr.o \
	panthor_pwr_control.o \
	panthor_query.o \
	panthor_queue.o \
	panthor_queue_timer.o \
	panthor_reclaim.o \
	panthor_reset.o \
	panthor_reset_request.o \
	panthor_sched.o \
	panthor_sched_events.o \
	panthor_sched_heap.o \
	panthor_sched_pass.o \
	panthor_sched_place.o \
	panthor_sched_slot.o \
	panthor_sched_suspend.o \
	panthor_sched_wait.o \
	panthor_submit.o \
	panthor_sync.o \
	panthor_trace.o \
	panthor_usage.o \
	panthor_user_array.o \
	panthor_vm.o \
	panthor_vm_bind.o \
	panthor_vm_bind_op.o \
	panthor_vm_bo.o \
	panthor_vm_cleanup.o \
	panthor_vm_evict.o \
	panthor_vm_job.o \
	panthor_vm_kernel.o \
	panthor_vm_op.o \
	panthor_vm_pool.o \
	panthor_vm_prepare.o \
	panthor_vm_sparse.o \
	panthor_vm_state.o \
	panthor_vm_use.o \
	lib/cs.o \
	lib/exception.o \
	lib/fw_image.o \
	lib/pt.o \
	lib/slot.o \
	lib/tick.o

panthor-$(CONFIG_DEBUG_FS) += \
	panthor_debugfs.o \
	panthor_gem_debugfs.o \
	panthor_sched_debugfs.o \
	panthor_vm_debugfs.o

obj-$(CONFIG_DRM_PANTHOR) += panthor.o
obj-$(CONFIG_DRM_PANTHOR_KUNIT_TEST) += tests/kunit/
