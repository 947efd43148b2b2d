// SPDX-License-Identifier: GPL-2.0-only
#include "compute.h"

/* SPIR-V: the first word of an instruction of N words. */
#define OP(opcode, n)	((n) << 16 | (opcode))

enum {
	OP_MEMORY_MODEL = 14, OP_ENTRY_POINT = 15, OP_EXECUTION_MODE = 16, OP_CAPABILITY = 17,
	OP_TYPE_VOID = 19, OP_TYPE_INT = 21, OP_TYPE_STRUCT = 30, OP_TYPE_POINTER = 32,
	OP_TYPE_FUNCTION = 33, OP_CONSTANT = 43, OP_FUNCTION = 54, OP_FUNCTION_END = 56,
	OP_VARIABLE = 59, OP_LOAD = 61, OP_STORE = 62, OP_ACCESS_CHAIN = 65, OP_DECORATE = 71,
	OP_MEMBER_DECORATE = 72, OP_LABEL = 248, OP_RETURN = 253,
};

enum { PUSH_CONSTANT = 9, PHYSICAL = 5349 };	/* storage classes */

/* What the shader is made of. */
enum {
	MAIN = 1, VOID, FUNCTION, UINT, POINTER, BLOCK, BLOCK_POINTER, MEMBER_POINTER, PUSH, ZERO,
	VALUE, LABEL, MEMBER, ADDRESS, BOUND,
};

/*
 * layout(buffer_reference) buffer Word { uint word; };
 * layout(push_constant) uniform Push { Word at; };
 * void main() { at.word = COMPUTE_VALUE; }
 */
static const uint32_t shader[] = {
	0x07230203, 0x00010500, 0, BOUND, 0,
	OP(OP_CAPABILITY, 2), 1,				/* Shader */
	OP(OP_CAPABILITY, 2), 5347,				/* PhysicalStorageBufferAddresses */
	OP(OP_MEMORY_MODEL, 3), 5348, 1,			/* 64-bit addresses, GLSL450 */
	OP(OP_ENTRY_POINT, 6), 5, MAIN, 0x6E69616D, 0, PUSH,	/* GLCompute "main" */
	OP(OP_EXECUTION_MODE, 6), MAIN, 17, 1, 1, 1,		/* LocalSize */
	OP(OP_DECORATE, 3), BLOCK, 2,				/* Block */
	OP(OP_MEMBER_DECORATE, 5), BLOCK, 0, 35, 0,		/* Offset */
	OP(OP_TYPE_VOID, 2), VOID,
	OP(OP_TYPE_FUNCTION, 3), FUNCTION, VOID,
	OP(OP_TYPE_INT, 4), UINT, 32, 0,
	OP(OP_TYPE_POINTER, 4), POINTER, PHYSICAL, UINT,
	OP(OP_TYPE_STRUCT, 3), BLOCK, POINTER,
	OP(OP_TYPE_POINTER, 4), BLOCK_POINTER, PUSH_CONSTANT, BLOCK,
	OP(OP_TYPE_POINTER, 4), MEMBER_POINTER, PUSH_CONSTANT, POINTER,
	OP(OP_VARIABLE, 4), BLOCK_POINTER, PUSH, PUSH_CONSTANT,
	OP(OP_CONSTANT, 4), UINT, ZERO, 0,
	OP(OP_CONSTANT, 4), UINT, VALUE, COMPUTE_VALUE,
	OP(OP_FUNCTION, 5), VOID, MAIN, 0, FUNCTION,
	OP(OP_LABEL, 2), LABEL,
	OP(OP_ACCESS_CHAIN, 5), MEMBER_POINTER, MEMBER, PUSH, ZERO,
	OP(OP_LOAD, 4), POINTER, ADDRESS, MEMBER,
	OP(OP_STORE, 5), ADDRESS, VALUE, 2, 4,			/* Aligned */
	OP(OP_RETURN, 1),
	OP(OP_FUNCTION_END, 1),
};

struct compute compute_create(void)
{
	VkShaderModuleCreateInfo module = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
		.codeSize = sizeof(shader),
		.pCode = shader,
	};
	VkPushConstantRange push = {
		.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
		.size = sizeof(VkDeviceAddress),
	};
	VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.pushConstantRangeCount = 1,
		.pPushConstantRanges = &push,
	};
	VkComputePipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.pName = "main",
		},
	};
	struct compute compute = { VK_NULL_HANDLE };

	SUCCESS(vkCreateShaderModule(vk.device, &module, NULL, &info.stage.module));
	SUCCESS(vkCreatePipelineLayout(vk.device, &layout, NULL, &compute.layout));
	info.layout = compute.layout;
	SUCCESS(vkCreateComputePipelines(vk.device, VK_NULL_HANDLE, 1, &info, NULL,
					 &compute.pipeline));
	vkDestroyShaderModule(vk.device, info.stage.module, NULL);
	return compute;
}

void compute_destroy(struct compute *compute)
{
	vkDestroyPipeline(vk.device, compute->pipeline, NULL);
	vkDestroyPipelineLayout(vk.device, compute->layout, NULL);
	*compute = (struct compute){ VK_NULL_HANDLE };
}

void compute_record(const struct compute *compute, VkCommandBuffer commands, VkBuffer size,
		    VkDeviceSize offset, VkDeviceAddress result)
{
	vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, compute->pipeline);
	vkCmdPushConstants(commands, compute->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
			   sizeof(result), &result);
	vkCmdDispatchIndirect(commands, size, offset);
}
