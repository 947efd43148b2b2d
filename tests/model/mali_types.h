/* SPDX-License-Identifier: MIT */
/*
 * Fixed-width types and the two library calls the model may use, in user
 * space (QEMU, unit tests) and in a kernel (UML).
 */
#ifndef MALI_TYPES_H
#define MALI_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

#endif
