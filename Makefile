# SPDX-License-Identifier: GPL-2.0-or-later
# faultbench: build, test, install. `make help` lists every target.

VERSION	:= 0.1
prefix	?= /usr/local
bindir	?= $(prefix)/bin
mandir	?= $(prefix)/share/man
completiondir ?= $(prefix)/share/bash-completion/completions
datadir	?= $(prefix)/share/faultbench
libexecdir ?= $(prefix)/libexec/faultbench
CC	?= cc
CROSS	?= aarch64-linux-gnu-
CFLAGS	?= -O2 -g
SCDOC	?= scdoc
TREES	?=
O	:= build

# WERROR=1 turns warnings into errors, as CI does; a newer compiler has new ones.
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	   -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual $(if $(WERROR),-Werror)
CORE_CFLAGS := -std=c11 -D_GNU_SOURCE -Ibench -I. -I$(O) $(WARN)
HOST_CFLAGS := $(CORE_CFLAGS) -DFAULTBENCH_VERSION='"$(VERSION)"' \
	   -DFAULTBENCH_DATADIR='"$(datadir)"' \
	   -DFAULTBENCH_LIBEXECDIR='"$(libexecdir)"'
HOST_LIBS := -ljansson -lgsl -lgslcblas -linih -lblkid -lm
# Empty for a build with sanitizers, which cannot be static.
STATIC	?= -static

# What both binaries share needs libc and libm alone.
SHARED	:= $(addprefix bench/base/,reason.c sysfile.c table.c) \
	   $(addprefix bench/format/,job.c names.c result_fields.c result_write.c)
MEASURE	:= $(wildcard bench/measure/*.c) $(SHARED)
# The tables of what can be chosen serve the command too.
TABLES	:= bench/measure/strategy.c bench/measure/source.c bench/measure/file.c \
	   bench/measure/switch.c bench/measure/steady.c
HOST	:= $(filter-out bench/measure/% bench/vm/plugin/%, \
	     $(wildcard bench/*.c bench/*/*.c bench/*/*/*.c analysis/*.c analysis/*/*.c)) $(TABLES)
