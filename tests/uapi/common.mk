# SPDX-License-Identifier: GPL-2.0-only
#
# What programs that talk to the driver share: compiler, flags, the uAPI headers
# of KDIR with the annotation __user taken out as headers_install does it, and
# the helpers of uapi.c.

O ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/panthor/$(notdir $(CURDIR))
CC := $(CROSS_COMPILE)gcc
uapi_dir := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

ifeq ($(KDIR),)
$(error KDIR has to name a kernel source tree)
endif

CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare -MMD -MP \
	-I$(O)/include -I$(uapi_dir) -I$(KDIR)/tools/testing/selftests
LDFLAGS := -static

uapi_headers := $(addprefix $(O)/include/,drm/drm.h drm/drm_mode.h drm/panthor_drm.h linux/bits.h)

all:

$(O)/include/%.h: $(KDIR)/include/uapi/%.h
	@mkdir -p $(@D)
	sed 's/\b__user\b//' $< >$@

$(O)/uapi.o: $(uapi_dir)uapi.c $(uapi_headers)
	$(CC) $(CFLAGS) -c -o $@ $<

.PHONY: all clean
.SECONDARY:
-include $(wildcard $(O)/*.d)
