// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mali-csf: the virtual Mali of ../model as a device of QEMU's arm "virt"
 * machine, integrated as on RK3588: a 2 MiB register window, SPIs 92 to 94,
 * one fixed clock under three names, a fixed supply inside the OPP range.
 *
 * Glue only: everything that makes it a Mali is behind ../model/mali.h. The
 * device needs no board support: it maps itself, finds the interrupt controller
 * and adds its nodes to the machine's device tree, so "-device mali-csf" is all.
 *
 * Properties: one per member of struct mali_config (see MALI_CSF_PROPERTIES)
 *	trace=KIND[:KIND...]	trace these kinds (read write error irq power as
 *				fault mcu fw cs event, or all)
 *	trace-file=PATH		where the trace goes; default stderr
 *	stats=on		print the device's counters in one line at exit
 *
 * Time is QEMU_CLOCK_VIRTUAL only, so a run with -icount is reproducible. All
 * entry points run under the big QEMU lock, which serialises the model.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/notify.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "system/device_tree.h"
#include "system/reset.h"
#include "system/system.h"
#include "../model/mali.h"
#include "mali-csf.h"

#define TYPE_MALI_CSF "mali-csf"
OBJECT_DECLARE_SIMPLE_TYPE(MaliCsf, MALI_CSF)

struct MaliCsf {
	DeviceState parent_obj;

	MemoryRegion gpu_window;
	MemoryRegion ctl_window;
	qemu_irq irq[MALI_IRQ_LINES];
	QEMUTimer *timer;
	int64_t alarm_ns;	/* when the model wants to be called; INT64_MAX for never */
	int64_t rest_ns;	/* but not before */
	Notifier exit;
	FILE *trace;
	uint32_t trace_mask;	/* bit per enum mali_trace_kind */

	struct mali *gpu;	/* in memory of mali_size() bytes */
	uint64_t resets;

	/* properties */
	struct mali_config config;
	char *trace_kinds;
	char *trace_path;
	bool stats;
};

/* Members of struct mali_config that are 32 bits wide, by property name. */
#define MALI_CSF_PROPERTIES(X)					\
	X("seed", seed)						\
	X("latency-jitter-pct", latency_jitter_pct)		\
	X("fw-version", fw_version)				\
	X("suspend-size", suspend_size)				\
	X("reset-ns", reset_ns)					\
	X("l2-power-ns", l2_power_ns)				\
	X("flush-ns", flush_ns)					\
	X("as-command-ns", as_command_ns)			\
	X("mcu-boot-ns", mcu_boot_ns)				\
	X("fw-ack-ns", fw_ack_ns)				\
	X("csg-state-ns", csg_state_ns)				\
	X("cs-instr-ns", cs_instr_ns)				\
	X("run-job-ns", run_job_ns)				\
	X("idle-hysteresis-max-ns", idle_hysteresis_max_ns)	\
	X("knob-boot-fail", knob_boot_fail)			\
	X("knob-boot-version-zero", knob_boot_version_zero)	\
	X("knob-group-num", knob_group_num)			\
	X("knob-stream-num", knob_stream_num)			\
	X("knob-drop-ping", knob_drop_ping)			\
	X("knob-drop-glb-ack", knob_drop_glb_ack)		\
	X("knob-drop-csg-ack", knob_drop_csg_ack)		\
	X("knob-flush-stuck", knob_flush_stuck)			\
	X("knob-as-stuck", knob_as_stuck)			\
	X("knob-mcu-stop-stuck", knob_mcu_stop_stuck)		\
	X("knob-reset-stuck", knob_reset_stuck)			\
	X("knob-late-csg-irq", knob_late_csg_irq)		\
	X("knob-idvs-chunks", knob_idvs_chunks)

/* ---- struct mali_host ---- */

static bool is_own_window(uint64_t pa, uint32_t len)
{
	/* The GPU's bus has no path back to its own registers. */
	return pa < MALI_CSF_CTL_BASE + MALI_CSF_CTL_SIZE &&
	       pa + len > MALI_CSF_GPU_BASE;
}

