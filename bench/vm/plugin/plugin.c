// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin for QEMU's TCG: how often each kernel instruction ran in the slots
 * that a guest marks (marker.h), exactly. One virtual CPU.
 *
 *	-plugin profile.so,out=FILE[,fault=ADDRESS][,fixup=ADDRESS][,abort=ADDRESS]
 *
 * It counts instructions, not blocks, since a block may be left in the middle
 * by a fault and is then entered behind it. An instruction that faults has
 * begun and not run; the guest's clock under icount does not count it, nor
 * does this: fault= is where the CPU goes when a kernel access faults, so that
 * what ran just before is taken back. User space is one sum, at address 0.
 *
 * It also sums up which instructions faulted, in all slots of an arm. fixup= is the
 * function that ends a copy which must not fault: the fault before was not resolved.
 * abort= is the one that handles faults; where it runs without fault= before (arm64,
 * where other exceptions of user space have the same entry), user space faulted.
 *
 * FILE gets, per cell and arm, the counts of the slot with the median total:
 * what the tables show is the median slot, and unlike a mean it keeps timer
 * ticks out. Symbols are symbols.c's business.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/marker.h"
#include "vm/plugin/qemu_api.h"

enum {
	ARMS_MAX = 256,
	KERNEL_BIT = 63,	/* of an address, on x86_64 and arm64 */
};

int qemu_plugin_version;

/* An instruction of the guest, by address. */
struct counter {
	uint64_t address;
	uint32_t index;
	uint32_t count;		/* in the current slot */
	uint32_t fixed, failed;	/* how often it faulted in it */
	bool listed;		/* among those that ran in it */
};

struct count {
	uint32_t index;		/* of the counter */
	uint32_t count;
};

/* A slot that was seen, and slots just like it. */
struct slot {
	uint64_t total;
	size_t seen;		/* before it, in this arm */
	uint32_t times;
	uint32_t n;
	struct count *counts;
};

/* Faults of an instruction in all slots of an arm. */
struct fault {
	uint64_t address;
	uint64_t fixed, failed;
};

struct arm {
	struct slot *slots;
	size_t n, room;
	struct fault *faults;
	size_t n_faults;
};

static struct {
	FILE *out;
	bool x86;
	insn_data_v1 data_v1;	/* one of the two */
	insn_data_v3 data_v3;

	/* Every counter, by index and by address; both have room for another. */
	struct counter **counters;
	struct counter **table;	/* open addressing, a power of two, half empty */
	size_t n, room;

	/* The current slot. */
	bool counting;
	struct counter **listed;
	size_t n_listed;
	struct counter *last;
	struct counter *faulted;	/* whose fault is being handled, or was the last */
	bool entered;			/* by a fault entry, and not yet at abort= */

	unsigned number;	/* as far as it has been sent */
	unsigned cell, arm;
	struct arm arms[ARMS_MAX];
} profile;

/* A profile with a hole in it would look like one without. */
static void *checked(void *memory)
{
	if (memory)
		return memory;
	fprintf(stderr, "faultbench profile: no memory\n");
	exit(1);
}

/* ---- counters ------------------------------------------------------------ */

static struct counter **table_place(uint64_t address)
{
	size_t mask = 2 * profile.room - 1;
	size_t at = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;

	while (profile.table[at] && profile.table[at]->address != address)
		at = (at + 1) & mask;
	return &profile.table[at];
}

static void make_room(void)
{
	if (profile.n < profile.room)
		return;
	profile.room = profile.room ? 2 * profile.room : 1 << 16;
	profile.counters = checked(realloc(profile.counters, profile.room * sizeof(*profile.counters)));
	profile.listed = checked(realloc(profile.listed, profile.room * sizeof(*profile.listed)));
	free(profile.table);
	profile.table = checked(calloc(2 * profile.room, sizeof(*profile.table)));
	for (size_t i = 0; i < profile.n; i++)
		*table_place(profile.counters[i]->address) = profile.counters[i];
}

/* The counter of @address; never moves. */
static struct counter *counter_of(uint64_t address)
{
	struct counter **place;

	make_room();
	place = table_place(address);
	if (!*place) {
		*place = checked(calloc(1, sizeof(**place)));
		(*place)->address = address;
		(*place)->index = (uint32_t)profile.n;
		profile.counters[profile.n++] = *place;
	}
	return *place;
}

/* ---- slots --------------------------------------------------------------- */

