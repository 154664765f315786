// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for a QEMU whose plugin API is newer than that of the QEMU at
 * hand: it loads the plugin, checks the version that the plugin asks for, and
 * has it see a handful of instructions. It knows nothing of blocks or guests.
 *
 *	fake_qemu PLUGIN OUT
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "format/marker.h"
#include "vm/plugin/qemu_api.h"

enum { NEWEST = 4, OLDEST = 2, FAULT_ENTRY = 7 };

struct qemu_plugin_insn {
	uint64_t address;
	unsigned char bytes[8];
	size_t size;
	void (*run)(unsigned int cpu, void *data);
	void *data;
};

struct qemu_plugin_tb {
	struct qemu_plugin_insn *insns;
	size_t n;
};

#define KERNEL(number)	(UINT64_C(0xffffffff81000000) + (number))
#define MARK(mark)	{ .address = 0x400000, .size = 8, \
			  .bytes = { 0x0f, 0x1f, 0x84, 0x00, mark, 0x00, 0x17, 0xfb } }

/* The first ones are the marks, in the order of marker.h. */
static struct qemu_plugin_insn insns[] = {
	MARK(MARKER_ZERO), MARK(MARKER_ONE), MARK(MARKER_CELL), MARK(MARKER_BEGIN), MARK(MARKER_END),
	{ .address = 0x400100, .size = 1, .bytes = { 0x90 } },
	{ .address = KERNEL(6), .size = 3 },
	{ .address = KERNEL(FAULT_ENTRY), .size = 3 },
};

static void (*on_translation)(qemu_plugin_id_t id, struct qemu_plugin_tb *block);
static void (*on_exit)(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
		void (*translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *block))
{
	(void)id;
	on_translation = translated;
}

void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
		void (*leaving)(qemu_plugin_id_t id, void *data), void *data)
{
	(void)id, (void)data;
	on_exit = leaving;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
		void (*run)(unsigned int cpu, void *data), int flags, void *data)
{
	(void)flags;
	insn->run = run;
	insn->data = data;
}

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block)
{
	return block->n;
}

struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index)
{
	return &block->insns[index];
}

uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn)
{
	return insn->address;
}

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn)
{
	return insn->size;
}

/* As of version 3; the header of the plugin leaves its type open. */
size_t fake_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size)
	__asm__("qemu_plugin_insn_data");

size_t fake_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size)
{
	memcpy(to, insn->bytes, size < insn->size ? size : insn->size);
	return insn->size;
}

void *qemu_plugin_scoreboard_new(size_t size)
{
	(void)size;
	return NULL;
}

static void run(size_t index)
{
	insns[index].run(0, insns[index].data);
}

static void send(unsigned number, size_t mark)
{
	for (int bit = MARKER_BITS - 1; bit >= 0; bit--)
		run(number >> bit & 1 ? MARKER_ONE : MARKER_ZERO);
	run(mark);
}

int main(int argc, char **argv)
{
	static const size_t slot[] = { 5, 6, 6, FAULT_ENTRY, 6, 5 };
	qemu_info_t info = { "x86_64", { OLDEST, NEWEST }, true, { 1, 1 } };
	struct qemu_plugin_tb block = { insns, sizeof(insns) / sizeof(insns[0]) };
	int (*install)(qemu_plugin_id_t id, const qemu_info_t *to, int n, char **options);
	char out[4096], fault[64], *options[] = { out, fault };
	void *plugin = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	int *version;

	if (!plugin) {
		fprintf(stderr, "fake_qemu PLUGIN OUT: %s\n", argc == 3 ? dlerror() : "two arguments");
		return 2;
	}
	version = dlsym(plugin, "qemu_plugin_version");
	if (!version || *version < OLDEST || *version > NEWEST) {
		fprintf(stderr, "the plugin wants version %d\n", version ? *version : -1);
		return 1;
	}
	snprintf(out, sizeof(out), "out=%s", argv[2]);
	snprintf(fault, sizeof(fault), "fault=%llx", (unsigned long long)KERNEL(FAULT_ENTRY));
	*(void **)&install = dlsym(plugin, "qemu_plugin_install");
	if (!install || install(1, &info, 2, options))
		return 1;
	on_translation(1, &block);
	run(6);
	send(300, MARKER_CELL);
	for (int times = 0; times < 3; times++) {
		send(5, MARKER_BEGIN);
		for (size_t i = 0; i < sizeof(slot) / sizeof(slot[0]); i++)
			run(slot[i]);
		run(MARKER_END);
		run(5);
	}
	on_exit(1, NULL);
	return 0;
}