static bool host_mem_read(void *opaque, uint64_t pa, void *buf, uint32_t len)
{
	AddressSpace *as = &address_space_memory;
	MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;
	MemTxResult result;

	if (is_own_window(pa, len))
		return false;
	/* Words are single accesses: a vCPU thread may write them at the same time. */
	if (len == 4 && !(pa & 3))
		stl_he_p(buf, address_space_ldl_le(as, pa, attrs, &result));
	else if (len == 8 && !(pa & 7))
		stq_he_p(buf, address_space_ldq_le(as, pa, attrs, &result));
	else
		result = address_space_read(as, pa, attrs, buf, len);
	return result == MEMTX_OK;
}

static bool host_mem_write(void *opaque, uint64_t pa, const void *buf, uint32_t len)
{
	AddressSpace *as = &address_space_memory;
	MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;
	MemTxResult result;

	if (is_own_window(pa, len))
		return false;
	if (len == 4 && !(pa & 3))
		address_space_stl_le(as, pa, ldl_he_p(buf), attrs, &result);
	else if (len == 8 && !(pa & 7))
		address_space_stq_le(as, pa, ldq_he_p(buf), attrs, &result);
	else
		result = address_space_write(as, pa, attrs, buf, len);
	return result == MEMTX_OK;
}

static void host_irq(void *opaque, enum mali_irq_line line, bool level)
{
	MaliCsf *s = opaque;

	qemu_set_irq(s->irq[line], level);
}

static uint64_t host_now_ns(void *opaque)
{
	return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static void alarm_arm(MaliCsf *s)
{
	if (s->alarm_ns == INT64_MAX)
		timer_del(s->timer);
	else
		timer_mod_ns(s->timer, MAX(s->alarm_ns, s->rest_ns));
}

static void host_alarm(void *opaque, uint64_t when_ns)
{
	MaliCsf *s = opaque;

	s->alarm_ns = MIN(when_ns, INT64_MAX);
	alarm_arm(s);
}

static const char * const trace_names[] = {
	[MALI_TRACE_REG_READ]		= "read",
	[MALI_TRACE_REG_WRITE]		= "write",
	[MALI_TRACE_GUEST_ERROR]	= "error",
	[MALI_TRACE_IRQ]		= "irq",
	[MALI_TRACE_POWER]		= "power",
	[MALI_TRACE_AS]			= "as",
	[MALI_TRACE_FAULT]		= "fault",
	[MALI_TRACE_MCU]		= "mcu",
	[MALI_TRACE_FW]			= "fw",
	[MALI_TRACE_CS]			= "cs",
	[MALI_TRACE_CS_EVENT]		= "event",
};

static void host_trace(void *opaque, const struct mali_trace *event)
{
	MaliCsf *s = opaque;
	const char *msg = event->msg ?: "";

	if (event->kind == MALI_TRACE_GUEST_ERROR)
		qemu_log_mask(LOG_GUEST_ERROR,
			      "mali-csf: %s (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ")\n",
			      msg, event->a, event->b, event->c);
	if (!(s->trace_mask & BIT(event->kind)))
		return;
	fprintf(s->trace, "mali-csf %" PRIu64 " %s 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " %s\n",
		host_now_ns(s), trace_names[event->kind], event->a, event->b, event->c, msg);
}

/* ---- MMIO ---- */

static uint64_t gpu_read(void *opaque, hwaddr offset, unsigned int size)
{
	MaliCsf *s = opaque;

	return mali_read32(s->gpu, offset);
}

static void gpu_write(void *opaque, hwaddr offset, uint64_t value, unsigned int size)
{
	MaliCsf *s = opaque;

	mali_write32(s->gpu, offset, value);
}

/* QEMU splits a 64-bit access into two of 32 bits, low word first. */
static const MemoryRegionOps gpu_ops = {
	.read = gpu_read,
	.write = gpu_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 8 },
	.impl = { .min_access_size = 4, .max_access_size = 4 },
};