static int by_index(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* What ran since the slot began; its counters are zero again afterwards. */
static struct slot take_slot(void)
{
	struct slot slot = { .times = 1 };

	slot.counts = checked(malloc((profile.n_listed + 1) * sizeof(*slot.counts)));
	for (size_t i = 0; i < profile.n_listed; i++) {
		struct counter *c = profile.listed[i];

		if (c->count)
			slot.counts[slot.n++] = (struct count){ c->index, c->count };
		slot.total += c->count;
		c->count = c->fixed = c->failed = 0;
		c->listed = false;
	}
	profile.n_listed = 0;
	qsort(slot.counts, slot.n, sizeof(*slot.counts), by_index);
	return slot;
}

static struct fault *fault_of(struct arm *arm, uint64_t address)
{
	for (size_t i = 0; i < arm->n_faults; i++)
		if (arm->faults[i].address == address)
			return &arm->faults[i];
	arm->faults = checked(reallocarray(arm->faults, arm->n_faults + 1, sizeof(*arm->faults)));
	arm->faults[arm->n_faults] = (struct fault){ .address = address };
	return &arm->faults[arm->n_faults++];
}

/* Add the faults of the slot that ends to those of its arm. */
static void sum_up_faults(struct arm *arm)
{
	for (size_t i = 0; i < profile.n_listed; i++) {
		const struct counter *c = profile.listed[i];
		struct fault *fault;

		if (!c->fixed && !c->failed)
			continue;
		fault = fault_of(arm, c->address);
		fault->fixed += c->fixed;
		fault->failed += c->failed;
	}
}

static bool same_slot(const struct slot *a, const struct slot *b)
{
	return a->total == b->total && a->n == b->n && !memcmp(a->counts, b->counts, a->n * sizeof(*a->counts));
}

/* Where counts are exact, one of hundreds of slots is kept. */
static void keep_slot(struct arm *arm, struct slot slot)
{
	for (size_t i = 0; i < arm->n; i++) {
		if (!same_slot(&arm->slots[i], &slot))
			continue;
		arm->slots[i].times++;
		free(slot.counts);
		return;
	}
	if (arm->n == arm->room) {
		arm->room = arm->room ? 2 * arm->room : 8;
		arm->slots = checked(realloc(arm->slots, arm->room * sizeof(*arm->slots)));
	}
	slot.seen = arm->n;
	arm->slots[arm->n++] = slot;
}

static int by_total(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->total != y->total)
		return x->total > y->total ? 1 : -1;
	return (x->seen > y->seen) - (x->seen < y->seen);
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = profile.counters[((const struct count *)a)->index]->address;
	uint64_t y = profile.counters[((const struct count *)b)->index]->address;

	return (x > y) - (x < y);
}

static void write_arm(unsigned number, struct arm *arm)
{
	const struct slot *median = arm->slots;
	uint64_t slots = 0, below = 0;

	qsort(arm->slots, arm->n, sizeof(*arm->slots), by_total);
	for (size_t i = 0; i < arm->n; i++)
		slots += arm->slots[i].times;
	while (below + median->times < (slots + 1) / 2)
		below += median++->times;
	qsort(median->counts, median->n, sizeof(*median->counts), by_address);
	fprintf(profile.out, "arm %u %u slots %" PRIu64 " least %" PRIu64 " median %" PRIu64 " most %" PRIu64 "\n",
		profile.cell, number, slots, arm->slots[0].total, median->total, arm->slots[arm->n - 1].total);
	for (uint32_t i = 0; i < median->n; i++)
		fprintf(profile.out, "%" PRIx64 " %" PRIu32 "\n",
			profile.counters[median->counts[i].index]->address, median->counts[i].count);
	for (size_t i = 0; i < arm->n_faults; i++)
		fprintf(profile.out, "fault %" PRIx64 " %" PRIu64 " %" PRIu64 "\n", arm->faults[i].address,
			arm->faults[i].fixed, arm->faults[i].failed);
}

static void end_cell(void)
{
	for (unsigned a = 0; a < ARMS_MAX; a++) {
		struct arm *arm = &profile.arms[a];

		if (arm->n)
			write_arm(a, arm);
		for (size_t i = 0; i < arm->n; i++)
			free(arm->slots[i].counts);
		free(arm->slots);
		free(arm->faults);
		*arm = (struct arm){ 0 };
	}
	/* Another guest may be ended by a signal. */
	if (fflush(profile.out))
		fprintf(stderr, "faultbench profile: cannot write: %s\n", strerror(errno));
}

/* ---- what the guest runs ------------------------------------------------- */

static void insn_begins(unsigned int cpu, void *data)
{
	struct counter *c = data;

	(void)cpu;
	if (!profile.counting)
		return;
	c->count++;
	if (!c->listed) {
		c->listed = true;
		profile.listed[profile.n_listed++] = c;
	}
	profile.last = c;
}

static void fault_begins(unsigned int cpu, void *data)
{
	if (profile.counting && profile.last) {
		profile.last->count--;
		profile.last->fixed++;
		profile.faulted = profile.last;
		profile.entered = true;
	}
	insn_begins(cpu, data);
}

static void fixup_begins(unsigned int cpu, void *data)
{
	if (profile.counting && profile.faulted) {
		profile.faulted->fixed--;
		profile.faulted->failed++;
		profile.faulted = NULL;
	}
	insn_begins(cpu, data);
}

/* The marks are user space's: its counter is listed. */
static void abort_begins(unsigned int cpu, void *data)
{
	if (profile.counting && !profile.entered)
		counter_of(0)->fixed++;
	profile.entered = false;
	insn_begins(cpu, data);
}

