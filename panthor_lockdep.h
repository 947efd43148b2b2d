/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows lockdep the documented lock order once, at probe. */
#ifndef PANTHOR_LOCKDEP_H
#define PANTHOR_LOCKDEP_H

struct panthor_device;

void panthor_lockdep_prime(struct panthor_device *ptdev);

#endif
