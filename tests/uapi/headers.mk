# SPDX-License-Identifier: GPL-2.0-only
#
# The uAPI headers of KDIR in $(O)/include, with the annotation __user taken out
# as headers_install does it.

ifeq ($(KDIR),)
$(error KDIR has to name a kernel source tree)
endif

uapi_headers := $(addprefix $(O)/include/,drm/drm.h drm/drm_mode.h drm/panthor_drm.h linux/bits.h)

$(O)/include/%.h: $(KDIR)/include/uapi/%.h
	@mkdir -p $(@D)
	sed 's/\b__user\b//' $< >$@