static void marked(unsigned int cpu, void *data)
{
	uintptr_t mark = (uintptr_t)data;

	(void)cpu;
	switch (mark) {
	case MARKER_ZERO:
	case MARKER_ONE:
		profile.number = profile.number << 1 | (unsigned)mark;
		return;
	case MARKER_CELL:
		end_cell();
		profile.cell = profile.number;
		break;
	case MARKER_BEGIN:
		/* Of a slot that its process did not live to end. */
		free(take_slot().counts);
		profile.arm = profile.number;
		profile.last = profile.faulted = NULL;
		profile.entered = false;
		profile.counting = profile.number < ARMS_MAX;
		break;
	case MARKER_END:
		if (profile.counting) {
			sum_up_faults(&profile.arms[profile.arm]);
			keep_slot(&profile.arms[profile.arm], take_slot());
		}
		profile.counting = false;
		break;
	}
	profile.number = 0;
}

/* The mark that @insn is, or -1. The encodings are those of marker.h. */
static int mark_of(const struct qemu_plugin_insn *insn)
{
	uint32_t word[2] = { 0 }, mark;
	size_t size = profile.x86 ? 8 : 4;

	if (qemu_plugin_insn_size(insn) != size)
		return -1;
	if (profile.data_v3)
		profile.data_v3(insn, word, size);
	else
		memcpy(word, profile.data_v1(insn), size);
	if (profile.x86)
		mark = word[0] == 0x00841f0f ? word[1] - 0xfb170000 : MARKER_KINDS;
	else
		mark = (word[0] & 0xffe0001f) == 0xd2e0001f ? (word[0] >> 5 & 0xffff) - 0xfb00 : MARKER_KINDS;
	return mark < MARKER_KINDS ? (int)mark : -1;
}

/* Instructions of the kernel that are more than counted. */
static struct {
	const char *option;	/* that gives the address */
	void (*begins)(unsigned int cpu, void *data);
	uint64_t address;	/* 0: not given */
} places[] = {
	{ "fault=", fault_begins, 0 }, { "fixup=", fixup_begins, 0 }, { "abort=", abort_begins, 0 },
};

/* What happens when the instruction at @address begins. */
static void (*callback_at(uint64_t address))(unsigned int cpu, void *data)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (address && address == places[i].address)
			return places[i].begins;
	return insn_begins;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	size_t n = qemu_plugin_tb_n_insns(block);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		bool kernel = address >> KERNEL_BIT;
		int mark = kernel ? -1 : mark_of(insn);

		if (mark >= 0)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)mark);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(insn, callback_at(address), QEMU_PLUGIN_CB_NO_REGS,
							       counter_of(kernel ? address : 0));
	}
}

static void leaving(qemu_plugin_id_t id, void *data)
{
	(void)id, (void)data;
	end_cell();
	if (fclose(profile.out))
		fprintf(stderr, "faultbench profile: cannot write: %s\n", strerror(errno));
}

/* ---- loading ------------------------------------------------------------- */

/* QEMU reads the version once the constructors have run. */
__attribute__((constructor)) static void choose_version(void)
{
	qemu_plugin_version = qemu_plugin_scoreboard_new ? 2 : 1;
}

static const char *take_option(const char *option)
{
	if (!strncmp(option, "out=", 4) && !profile.out) {
		profile.out = fopen(option + 4, "we");
		return profile.out ? NULL : strerror(errno);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = strlen(places[i].option);
		char *end;

		if (strncmp(option, places[i].option, len))
			continue;
		places[i].address = strtoull(option + len, &end, 16);
		return *end || end == option + len ? "not a hexadecimal address" : NULL;
	}
	return "no such option: out=FILE, once, fault=ADDRESS, fixup=ADDRESS, abort=ADDRESS";
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	const char *wrong = NULL;

	profile.x86 = !strcmp(info->target_name, "x86_64");
	if (!profile.x86 && strcmp(info->target_name, "aarch64"))
		wrong = "knows x86_64 and aarch64 guests only";
	else if (!info->system_emulation || info->system.max_vcpus != 1)
		wrong = "needs a whole machine with one CPU (-smp 1)";
	if (wrong) {
		fprintf(stderr, "faultbench profile: %s\n", wrong);
		return 1;
	}
	for (int i = 0; i < argc; i++) {
		wrong = take_option(argv[i]);
		if (wrong) {
			fprintf(stderr, "faultbench profile: %s: %s\n", argv[i], wrong);
			return 1;
		}
	}
	if (!profile.out) {
		fprintf(stderr, "faultbench profile: out=FILE is missing\n");
		return 1;
	}
	fprintf(profile.out, "faultbench-profile 1 %s\n", info->target_name);
	if (info->version.cur >= 3)
		profile.data_v3 = (insn_data_v3)qemu_plugin_insn_data;
	else
		profile.data_v1 = (insn_data_v1)qemu_plugin_insn_data;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, leaving, NULL);
	return 0;
}
