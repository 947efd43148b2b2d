// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace events of panthor_trace.h come to life here.
 */
#define CREATE_TRACE_POINTS
#include "panthor_trace.h"
