// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests in QEMU that count instructions: a nanosecond of their clock is one
 * instruction, kernel included, and the same job gives the same bytes. With
 * accel=kvm the clock is a clock, and the tier is time.
 *
 * Nothing here builds a kernel; kernel/build does.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/sysfile.h"
#include "format/context.h"
#include "vm/image.h"
#include "vm/kernel.h"
#include "vm/vm.h"

/* Its kernel, with the loops as words that a line can be broken between. */
static void describe(const struct vm *vm, char *about, size_t size)
{
	size_t len = (size_t)snprintf(about, size, "Linux %s, %s", vm->release[0] ? vm->release : "unknown",
				      vm->loops[0] ? "hooks in " : "no hooks known");

	for (const char *c = vm->loops; *c && len + 3 < size; c++)
		len += (size_t)snprintf(about + len, size - len, "%c%s", *c, *c == ',' ? " " : "");
}

static int vm_open(struct place *place, const char *options, struct reason *reason)
{
	struct vm *vm = calloc(1, sizeof(*vm));
	struct utsname host;
	int err, binary;

	if (!vm)
		return reason_fail(reason, -ENOMEM, "not enough memory");
	place->own = vm;
	err = vm_options(vm, place->kind, options, reason);
	if (err)
		return err;
	binary = vm_binary(vm, reason);
	if (binary < 0)
		return binary;
	close(binary);
	uname(&host);
	if (!proc_exists(vm->machine->qemu))
		return reason_fail(reason, -ENOENT, "no %s: apt install %s", vm->machine->qemu,
				   vm->machine->package);
	if (vm->kvm && strcmp(host.machine, vm->machine->uname))
		return reason_fail(reason, -EINVAL, "accel=kvm: this machine is not %s", vm->machine->arch);
	err = vm_kernel(vm, reason);
	if (err)
		return err;
	vm->lock = vm_kernel_lock(vm->kernel);
	place->page_size = vm->page_size;
	describe(vm, place->about, sizeof(place->about));
	/*
	 * A user's own kernel is taken to have no switch, and is not given for the
	 * sake of the strategies in user space.
	 */
	place->kernel_backend = !vm->own_kernel;
	place->strategies = vm->own_kernel ? "native" : NULL;
	return 0;
}

static void vm_close(struct place *place)
{
	struct vm *vm = place->own;

	if (vm && vm->lock >= 0)
		close(vm->lock);
	free(vm);
}

/* Repeat the baseline until its arms show the cell's resolution (docs/method.md). */
static void add_baselines(struct job *job)
{
	unsigned have = 0;

	for (unsigned i = 0; i < job->n_arms; i++)
		have += name_same_stem(job->arms[i], job->baseline);
	for (; have < JOB_RESOLUTION_ARMS && job->n_arms < JOB_ARMS_MAX; have++)
		snprintf(job->arms[job->n_arms++], NAME_SIZE, "%.*s#%u", (int)name_stem(job->baseline),
			 job->baseline, have + 1);
}

/* No divisor of a tick, of 4 ms: multiples meet the tick at other times. */
static const uint64_t shift_ns = 2470000;

/*
 * A slot is one write: timer ticks stay outside it and the median is that of a
 * write. A file is no longer than it must be, for emulation is slow; a file
 * that holds many slots takes the same path in every one.
 */
static void vm_shape(const struct place *place, struct job *job)
{
	const struct vm *vm = place->own;
	const bool small = job->block_size < 1 << 18;
	const bool partly_cold = small && job->cold_fraction > 0 && job->cold_fraction < 1;
	const bool part_of_page = job->cold_fraction > 0 && job->block_size < place->page_size;
	/*
	 * A slot with cold pages has whole ones. A share of one page is all or
	 * nothing; every share of cold-sweep is whole in 200 pages.
	 */
	const uint64_t cold = place->page_size * (partly_cold ? 200 : 1);
	uint64_t calls = 1, file = small ? 4 << 20 : 16 * job->block_size;

	while ((partly_cold || part_of_page) && calls * job->block_size % cold)
		calls++;
	snprintf(job->device, sizeof(job->device), "%s", strcmp(job->device, "none") ? "brd" : "none");
	if (vm->kvm)
		return;
	job->tier = TIER_COUNTS;
	if (file < 4 * calls * job->block_size)
		file = 4 * calls * job->block_size;
	if (job->file_size > file) {
		job->file_asked = job->file_size;
		job->file_size = file;
	}
	job->slot_calls = calls;
	job->warmup_ns = vm->shift * shift_ns;
	if (!job->rounds)
		job->rounds = small && !partly_cold ? 48 : 8;
	add_baselines(job);
}

static void vm_describe(const struct place *place, struct results_run *run)
{
	const struct vm *vm = place->own;
	const struct machine *m = vm->machine;
	char args[VM_CMDLINE_SIZE], version[256], cpu[256], boot[64];

	if (proc_run((const char *[]){ m->qemu, "--version", NULL }, version, sizeof(version)))
		version[0] = '\0';
	version[strcspn(version, "(")] = '\0';
	snprintf(cpu, sizeof(cpu), "%s, machine %s", vm->kvm ? "host under KVM" : m->cpu, m->type);
	snprintf(run->arch, sizeof(run->arch), "%s", m->uname);
	run->page_size = vm->page_size;
	run->cpus = 1;
	run->memory_bytes = (double)VM_MEMORY;
	result_set_text(&run->kernel, vm->release[0] ? vm->release : "unknown");
	result_set_text(&run->loops, vm->loops[0] ? vm->loops : NULL);
	result_set_text(&run->cmdline, vm_cmdline(args, vm, 0));
	result_set_text(&run->emulator, version);
	result_set_text(&run->cpu, cpu);
	/* Under KVM each run boots anew; where instructions are counted every boot is the same. */
	if (!vm->kvm || sysfile_line("/proc/sys/kernel/random/uuid", boot, sizeof(boot)))
		boot[0] = '\0';
	result_set_text(&run->boot, boot);
	result_set_text(&run->mitigations, NULL);
	result_set_text(&run->thp, NULL);
	result_set_text(&run->governor, NULL);
	result_set_text(&run->clock, vm->kvm ? "the guest's" : "instructions (icount shift=0,sleep=off)");
	free(run->config_hash);
	run->config_hash = vm_kernel_config_hash(vm);
	free(run->image_hash);
	run->image_hash = context_file_hash(vm->kernel);
}

#define VM(id, text, what) \
	const struct place_kind place_vm_##id = { \
		.name = text, .summary = what, .targets = "ext4,btrfs,xfs,gfs2", .profiles = true, \
		.open = vm_open, .close = vm_close, .target_unsupported = vm_image_unsupported, \
		.obstacle = vm_obstacle, .shape = vm_shape, .describe = vm_describe, .run = vm_session_run, \
	}

VM(x86_64, "vm:x86_64", "a PC in QEMU that counts instructions");
VM(arm64, "vm:arm64", "a Cortex-A72 (Raspberry Pi 4) in QEMU; counts instructions");
VM(arm64_mte, "vm:arm64-mte", "an arm64 CPU with MTE in QEMU; counts instructions");