static uint64_t ctl_read(void *opaque, hwaddr offset, unsigned int size)
{
	MaliCsf *s = opaque;

	switch (offset) {
	case MALI_CSF_CTL_MAGIC:
		return MALI_CSF_MAGIC;
	case MALI_CSF_CTL_STATS_SIZE:
		return sizeof(struct mali_stats);
	case MALI_CSF_CTL_CONFIG_SIZE:
		return sizeof(struct mali_config);
	}
	if (offset >= MALI_CSF_CTL_STATS &&
	    offset < MALI_CSF_CTL_STATS + sizeof(struct mali_stats))
		return ldl_he_p((const char *)mali_stats(s->gpu) + offset - MALI_CSF_CTL_STATS);
	if (offset >= MALI_CSF_CTL_CONFIG &&
	    offset < MALI_CSF_CTL_CONFIG + sizeof(struct mali_config))
		return ldl_he_p((const char *)mali_config(s->gpu) + offset - MALI_CSF_CTL_CONFIG);
	qemu_log_mask(LOG_GUEST_ERROR, "mali-csf: control page read at 0x%" HWADDR_PRIx "\n",
		      offset);
	return 0;
}

static void ctl_write(void *opaque, hwaddr offset, uint64_t value, unsigned int size)
{
	MaliCsf *s = opaque;

	if (offset == MALI_CSF_CTL_POWER)
		mali_power(s->gpu, value & 1);
	else if (offset >= MALI_CSF_CTL_CONFIG &&
		 offset < MALI_CSF_CTL_CONFIG + sizeof(struct mali_config))
		stl_he_p((char *)mali_config(s->gpu) + offset - MALI_CSF_CTL_CONFIG, value);
	else
		qemu_log_mask(LOG_GUEST_ERROR,
			      "mali-csf: control page write at 0x%" HWADDR_PRIx "\n", offset);
}

static const MemoryRegionOps ctl_ops = {
	.read = ctl_read,
	.write = ctl_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 8 },
	.impl = { .min_access_size = 4, .max_access_size = 4 },
};

#define REST_MAX_NS	(NANOSECONDS_PER_SECOND / 1000)

static void alarm_expired(void *opaque)
{
	MaliCsf *s = opaque;
	int64_t begin_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), end_ns;

	s->alarm_ns = INT64_MAX;
	mali_alarm(s->gpu);
	/*
	 * Streams that spin would have us called again at once, for as long as
	 * they do, and the vCPUs would never get the lock: leave them as much
	 * time as was used, but not what a busy host kept us from running for.
	 * With -icount no time passes here.
	 */
	end_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
	s->rest_ns = end_ns + MIN(end_ns - begin_ns, REST_MAX_NS);
	alarm_arm(s);
}

/* ---- device tree, as rk3588-base.dtsi describes the real one ---- */

#define NODE_GPU	"/gpu@b000000"
#define NODE_CTL	"/mali-stats@b200000"
#define NODE_CLOCK	"/gpu-clock"
#define NODE_SUPPLY	"/gpu-supply"
#define NODE_OPP	"/opp-table-gpu"

#define SUPPLY_UV	850000	/* the only voltage that every operating point allows */

static const struct {
	uint32_t mhz, target_uv;
} operating_points[] = {
	{ 300, 675000 }, { 400, 675000 }, { 500, 675000 }, { 600, 675000 },
	{ 700, 700000 }, { 800, 750000 }, { 900, 800000 }, { 1000, 850000 },
};

static uint32_t fdt_add_phandle(void *fdt, const char *node)
{
	uint32_t phandle = qemu_fdt_alloc_phandle(fdt);

	qemu_fdt_setprop_cell(fdt, node, "phandle", phandle);
	return phandle;
}

static uint32_t fdt_add_clock(void *fdt, uint64_t hz)
{
	qemu_fdt_add_subnode(fdt, NODE_CLOCK);
	qemu_fdt_setprop_string(fdt, NODE_CLOCK, "compatible", "fixed-clock");
	qemu_fdt_setprop_cell(fdt, NODE_CLOCK, "#clock-cells", 0);
	qemu_fdt_setprop_cell(fdt, NODE_CLOCK, "clock-frequency", hz);
	return fdt_add_phandle(fdt, NODE_CLOCK);
}

