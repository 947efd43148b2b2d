// SPDX-License-Identifier: MIT
/* Moves and arithmetic: instructions that touch nothing but registers. */
#include "mali_cs_priv.h"

enum mali_cs_step mali_cs_exec_nop(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu, (void)cs, (void)word;
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_move(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint32_t dst = cs_bits(word, 48, 8);

	(void)gpu;
	if (word >> 56 == OP_MOVE48)
		cs_set_reg64(cs, dst, word & 0xFFFFFFFFFFFFull);
	else
		cs->state.reg[dst] = (uint32_t)word;
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_add32(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	(void)gpu;
	cs->state.reg[cs_bits(word, 48, 8)] = cs->state.reg[cs_bits(word, 40, 8)] + (uint32_t)word;
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_add64(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	int64_t imm = (int32_t)(uint32_t)word;

	(void)gpu;
	cs_set_reg64(cs, cs_bits(word, 48, 8),
		     cs_reg64(cs, cs_bits(word, 40, 8)) + (uint64_t)imm);
	return CS_NEXT;
}

enum mali_cs_step mali_cs_exec_umin(struct mali *gpu, struct mali_cs *cs, uint64_t word)
{
	uint32_t a = cs->state.reg[cs_bits(word, 40, 8)];
	uint32_t b = cs->state.reg[cs_bits(word, 32, 8)];

	(void)gpu;
	cs->state.reg[cs_bits(word, 48, 8)] = a < b ? a : b;
	return CS_NEXT;
}
