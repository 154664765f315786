// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "format/names.h"

bool name_ok(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@/#+=-";
	const size_t len = strspn(name, good);

	return len && len < NAME_SIZE && !name[len];
}

size_t name_stem(const char *name)
{
	return strcspn(name, "#");
}

bool name_same_stem(const char *a, const char *b)
{
	return name_stem(a) == name_stem(b) && !strncmp(a, b, name_stem(a));
}

/* Bytes of @name without ".ini"; a name that is only ".ini" keeps it. */
static size_t without_suffix(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && !strcmp(name + len - 4, ".ini") ? len - 4 : len;
}

bool name_is_file(const char *name)
{
	return strchr(name, '/') || without_suffix(name) < strlen(name);
}

const char *name_of_file(const char *path, size_t *len)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	*len = without_suffix(name);
	return name;
}

/* The names of enum @set, and the table of them. */
#define NAMES(set, what_, ...) \
	const char *const set##_names[] = { __VA_ARGS__, NULL }; \
	static const char *set##_name(size_t i) \
	{ \
		return set##_names[i]; \
	} \
	const struct table set##_table = { .what = what_, .name = set##_name }

NAMES(backend, "back end", [BACKEND_USER] = "user", [BACKEND_KERNEL] = "kernel");
NAMES(tier, "tier", [TIER_TIME] = "time", [TIER_COUNTS] = "counts");
NAMES(unit, "unit", [UNIT_NS] = "ns", [UNIT_INSTRUCTIONS] = "instructions");
NAMES(op, "op", [OP_WRITE] = "write", [OP_PWRITE] = "pwrite", [OP_WRITEV] = "writev",
      [OP_READ] = "read");
NAMES(layout, "layout", [LAYOUT_FRESH] = "fresh", [LAYOUT_EXTEND] = "extend",
      [LAYOUT_OVERWRITE] = "overwrite");
NAMES(result_type, "type", [RESULT_CONTEXT] = "context", [RESULT_CELL] = "cell",
      [RESULT_FAILURE] = "failure", [RESULT_CALIBRATION] = "calibration");

_Static_assert(sizeof(op_names) / sizeof(op_names[0]) == N_OPS + 1, "a name for each op");
_Static_assert(sizeof(layout_names) / sizeof(layout_names[0]) == N_LAYOUTS + 1, "a name for each layout");

const char *const counter_names[N_COUNTERS + 1] = {
	[COUNT_MINOR_FAULTS] = "minor_faults",
	[COUNT_MAJOR_FAULTS] = "major_faults",
	[COUNT_EXCEPTIONS_KERNEL] = "exceptions_kernel",
	[COUNT_EXCEPTIONS_USER] = "exceptions_user",
	[COUNT_CONTEXT_SWITCHES] = "context_switches",
	[COUNT_INSTRUCTIONS] = "instructions",
	[COUNT_CYCLES] = "cycles",
	[COUNT_SHORT_COPIES] = "short_copies",
	[COUNT_FAULT_INS] = "fault_ins",
	[COUNT_RETRIES] = "retries",
	[COUNT_COPY_EXCEPTIONS] = "copy_exceptions",
};