static uint32_t fdt_add_supply(void *fdt)
{
	qemu_fdt_add_subnode(fdt, NODE_SUPPLY);
	qemu_fdt_setprop_string(fdt, NODE_SUPPLY, "compatible", "regulator-fixed");
	qemu_fdt_setprop_string(fdt, NODE_SUPPLY, "regulator-name", "vdd_gpu");
	qemu_fdt_setprop_cell(fdt, NODE_SUPPLY, "regulator-min-microvolt", SUPPLY_UV);
	qemu_fdt_setprop_cell(fdt, NODE_SUPPLY, "regulator-max-microvolt", SUPPLY_UV);
	return fdt_add_phandle(fdt, NODE_SUPPLY);
}

static uint32_t fdt_add_opp_table(void *fdt)
{
	qemu_fdt_add_subnode(fdt, NODE_OPP);
	qemu_fdt_setprop_string(fdt, NODE_OPP, "compatible", "operating-points-v2");
	/* libfdt adds a node in front of its siblings: go backwards to end up in order. */
	for (int i = ARRAY_SIZE(operating_points) - 1; i >= 0; i--) {
		uint64_t hz = operating_points[i].mhz * 1000000ull;
		g_autofree char *node = g_strdup_printf("%s/opp-%" PRIu64, NODE_OPP, hz);

		qemu_fdt_add_subnode(fdt, node);
		qemu_fdt_setprop_u64(fdt, node, "opp-hz", hz);
		qemu_fdt_setprop_cells(fdt, node, "opp-microvolt",
				       operating_points[i].target_uv,
				       operating_points[i].target_uv, SUPPLY_UV);
	}
	return fdt_add_phandle(fdt, NODE_OPP);
}

static void fdt_add_gpu(void *fdt, const struct mali_config *config)
{
	static const char compatible[] = "rockchip,rk3588-mali\0arm,mali-valhall-csf";
	static const char irq_names[] = "job\0mmu\0gpu";
	static const char clock_names[] = "core\0coregroup\0stacks";
	const uint32_t spi = 0, level_high = 4;
	uint32_t opp = fdt_add_opp_table(fdt);
	uint32_t supply = fdt_add_supply(fdt);
	uint32_t clock = fdt_add_clock(fdt, config->gpu_hz);

	qemu_fdt_add_subnode(fdt, NODE_GPU);
	qemu_fdt_setprop(fdt, NODE_GPU, "compatible", compatible, sizeof(compatible));
	qemu_fdt_setprop_sized_cells(fdt, NODE_GPU, "reg",
				     2, MALI_CSF_GPU_BASE, 2, config->reg_size);
	qemu_fdt_setprop_cells(fdt, NODE_GPU, "interrupts",
			       spi, MALI_CSF_SPI_JOB, level_high,
			       spi, MALI_CSF_SPI_MMU, level_high,
			       spi, MALI_CSF_SPI_GPU, level_high);
	qemu_fdt_setprop(fdt, NODE_GPU, "interrupt-names", irq_names, sizeof(irq_names));
	qemu_fdt_setprop_cells(fdt, NODE_GPU, "clocks", clock, clock, clock);
	qemu_fdt_setprop(fdt, NODE_GPU, "clock-names", clock_names, sizeof(clock_names));
	qemu_fdt_setprop_cell(fdt, NODE_GPU, "mali-supply", supply);
	qemu_fdt_setprop_cell(fdt, NODE_GPU, "operating-points-v2", opp);
	qemu_fdt_setprop_cell(fdt, NODE_GPU, "#cooling-cells", 2);
	qemu_fdt_setprop_cell(fdt, NODE_GPU, "dynamic-power-coefficient", 2982);
	/* The machine's root node says dma-coherent, which children inherit. */
	qemu_fdt_setprop(fdt, NODE_GPU,
			 config->coherent ? "dma-coherent" : "dma-noncoherent", NULL, 0);
}

static void fdt_add_ctl(void *fdt)
{
	qemu_fdt_add_subnode(fdt, NODE_CTL);
	qemu_fdt_setprop_string(fdt, NODE_CTL, "compatible", "panthor-test,mali-stats");
	qemu_fdt_setprop_sized_cells(fdt, NODE_CTL, "reg",
				     2, MALI_CSF_CTL_BASE, 2, MALI_CSF_CTL_SIZE);
}

/* ---- device ---- */

