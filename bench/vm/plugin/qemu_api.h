/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few functions of QEMU's TCG plugin API that plugin.c calls, as QEMU's
 * manual describes them ("QEMU TCG Plugins"); distributions do not package
 * its header. Where versions of the API differ:
 *
 *	1	QEMU to 8.2
 *	2	9.0, which loads nothing older; all that is used here is the same
 *	3	9.1: qemu_plugin_insn_data() copies to where it is told
 */
#ifndef FAULTBENCH_QEMU_API_H
#define FAULTBENCH_QEMU_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;

/* What QEMU tells about itself; valid during qemu_plugin_install(). */
typedef struct {
	const char *target_name;	/* "x86_64", "aarch64" */
	struct {
		int min, cur;		/* versions of the API it speaks */
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
} qemu_info_t;

struct qemu_plugin_tb;		/* a block that is being translated */
struct qemu_plugin_insn;	/* one of its instructions */

enum { QEMU_PLUGIN_CB_NO_REGS = 0 };	/* a callback that touches no registers */

/* What QEMU looks for in a plugin. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
		void (*translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
		void (*leaving)(qemu_plugin_id_t id, void *data), void *data);
/* Has @run called each time that @insn begins. */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
		void (*run)(unsigned int cpu, void *data), int flags, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

/* There from version 2 on. */
__attribute__((weak)) void *qemu_plugin_scoreboard_new(size_t size);

/* qemu_plugin_insn_data(), called by the version that QEMU speaks. */
typedef const void *(*insn_data_v1)(const struct qemu_plugin_insn *insn);
typedef size_t (*insn_data_v3)(const struct qemu_plugin_insn *insn, void *to, size_t size);
void qemu_plugin_insn_data(void);

#endif
