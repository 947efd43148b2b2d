/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A BO whose memory is contiguous and naturally aligned, so that the driver can
 * map it by 2 MiB blocks: an import from an exporter of our own, since shmem has
 * no huge pages under UML.
 */
#ifndef PANTHOR_KUNIT_CONTIG_BO_H
#define PANTHOR_KUNIT_CONTIG_BO_H

#include <linux/types.h>

struct client;

/**
 * contig_bo_create() - make a BO; stops the case on failure
 * @client: the program
 * @order: of its size in pages
 * @ram: receives its memory, zeroed, valid as long as the BO
 *
 * Return: handle.
 */
u32 contig_bo_create(struct client *client, unsigned int order, void **ram);

#endif
