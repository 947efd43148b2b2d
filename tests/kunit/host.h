/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UML host of the virtual Mali: makes the model of ../model appear as a
 * platform device to the driver under test, below readl(), writel(), its
 * interrupts, its device-tree node and shared memory. The driver sees nothing
 * else, and this side sees nothing of the driver.
 *
 * Words: the *window* is the register range. It lies on top of real RAM pages,
 * so that the page a driver maps into user space is a page; accesses through
 * ioremap() never reach that RAM but the model. It is registered once per boot
 * (logic_iomem cannot forget a region); the *host* behind it comes and goes.
 *
 * Time: the model has no thread. It moves when its alarm (a hard hrtimer)
 * fires and whenever a register is read after the alarm's time, so that
 * polling with interrupts off works on one CPU.
 */
#ifndef PANTHOR_KUNIT_HOST_H
#define PANTHOR_KUNIT_HOST_H

#include <linux/device.h>
#include <linux/types.h>

#include "../model/mali.h"

struct panthor_host;

/**
 * panthor_host_create() - make the GPU appear and the driver probe
 * @config: personality and knobs; %NULL for the defaults
 *
 * Whether the driver bound is asked with panthor_host_bound(): a test may want
 * to see a probe fail. Only one host can exist at a time.
 *
 * Context: may sleep; waits for the driver's probe.
 * Return: the host, or an ERR_PTR: %-EBUSY when there is one already,
 * %-ENOMEM, or what applying the device-tree overlay returned.
 */
struct panthor_host *panthor_host_create(const struct mali_config *config);

/**
 * panthor_host_destroy() - remove the GPU: the driver unbinds
 * @host: the host; invalid afterwards
 *
 * Nobody may hold on to the device any more, be it by an open file: its node of
 * the device tree goes. To take the GPU from a client, unbind the driver with
 * device_release_driver(), which is all that a driver ever sees of an unplug.
 *
 * Context: may sleep.
 */
void panthor_host_destroy(struct panthor_host *host);

/**
 * panthor_host_gpu() - the platform device of the GPU
 * @host: the host
 *
 * Return: the device, valid until panthor_host_destroy().
 */
struct device *panthor_host_gpu(struct panthor_host *host);

/**
 * panthor_host_bound() - whether a driver is bound to the GPU
 * @host: the host
 *
 * Return: true if so.
 */
bool panthor_host_bound(struct panthor_host *host);

/**
 * panthor_host_config() - live knobs of the model
 * @host: the host
 *
 * Return: the model's configuration; a write takes effect from its next use.
 */
struct mali_config *panthor_host_config(struct panthor_host *host);

/**
 * panthor_host_stats() - what the driver asked of the device so far
 * @host: the host
 * @stats: receives a copy, without the host's own register reads
 */
void panthor_host_stats(struct panthor_host *host, struct mali_stats *stats);

/**
 * panthor_host_translate() - translate as the GPU would, and look at the memory
 * @host: the host
 * @slot: address-space slot
 * @va: GPU address
 * @flags: receives MALI_MAP_* of the leaf; may be %NULL
 * @size: receives the bytes that the leaf covers; may be %NULL
 *
 * Return: the kernel's address of the byte at @va, or %NULL where nothing, or
 * no RAM, is mapped.
 */
void *panthor_host_translate(struct panthor_host *host, unsigned int slot, u64 va,
			     u32 *flags, u64 *size);

/**
 * panthor_host_find() - as panthor_host_translate(), in whichever slot maps @va
 * @host: the host
 * @va: GPU address
 * @flags: as there
 * @size: as there
 *
 * Slot 0 is the firmware's and is left out.
 *
 * Return: as there.
 */
void *panthor_host_find(struct panthor_host *host, u64 va, u32 *flags, u64 *size);

/**
 * panthor_host_walk() - visit page tables as the GPU reads them, bound to a slot or not
 * @host: the host
 * @root: physical address of the root table
 * @first: first address looked at
 * @last: last one
 * @visit: called with the host's lock held: no sleeping, no assertion of KUnit
 * @opaque: for @visit
 */
void panthor_host_walk(struct panthor_host *host, u64 root, u64 first, u64 last,
		       mali_visit_fn visit, void *opaque);

/**
 * panthor_host_find_root() - as panthor_host_find(), by tables that need not be bound
 * @host: the host
 * @root: physical address of the root table
 * @va: GPU address
 *
 * Return: as there.
 */
void *panthor_host_find_root(struct panthor_host *host, u64 root, u64 va);

/**
 * panthor_host_ram() - memory that the GPU addresses
 * @pa: physical address
 *
 * Return: the kernel's address, or %NULL where there is no RAM.
 */
void *panthor_host_ram(u64 pa);

/**
 * panthor_host_powered() - whether the power domain of the GPU is on
 * @host: the host
 *
 * While it is off a register access is a guest error, be it by
 * panthor_host_peek() or panthor_host_poke().
 *
 * Return: true if so.
 */
bool panthor_host_powered(struct panthor_host *host);

/**
 * panthor_host_poke() - write a register behind the driver's back
 * @host: the host
 * @offset: byte offset, a multiple of 4
 * @value: the word
 */
void panthor_host_poke(struct panthor_host *host, u32 offset, u32 value);

/**
 * panthor_host_peek() - read a register behind the driver's back
 * @host: the host
 * @offset: byte offset, a multiple of 4
 *
 * Return: the word.
 */
u32 panthor_host_peek(struct panthor_host *host, u32 offset);

/**
 * panthor_host_inject() - have hardware or firmware do what it never should
 * @host: the host
 * @what: kind of trouble, see mali.h
 * @slot: group slot or address-space slot it is in, where it is in one
 * @stream: stream of the group slot, for those of streams
 * @value: code, state or event bits
 * @address: for faults
 *
 * Return: false if there is nothing to be hit.
 */
bool panthor_host_inject(struct panthor_host *host, enum mali_inject what, unsigned int slot,
			 unsigned int stream, u32 value, u64 address);

/**
 * panthor_host_deny() - no mapping of some pages may grant these rights
 * @host: the host
 * @ram: first of the pages, as panthor_host_find() returns it
 * @size: bytes
 * @rights: MALI_MAP_*; 0 takes the ban back
 *
 * The ban ends when the page is freed, or the host goes.
 */
void panthor_host_deny(struct panthor_host *host, const void *ram, size_t size, u32 rights);

/**
 * panthor_host_reports() - what the oracle has had to report since boot
 *
 * See host_oracle.c; each report fails the run by what it writes to the log.
 *
 * Return: the count.
 */
unsigned int panthor_host_reports(void);

/**
 * panthor_host_at_boot() - whether the command line asked for a GPU from boot on
 *
 * Return: true if so; then panthor_host_create() is of no use to anybody else.
 */
bool panthor_host_at_boot(void);

/* host_fw.c: the firmware image that request_firmware() finds. */

/**
 * panthor_host_firmware_set() - replace the firmware image
 * @data: image, must stay valid while it is set
 * @size: its size in bytes; 0 hides it: the loader then looks for a file
 *
 * Only while KUnit runs: the table becomes read-only when init starts.
 */
void panthor_host_firmware_set(const void *data, size_t size);

/**
 * panthor_host_firmware_reset() - back to the image of boot time
 */
void panthor_host_firmware_reset(void);

#endif
