// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests in QEMU that count instructions: a nanosecond of their clock is one
 * instruction, kernel included, and the same job gives the same bytes. With
 * accel=kvm the clock is one, and the tier is time.
 *
 * Nothing here looks inside a kernel or builds one; kernel/build does.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "analysis/cells.h"
#include "base/proc.h"
#include "format/context.h"
#include "vm/image.h"
#include "vm/kernel.h"
#include "vm/session.h"
#include "vm/vm.h"

enum { PAGE = 4096 };	/* of the kernels that are built, on every architecture */

static const char *vm_unsupported(const struct place *place, const char *options, char *reason, size_t size)
{
	struct vm vm;
	struct utsname host;
	int binary;

	if (vm_options(&vm, place, options, reason, size))
		return reason;
	binary = vm_binary(&vm, reason, size);
	if (binary < 0)
		return reason;
	close(binary);
	uname(&host);
	if (!proc_exists(vm.machine->qemu))
		snprintf(reason, size, "no %s: apt install %s", vm.machine->qemu, vm.machine->package);
	else if (vm.kvm && strcmp(host.machine, vm.machine->uname))
		snprintf(reason, size, "accel=kvm: this machine is no %s", vm.machine->arch);
	else if (!options || !vm_kernel(&vm, reason, size))
		return NULL;
	return reason;
}

/* A kernel of somebody else's has no switch, as far as is known. */
static bool vm_kernel_backend(const struct place *place, const char *options)
{
	char reason[512];
	struct vm vm;

	return !vm_options(&vm, place, options, reason, sizeof(reason)) && !vm.own_kernel;
}

/* The emulation in user space is another thing, and is not what an image is given for. */
static const char *vm_strategies(const struct place *place, const char *options)
{
	return vm_kernel_backend(place, options) ? NULL : "native";
}

/* Repeat the baseline until its arms show the cell's resolution (docs/method.md). */
static void add_baselines(struct job *job)
{
	size_t len = strcspn(job->baseline, "#");
	unsigned have = 0;

	for (unsigned i = 0; i < job->n_arms; i++)
		have += strcspn(job->arms[i], "#") == len && !strncmp(job->arms[i], job->baseline, len);
	for (; have < CELLS_RESOLUTION_ARMS && job->n_arms < JOB_ARMS_MAX; have++)
		snprintf(job->arms[job->n_arms++], JOB_NAME_MAX, "%.*s#%u", (int)len, job->baseline, have + 1);
}

/* The greatest that divides @a and @b; @a where @b is 0. */
static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * A slot is one write: timer ticks stay outside it and the median is that of a
 * write. A file is no longer than it must be, for emulation is slow; a file
 * that fits a slot many times over takes the same path in every one.
 */
static void vm_shape(const struct place *place, const char *options, struct job *job)
{
	const bool small = job->block_size < 1 << 18;
	const bool partly_cold = small && job->cold_fraction > 0 && job->cold_fraction < 1;
	/* A share of one page is all or nothing; every share of cold-sweep is whole in 200. */
	const uint64_t calls = partly_cold ? 200 / common_divisor(200, job->block_size / PAGE) : 1;
	uint64_t file = small ? 4 << 20 : 16 * job->block_size;
	char reason[512];
	struct vm vm;

	snprintf(job->device, sizeof(job->device), "%s", strcmp(job->device, "none") ? "brd" : "none");
	if (vm_options(&vm, place, options, reason, sizeof(reason)) || vm.kvm)
		return;
	snprintf(job->tier, sizeof(job->tier), "counts");
	if (file < 4 * calls * job->block_size)
		file = 4 * calls * job->block_size;
	if (job->file_size > file) {
		job->file_asked = job->file_size;
		job->file_size = file;
	}
	job->slot_calls = calls;
	job->warmup_ns = 0;
	if (!job->rounds)
		job->rounds = small && !partly_cold ? 48 : 8;
	add_baselines(job);
}

static json_t *vm_context(const struct place *place, const char *options)
{
	char reason[4400], version[256], *args;
	struct vm vm;
	json_t *cpu, *keys;

	if (vm_options(&vm, place, options, reason, sizeof(reason)) || vm_kernel(&vm, reason, sizeof(reason)))
		return NULL;
	if (proc_run((char *[]){ (char *)(uintptr_t)vm.machine->qemu, (char[]){ "--version" }, NULL }, version,
		     sizeof(version)))
		version[0] = '\0';
	version[strcspn(version, "(")] = '\0';
	args = vm_cmdline(&vm, 0);
	if (vm.kvm)
		cpu = json_sprintf("host under KVM, machine %s", vm.machine->type);
	else
		cpu = json_sprintf("%s, machine %s", vm.machine->cpu, vm.machine->type);
	keys = json_pack("{s:s, s:i, s:o, s:s?, s:o, s:o, s:s, s:o, s:i, s:I, s:n, s:n, s:n, s:s}",
			 "arch", vm.machine->uname, "page_size", PAGE, "kernel", json_string(vm.release[0] ? vm.release : "unknown"),
			 "cmdline", args, "config_hash", vm_kernel_config_hash(&vm), "image_hash", context_file_hash(vm.kernel),
			 "emulator", version, "cpu", cpu, "cpus", 1, "memory_bytes", (json_int_t)VM_MEMORY,
			 "mitigations", "thp", "governor",
			 "clock", vm.kvm ? "the guest's" : "instructions (icount shift=0,sleep=off)");
	free(args);
	return keys;
}

#define VM(id, text, what) \
	const struct place place_vm_##id = { \
		.name = text, .summary = what, .targets = "ext4,btrfs,xfs,gfs2", .profiles = true, \
		.unsupported = vm_unsupported, .kernel_backend = vm_kernel_backend, \
		.strategies = vm_strategies, \
		.target_unsupported = vm_image_unsupported, .shape = vm_shape, \
		.context = vm_context, .run = vm_session_run, \
	}

VM(x86_64, "vm:x86_64", "QEMU counting instructions: a PC");
VM(arm64, "vm:arm64", "the same: a Cortex-A72, as in a Raspberry Pi 4");
VM(arm64_mte, "vm:arm64-mte", "the same: an arm64 CPU with memory tagging");