/* Parses "fw:mcu:error" into a mask of enum mali_trace_kind. */
static bool trace_parse(MaliCsf *s, Error **errp)
{
	g_auto(GStrv) kinds = g_strsplit(s->trace_kinds ?: "", ":", -1);

	for (char **kind = kinds; *kind; kind++) {
		size_t i = 0;

		if (!strcmp(*kind, "all")) {
			s->trace_mask = ~0u;
			continue;
		}
		while (i < ARRAY_SIZE(trace_names) && strcmp(*kind, trace_names[i]))
			i++;
		if (i == ARRAY_SIZE(trace_names)) {
			error_setg(errp, "mali-csf: unknown trace kind '%s'", *kind);
			return false;
		}
		s->trace_mask |= BIT(i);
	}
	return true;
}

static bool trace_open(MaliCsf *s, Error **errp)
{
	if (!trace_parse(s, errp))
		return false;
	s->trace = s->trace_path ? fopen(s->trace_path, "w") : stderr;
	if (!s->trace) {
		error_setg_errno(errp, errno, "mali-csf: trace-file %s", s->trace_path);
		return false;
	}
	return true;
}

static bool irqs_connect(MaliCsf *s, Error **errp)
{
	bool ambiguous;
	Object *gic = object_resolve_path_type("", "arm-gicv3-common", &ambiguous);

	if (!gic) {
		error_setg(errp, "mali-csf: needs a machine with one GICv3 (gic-version=3)");
		return false;
	}
	s->irq[MALI_IRQ_JOB] = qdev_get_gpio_in(DEVICE(gic), MALI_CSF_SPI_JOB);
	s->irq[MALI_IRQ_MMU] = qdev_get_gpio_in(DEVICE(gic), MALI_CSF_SPI_MMU);
	s->irq[MALI_IRQ_GPU] = qdev_get_gpio_in(DEVICE(gic), MALI_CSF_SPI_GPU);
	return true;
}

/* CNTVCT counts whole periods of nanoseconds; TIMESTAMP must agree with it. */
static uint64_t generic_timer_hz(void)
{
	uint64_t hz = object_property_get_uint(OBJECT(qemu_get_cpu(0)), "cntfrq", NULL);

	if (!hz || hz > NANOSECONDS_PER_SECOND)
		return NANOSECONDS_PER_SECOND;
	return NANOSECONDS_PER_SECOND / (NANOSECONDS_PER_SECOND / hz);
}

static void stats_print(Notifier *notifier, void *data)
{
	MaliCsf *s = container_of(notifier, MaliCsf, exit);
	const struct mali_stats *stats = mali_stats(s->gpu);

#define STAT(name) " " #name "=%" PRIu64
	fprintf(stderr, "mali-csf stats:" STAT(reg_reads) STAT(reg_writes)
		STAT(irqs_job) STAT(irqs_mmu) STAT(irqs_gpu) STAT(flushes)
		STAT(as_updates) STAT(as_locks) STAT(as_unlocks)
		STAT(doorbells_global) STAT(doorbells_user) STAT(fw_requests)
		STAT(cs_instructions) STAT(page_walks) STAT(tlb_hits)
		STAT(mmu_faults) STAT(guest_errors) STAT(resets) "\n",
		stats->reg_reads, stats->reg_writes, stats->irqs[MALI_IRQ_JOB],
		stats->irqs[MALI_IRQ_MMU], stats->irqs[MALI_IRQ_GPU], stats->flushes,
		stats->as_updates, stats->as_locks, stats->as_unlocks,
		stats->doorbells_global, stats->doorbells_user, stats->fw_requests,
		stats->cs_instructions, stats->page_walks, stats->tlb_hits,
		stats->mmu_faults, stats->guest_errors, s->resets);
#undef STAT
}

static const struct mali_host host_ops = {
	.mem_read = host_mem_read,
	.mem_write = host_mem_write,
	.irq = host_irq,
	.now_ns = host_now_ns,
	.alarm = host_alarm,
	.trace = host_trace,
};