HOST_OBJS := $(HOST:%.c=$(O)/host/%.o)
LIB_OBJS := $(filter-out $(O)/host/bench/main.o,$(HOST_OBJS))
MEASURE_OBJS := $(MEASURE:%.c=$(O)/measure/%.o)
ARM64_OBJS := $(MEASURE:%.c=$(O)/arm64/%.o)
UNIT	:= $(patsubst tests/unit/%.c,$(O)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
MAN	:= $(patsubst docs/%.scd,$(O)/man/%,$(wildcard docs/*.scd))

# The programs are at the top of the tree; a build in another O keeps its own there.
BIN	:= $(if $(filter build,$(O)),,$(O)/)
PROGRAMS := $(BIN)faultbench $(BIN)faultbench-measure

# A command that makes $@: its name (V=1 shows all of it), and the command.
Q	:= $(if $(V),,@)
cmd	= $(Q)$(if $(V),,printf '  %-7s %s\n' $(1) $@;) mkdir -p $(@D) && $(2)
DEPS	= -MMD -MP -MF $@.d -MT $@
# This make again, on all CPUs unless it was told how many.
again	= +$(Q)$(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc)) --no-print-directory

.PHONY: all verify arm64 units fuzzers sanitize man deps bench reproduce report versus equal-time lint lint-c lint-shell \
	lint-rooms check test test-all torture kernels install deb help clean

# Also the binary for arm64, where it exists: guests do not take that of other sources.
all: $(PROGRAMS) $(O)/profile.so $(wildcard $(O)/faultbench-measure-arm64) ## both binaries (the default)

$(BIN)faultbench: $(HOST_OBJS)
	$(call cmd,LD,$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(HOST_LIBS))

$(BIN)faultbench-measure: $(MEASURE_OBJS)
	$(call cmd,LD,$(CC) $(CFLAGS) $(LDFLAGS) $(STATIC) -pthread -o $@ $^ -lm)

# What faultbench-measure was built from: bench/vm/vm.c looks for it in the program of a guest.
$(O)/sources.h: $(sort $(MEASURE) $(wildcard $(addprefix bench/,measure/*.h format/*.h base/*.h)))
	$(call cmd,GEN,printf '#define MEASURE_SOURCES "faultbench-measure of %s"\n' "$$(cat $^ | sha256sum | cut -c 1-64)" >$@)

$(O)/host/bench/vm/vm.o $(O)/measure/bench/measure/guest.o $(O)/arm64/bench/measure/guest.o lint-c: $(O)/sources.h

# QEMU loads it: it has no library of its own, and QEMU has every name that it leaves open.
$(O)/profile.so: bench/vm/plugin/plugin.c Makefile
	$(call cmd,CCLD,$(CC) $(CORE_CFLAGS) $(DEPS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -fPIC -shared -o $@ $<)

arm64: $(O)/faultbench-measure-arm64 ## the static measuring binary for arm64

$(O)/faultbench-measure-arm64: $(ARM64_OBJS)
	$(call cmd,LD,$(CROSS)gcc $(CFLAGS) -static -pthread -o $@ $^ -lm)

$(O)/host/%.o: %.c Makefile
	$(call cmd,CC,$(CC) $(HOST_CFLAGS) $(DEPS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(O)/measure/%.o: %.c Makefile
	$(call cmd,CC,$(CC) $(CORE_CFLAGS) $(DEPS) -pthread $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(O)/arm64/%.o: %.c Makefile
	$(call cmd,CC-A64,$(CROSS)gcc $(CORE_CFLAGS) $(DEPS) -pthread $(CFLAGS) -c -o $@ $<)

# A program for each file of tests, linked with everything but main().
link_test = $(CC) $(HOST_CFLAGS) $(DEPS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_OBJS) $(HOST_LIBS)

$(O)/unit/%: tests/unit/%.c $(LIB_OBJS)
	$(call cmd,CCLD,$(link_test) -lcmocka)

$(O)/lib/%: tests/lib/%.c $(LIB_OBJS)
	$(call cmd,CCLD,$(link_test))

$(O)/fuzz/%: tests/fuzz/%.c $(LIB_OBJS)
	$(call cmd,CCLD,$(link_test) -fsanitize=fuzzer)

units: $(UNIT) ## the unit tests; check runs them
fuzzers: $(FUZZ) ## the fuzzers, in the build with sanitizers; test runs them

sanitize: ## all of it by clang under ASan and UBSan, in build/sanitize
	$(again) O=$(O)/sanitize CC=clang STATIC= \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' \
		all units fuzzers

man: $(MAN) ## the man pages

$(O)/completion/faultbench: packaging/completions.sh $(PROGRAMS)
	$(call cmd,GEN,packaging/completions.sh ./$(BIN)faultbench >$@)

# The first line, '\" t, asks for tbl, which renders the tables.
$(O)/man/%: docs/%.scd
	$(call cmd,MAN,{ printf '\047\134" t\n' && $(SCDOC) <$<; } >$@)

deps: ## install what building, measuring and testing need (apt)
	packaging/deps build run test

# Gives files made under sudo to the user who called it, or the next plain make fails.
give_back = status=$$?; [ -z "$$SUDO_UID" ] || chown -Rh "$$SUDO_UID:$$SUDO_GID" $(O) $(PROGRAMS); exit $$status

bench: ## measure this machine: table, plot and raw results in results/
	packaging/deps build run
	$(again) all
	$(Q)plots/bench $(if $(RESULTS),"$(RESULTS)"); $(give_back)

reproduce: ## the published figures next to this machine's and two guests'
	packaging/deps build run kernel
	$(again) all arm64
	$(Q)./faultbench reproduce --on host,vm:x86_64,vm:arm64 --verify; $(give_back)

report: ## this machine and two guests as a page with plots, in results/
	packaging/deps build run kernel
	$(again) all arm64
	$(Q)TREES="$(TREES)" plots/bench --guests $(if $(RESULTS),"$(RESULTS)"); $(give_back)

versus: ## the harness against GNU dd and fio, interleaved (root, two minutes)
	packaging/deps build run test
	$(again) all $(O)/lib/settled
	$(O)/lib/settled 1152 tests/versus

equal-time: ## intervals of faultbench, dd, hyperfine and fio from the same time (root, 42 minutes)
	packaging/deps build run test
	$(again) all $(O)/lib/settled
	$(O)/lib/settled 1152 tests/equal-time

verify: all ## false alarms and power of the gate, into docs/ (quiet, half an hour)
	tests/gate-verification >$(O)/gate-verification.md && mv $(O)/gate-verification.md docs/

lint: lint-rooms lint-shell lint-c ## the three checks of the sources

lint-rooms: ## which folder includes from which
	$(Q)tests/lint/rooms

lint-shell: ## shellcheck
	$(Q)git ls-files | xargs grep -lE '^(#!/bin/(ba)?sh|# shellcheck shell)' | xargs shellcheck -x -P SCRIPTDIR

# Its standard error only counts the warnings that .clang-tidy suppresses.
lint-c: ## clang-tidy, with the warnings of clang
	$(Q)command -v clang-tidy >/dev/null || { echo "clang-tidy: not found; make deps" >&2; exit 1; }
	$(Q)printf '%s\n' $(sort $(HOST) $(MEASURE)) | \
		xargs -P "$$(nproc)" -I{} clang-tidy --quiet {} -- $(HOST_CFLAGS) 2>/dev/null

check: all units ## unit and command-line tests: no root, under a minute
	tests/run check

test: ## everything: devices, fuzzers, sanitizers, guests of the default tree (root)
	packaging/deps build run test kernel
	$(again) WERROR=1 lint man all arm64 units sanitize
	$(Q)if kernel/build tree >/dev/null; then $(MAKE) --no-print-directory kernels; \
		else echo "tests that need kernels with the switch are skipped"; fi
	$(Q)tests/run check all; $(give_back)

test-all: test ## and 6.12 and 7.3, kernel packages, the whole torture
	$(again) kernels TREES="6.12 7.3"
	tests/run more

torture: kernels ## writes whose source goes wrong, in guests (8 minutes)
	for arch in x86_64 arm64 arm64-mte; do tests/torture/run --arch $$arch || exit; done

kernels: ## build kernels with the switch; TREES="6.1 7.3": other trees than the default
	packaging/deps build kernel
	$(again) all arm64
	for tree in $(or $(TREES),$$(kernel/build tree)); do for arch in x86_64 arm64; do \
		kernel/build build --arch $$arch --tree $$tree || exit; done; done

install: all man $(O)/completion/faultbench ## into $(DESTDIR)$(prefix)
	install -D -t "$(DESTDIR)$(bindir)" $(BIN)faultbench
	install -D -t "$(DESTDIR)$(libexecdir)" $(BIN)faultbench-measure $(wildcard $(O)/faultbench-measure-*)
	install -D -m 644 -t "$(DESTDIR)$(libexecdir)" $(O)/profile.so
	install -D -m 644 -t "$(DESTDIR)$(datadir)/workloads" workloads/*.ini
	install -D -m 644 -t "$(DESTDIR)$(datadir)/plots" plots/*.gp plots/svg.sed
	install -D -t "$(DESTDIR)$(datadir)/kernel" kernel/build kernel/source kernel/backports kernel/revision kernel/apply-hooks
	for file in $$(find kernel/*.cocci kernel/config kernel/src -type f); do \
		install -D -m 644 $$file "$(DESTDIR)$(datadir)/$$file" || exit; done
	install -D -m 644 -t "$(DESTDIR)$(completiondir)" $(O)/completion/faultbench
	install -D -m 644 -t "$(DESTDIR)$(mandir)/man1" $(filter %.1,$(MAN))
	install -D -m 644 -t "$(DESTDIR)$(mandir)/man5" $(filter %.5,$(MAN))
	install -D -m 644 -t "$(DESTDIR)$(mandir)/man7" $(filter %.7,$(MAN))

deb: ## a Debian package of the commit that is checked out, in build/deb
	packaging/deps build deb
	$(Q)packaging/deb

help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

clean: ## remove what the build made
	rm -rf $(O) faultbench faultbench-measure

-include $(addsuffix .d,$(HOST_OBJS) $(MEASURE_OBJS) $(ARM64_OBJS) $(UNIT) $(FUZZ) \
	   $(addprefix $(O)/,profile.so lib/settled lib/profile/fold))
