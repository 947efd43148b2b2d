/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the exception codes that the GPU reports in its fault registers and
 * in the firmware interface (hardware reference: CSF interface 12, MMU 8.1).
 */
#ifndef PANTHOR_LIB_EXCEPTION_H
#define PANTHOR_LIB_EXCEPTION_H

#include "env.h"

/* Codes that the driver acts on. */
#define EXCEPTION_OK				0x00
#define EXCEPTION_TERMINATED			0x04
#define EXCEPTION_CS_CONFIG_FAULT		0x40
#define EXCEPTION_CS_UNRECOVERABLE		0x41	/* needs a GPU reset */
#define EXCEPTION_CS_BUS_FAULT			0x48
#define EXCEPTION_CS_INSTR_INVALID		0x49
#define EXCEPTION_CS_INHERIT_FAULT		0x4B
#define EXCEPTION_OOM				0x60
#define EXCEPTION_GPU_BUS_FAULT			0x80

/* Codes up to this one are no faults. */
#define EXCEPTION_MAX_NON_FAULT			0x3F

const char *panthor_exception_name(u8 code);
const char *panthor_exception_access_name(u8 access);

/**
 * panthor_exception_is_fault() - does this code announce a fault?
 * @code: exception code
 *
 * Return: true if it does.
 */
static inline bool panthor_exception_is_fault(u8 code)
{
	return code > EXCEPTION_MAX_NON_FAULT;
}

#endif