/* Power-on state: the model is built anew, counters and knobs included. */
static void gpu_init(MaliCsf *s)
{
	struct mali_host host = host_ops;

	host.opaque = s;
	timer_del(s->timer);
	memset(s->gpu, 0, mali_size());
	mali_init((void *)s->gpu, &s->config, &host);
	for (int line = 0; line < MALI_IRQ_LINES; line++)
		qemu_set_irq(s->irq[line], mali_irq_level(s->gpu, line));
}

static void mali_csf_reset_hold(Object *obj, ResetType type)
{
	MaliCsf *s = MALI_CSF(obj);

	gpu_init(s);
	s->resets++;
}

static void windows_map(MaliCsf *s)
{
	memory_region_init_io(&s->gpu_window, OBJECT(s), &gpu_ops, s, "mali-csf",
			      s->config.reg_size);
	memory_region_add_subregion(get_system_memory(), MALI_CSF_GPU_BASE, &s->gpu_window);
	memory_region_init_io(&s->ctl_window, OBJECT(s), &ctl_ops, s, "mali-csf-ctl",
			      MALI_CSF_CTL_SIZE);
	memory_region_add_subregion(get_system_memory(), MALI_CSF_CTL_BASE, &s->ctl_window);
}

static void mali_csf_realize(DeviceState *dev, Error **errp)
{
	MaliCsf *s = MALI_CSF(dev);
	void *fdt = MACHINE(qdev_get_machine())->fdt;

	if (!fdt) {
		error_setg(errp, "mali-csf: the machine has no device tree to extend");
		return;
	}
	if (s->config.reg_size > MALI_CSF_GPU_SIZE) {
		error_setg(errp, "mali-csf: reg-size above 0x%x", MALI_CSF_GPU_SIZE);
		return;
	}
	if (!trace_open(s, errp) || !irqs_connect(s, errp))
		return;

	s->config.timestamp_hz = generic_timer_hz();
	s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, alarm_expired, s);
	s->gpu = g_malloc0(mali_size());
	gpu_init(s);
	windows_map(s);
	fdt_add_gpu(fdt, &s->config);
	fdt_add_ctl(fdt);
	qemu_register_resettable(OBJECT(dev));
	if (s->stats) {
		s->exit.notify = stats_print;
		qemu_add_exit_notifier(&s->exit);
	}
}

static void mali_csf_instance_init(Object *obj)
{
	mali_config_default(&MALI_CSF(obj)->config);
}

#define U32_PROPERTY(name, member) \
	DEFINE_PROP_UNSIGNED_NODEFAULT(name, MaliCsf, config.member, qdev_prop_uint32, uint32_t),

static const Property mali_csf_properties[] = {
	MALI_CSF_PROPERTIES(U32_PROPERTY)
	DEFINE_PROP_UNSIGNED_NODEFAULT("reg-size", MaliCsf, config.reg_size,
				       qdev_prop_uint32, uint32_t),
	DEFINE_PROP_UNSIGNED_NODEFAULT("gpu-hz", MaliCsf, config.gpu_hz,
				       qdev_prop_uint64, uint64_t),
	DEFINE_PROP_BOOL("coherent", MaliCsf, config.coherent, false),
	DEFINE_PROP_BOOL("check-stale", MaliCsf, config.check_stale, false),
	DEFINE_PROP_STRING("trace", MaliCsf, trace_kinds),
	DEFINE_PROP_STRING("trace-file", MaliCsf, trace_path),
	DEFINE_PROP_BOOL("stats", MaliCsf, stats, false),
};

static void mali_csf_class_init(ObjectClass *klass, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(klass);
	ResettableClass *rc = RESETTABLE_CLASS(klass);

	dc->desc = "Virtual Arm Mali CSF GPU";
	dc->realize = mali_csf_realize;
	dc->hotpluggable = false;
	rc->phases.hold = mali_csf_reset_hold;
	device_class_set_props(dc, mali_csf_properties);
	set_bit(DEVICE_CATEGORY_DISPLAY, dc->categories);
}

static const TypeInfo mali_csf_types[] = {
	{
		.name = TYPE_MALI_CSF,
		.parent = TYPE_DEVICE,
		.instance_size = sizeof(MaliCsf),
		.instance_init = mali_csf_instance_init,
		.class_init = mali_csf_class_init,
	},
};
DEFINE_TYPES(mali_csf_types)
