# SPDX-License-Identifier: GPL-2.0-or-later
# faultbench: build, test, install. `make help` lists every target.

VERSION	:= 0.1
prefix	?= /usr/local
bindir	?= $(prefix)/bin
mandir	?= $(prefix)/share/man
datadir	?= $(prefix)/share/faultbench
libexecdir ?= $(prefix)/libexec/faultbench
CC	?= cc
CROSS	?= aarch64-linux-gnu-
CFLAGS	?= -O2 -g
SCDOC	?= scdoc
O	:= build

WARN	:= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual
CORE_CFLAGS := -std=c11 -D_GNU_SOURCE -Ibench $(WARN) -MMD -MP
HOST_CFLAGS := $(CORE_CFLAGS) -Ianalysis $(shell pkg-config --cflags jansson gsl inih blkid 2>/dev/null) \
	   -DFAULTBENCH_VERSION='"$(VERSION)"' -DFAULTBENCH_DATADIR='"$(datadir)"' \
	   -DFAULTBENCH_LIBEXECDIR='"$(libexecdir)"'
HOST_LIBS := $(shell pkg-config --libs jansson gsl inih blkid 2>/dev/null) -lm

Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

# What both binaries share needs libc and libm alone.
SHARED	:= bench/job.c bench/signed_rank.c
MEASURE	:= $(wildcard bench/measure/*.c) $(SHARED)
# The tables of what can be chosen serve the command too.
TABLES	:= bench/measure/strategy.c bench/measure/source.c bench/measure/file.c
HOST	:= $(wildcard bench/*.c) $(wildcard analysis/*.c) $(TABLES)
HOST_OBJS := $(HOST:%.c=$(O)/host/%.o)
LIB_OBJS := $(filter-out $(O)/host/bench/main.o,$(HOST_OBJS))
MEASURE_OBJS := $(MEASURE:%.c=$(O)/measure/%.o)
ARM64_OBJS := $(MEASURE:%.c=$(O)/arm64/%.o)
UNIT	:= $(patsubst tests/unit/%.c,$(O)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all
all: faultbench faultbench-measure ## both binaries (the default)

faultbench: $(HOST_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(HOST_LIBS)

faultbench-measure: $(MEASURE_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -pthread -o $@ $^ -lm

$(O)/faultbench-measure-arm64: $(ARM64_OBJS)
	$(call say,LD,$@)
	$(Q)$(CROSS)gcc $(CFLAGS) -static -pthread -o $@ $^ -lm

.PHONY: arm64
arm64: $(O)/faultbench-measure-arm64 ## the static measuring binary for arm64

$(O)/host/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(O)/measure/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CORE_CFLAGS) -pthread $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(O)/arm64/%.o: %.c Makefile
	$(call say,CC-A64,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CORE_CFLAGS) -pthread $(CFLAGS) -c -o $@ $<

# One cmocka program a file, linked with everything but main().
$(O)/unit/%: tests/unit/%.c $(LIB_OBJS)
	$(call say,CCLD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -o $@ $< $(LIB_OBJS) $(HOST_LIBS) -lcmocka

# Fuzzers carry their own build of what they fuzz, instrumented.
$(O)/fuzz/%: tests/fuzz/%.c $(filter-out bench/main.c,$(HOST))
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(filter-out -MMD -MP,$(HOST_CFLAGS)) -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -o $@ $(filter %.c,$^) $(HOST_LIBS)

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: clean
clean: ## remove what the build made
	rm -rf $(O) faultbench faultbench-measure

-include $(HOST_OBJS:.o=.d) $(MEASURE_OBJS:.o=.d) $(ARM64_OBJS:.o=.d)
