# SPDX-License-Identifier: GPL-2.0-only
#
# What programs that talk to the driver share: compiler, flags, the uAPI headers
# of KDIR, and the helpers of uapi.h.

O ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/panthor/$(notdir $(CURDIR))
CC := $(CROSS_COMPILE)gcc
uapi_dir := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare -MMD -MP \
	-I$(O)/include -I$(uapi_dir) -I$(KDIR)/tools/testing/selftests
LDFLAGS := -static

all:

include $(uapi_dir)headers.mk

uapi_objects := $(addprefix $(O)/,uapi.o uapi_sync.o uapi_gpu.o)

$(uapi_objects): $(O)/%.o: $(uapi_dir)%.c $(uapi_headers)
	$(CC) $(CFLAGS) -c -o $@ $<

.PHONY: all clean
.SECONDARY:
-include $(wildcard $(O)/*.d)
