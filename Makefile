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

# WERROR=1 turns warnings into errors, as CI does; a newer compiler has new ones.
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	   -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual $(if $(WERROR),-Werror)
CORE_CFLAGS := -std=c11 -D_GNU_SOURCE -Ibench -I. $(WARN) -MMD -MP
HOST_CFLAGS := $(CORE_CFLAGS) -DFAULTBENCH_VERSION='"$(VERSION)"' \
	   -DFAULTBENCH_DATADIR='"$(datadir)"' \
	   -DFAULTBENCH_LIBEXECDIR='"$(libexecdir)"'
HOST_LIBS := -ljansson -lgsl -lgslcblas -linih -lblkid -lm
# Empty for a build with sanitizers, which cannot be static.
STATIC	?= -static

# All CPUs, unless make was told how many.
JOBS	= $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc))

Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

# What both binaries share needs libc and libm alone.
SHARED	:= $(addprefix bench/base/,reason.c sysfile.c table.c) \
	   $(addprefix bench/format/,job.c names.c result_fields.c result_write.c)
MEASURE	:= $(wildcard bench/measure/*.c) $(SHARED)
# The tables of what can be chosen serve the command too.
TABLES	:= bench/measure/strategy.c bench/measure/source.c bench/measure/file.c \
	   bench/measure/switch.c
ROOMS	:= base format disk workload place vm plan doctor cmd
HOST	:= bench/main.c $(foreach room,$(ROOMS),$(wildcard bench/$(room)/*.c)) $(wildcard analysis/*.c analysis/*/*.c) $(TABLES)
HOST_OBJS := $(HOST:%.c=$(O)/host/%.o)
LIB_OBJS := $(filter-out $(O)/host/bench/main.o,$(HOST_OBJS))
MEASURE_OBJS := $(MEASURE:%.c=$(O)/measure/%.o)
ARM64_OBJS := $(MEASURE:%.c=$(O)/arm64/%.o)
UNIT	:= $(patsubst tests/unit/%.c,$(O)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

# The programs lie on top of the tree; a build in another O keeps its own there.
BIN	:= $(if $(filter build,$(O)),,$(O)/)

.PHONY: all
all: $(BIN)faultbench $(BIN)faultbench-measure $(O)/profile.so ## both binaries (the default)

$(BIN)faultbench: $(HOST_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(HOST_LIBS)

$(BIN)faultbench-measure: $(MEASURE_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(STATIC) -pthread -o $@ $^ -lm

# QEMU loads it: no library of its own, and every name it leaves open is QEMU's.
$(O)/profile.so: bench/vm/plugin/plugin.c bench/format/marker.h bench/vm/plugin/qemu_api.h Makefile
	$(call say,CCLD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(CORE_CFLAGS)) $(CFLAGS) -fPIC -shared -o $@ $<

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

$(O)/settled: tests/lib/settled.c $(LIB_OBJS)
	$(call say,CCLD,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -o $@ $< $(LIB_OBJS) $(HOST_LIBS)

# Fuzzers exist in the build with sanitizers alone.
$(O)/fuzz/%: tests/fuzz/%.c $(LIB_OBJS)
	$(call say,CCLD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB_OBJS) $(HOST_LIBS)

.PHONY: units fuzzers
units: $(UNIT)
fuzzers: $(FUZZ)

.PHONY: sanitize
sanitize: ## all of it by clang under ASan and UBSan, in build/sanitize
	$(Q)$(MAKE) $(JOBS) --no-print-directory O=$(O)/sanitize CC=clang STATIC= \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' \
		all units fuzzers

MAN	:= $(patsubst docs/%.scd,$(O)/man/%,$(wildcard docs/*.scd))

$(O)/man/%: docs/%.scd
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(SCDOC) < $< > $@

.PHONY: man
man: $(MAN) ## the man pages

.PHONY: deps
deps: ## install what building, measuring and testing need (apt)
	packaging/deps build run test

# What sudo made belongs to who called it, or the next plain make fails.
give_back = [ -z "$$SUDO_UID" ] || chown -Rh "$$SUDO_UID:$$SUDO_GID" $(O) $(BIN)faultbench $(BIN)faultbench-measure

.PHONY: bench
bench: ## measure this machine: table, plot and raw results in results/
	packaging/deps build run
	$(Q)$(MAKE) $(JOBS) --no-print-directory all
	$(Q)plots/bench $(if $(RESULTS),"$(RESULTS)"); status=$$?; $(give_back); exit $$status

.PHONY: reproduce
reproduce: ## the published 5-6 % penalty, on this machine
	packaging/deps build run
	$(Q)$(MAKE) $(JOBS) --no-print-directory all
	$(Q)./faultbench reproduce; status=$$?; $(give_back); exit $$status

.PHONY: versus
versus: ## the harness beside GNU dd and fio, interleaved (root, two minutes)
	packaging/deps build run test
	$(Q)$(MAKE) $(JOBS) --no-print-directory all $(O)/settled
	$(O)/settled 1152 tests/versus

.PHONY: lint
lint: ## warnings of clang, clang-tidy and shellcheck
	$(Q)printf '%s\n' $(sort $(HOST) $(MEASURE)) | xargs -P $$(nproc) -I{} \
		clang-tidy --quiet {} -- $(filter-out -MMD -MP,$(HOST_CFLAGS)) 2>/dev/null
	$(Q)git grep -lE '^#!/bin/(ba)?sh' | xargs shellcheck -x -P SCRIPTDIR

.PHONY: check
check: all units ## unit and command-line tests: no root, under a minute
	tests/run check

.PHONY: test
test: ## everything: devices, fuzzers, sanitizers, guests of 6.1 (root)
	packaging/deps build run test kernel
	$(Q)$(MAKE) $(JOBS) --no-print-directory WERROR=1 lint man all arm64 units sanitize
	$(Q)if [ -e /usr/src/linux-source-6.1.tar.xz ]; then $(MAKE) --no-print-directory kernels; \
		else echo "no linux-source-6.1 on this system: tests that want its kernels are skipped"; fi
	$(Q)tests/run check all; status=$$?; $(give_back); exit $$status

.PHONY: test-all
test-all: test ## and 6.12, kernel packages, the whole torture
	$(Q)$(MAKE) --no-print-directory kernels TREES=6.12
	tests/run more

.PHONY: torture
torture: kernels ## writes whose source goes wrong, in guests (8 minutes)
	for arch in x86_64 arm64 arm64-mte; do tests/torture/run --arch $$arch || exit; done

TREES	?= 6.1

.PHONY: kernels
kernels: ## build kernels with the switch; TREES="6.1 6.12" for both trees
	packaging/deps build kernel
	$(Q)$(MAKE) $(JOBS) --no-print-directory all arm64
	for tree in $(TREES); do for arch in x86_64 arm64; do \
		kernel/build build --arch $$arch --tree $$tree || exit; done; done

.PHONY: install
install: all man ## into $(DESTDIR)$(prefix)
	install -D -t "$(DESTDIR)$(bindir)" $(BIN)faultbench
	install -D -t "$(DESTDIR)$(libexecdir)" $(BIN)faultbench-measure $(wildcard $(O)/faultbench-measure-*)
	install -D -m 644 -t "$(DESTDIR)$(libexecdir)" $(O)/profile.so
	install -D -m 644 -t "$(DESTDIR)$(datadir)/workloads" workloads/*.ini
	install -D -t "$(DESTDIR)$(datadir)/plots" plots/render
	install -D -m 644 -t "$(DESTDIR)$(datadir)/plots" plots/*.gp
	install -D -t "$(DESTDIR)$(datadir)/kernel" kernel/build kernel/apply-hooks
	for file in $$(find kernel/hooks.cocci kernel/config kernel/src -type f); do \
		install -D -m 644 $$file "$(DESTDIR)$(datadir)/$$file" || exit; done
	install -D -m 644 -t "$(DESTDIR)$(mandir)/man1" $(filter %.1,$(MAN))
	install -D -m 644 -t "$(DESTDIR)$(mandir)/man5" $(filter %.5,$(MAN))

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: clean
clean: ## remove what the build made
	rm -rf $(O) faultbench faultbench-measure

-include $(HOST_OBJS:.o=.d) $(MEASURE_OBJS:.o=.d) $(ARM64_OBJS:.o=.d)
