/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compute work whose size the GPU reads from memory. The virtual Mali runs no
 * shaders, so what they would write cannot be asked for. Its command streams do
 * read the size: where the GPU does not reach that, the work fails.
 */
#ifndef PANTHOR_TESTS_COMPUTE_H
#define PANTHOR_TESTS_COMPUTE_H

#include "vk.h"

/* What the shader stores. */
#define COMPUTE_VALUE	0xC0FFEEu

/**
 * struct compute - a pipeline with a shader that stores one word
 * @layout: its layout
 * @pipeline: the pipeline
 */
struct compute {
	VkPipelineLayout layout;
	VkPipeline pipeline;
};

struct compute compute_create(void);
void compute_destroy(struct compute *compute);

/* Record work of as many groups as SIZE says at OFFSET; its shader stores at RESULT. */
void compute_record(const struct compute *compute, VkCommandBuffer commands, VkBuffer size,
		    VkDeviceSize offset, VkDeviceAddress result);

#endif
