// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of a profile from the shell, for a guest that was started by hand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/profile_table.h"

static const char usage[] =
	"usage: fold fault SYSTEM.MAP      the address that the plugin takes as fault=\n"
	"       fold list PROFILE          its cells and arms\n"
	"       fold table SYSTEM.MAP PROFILE CELL BASE ARM PAGES [CLOCK CLOCK]\n"
	"\n"
	"  PAGES   pages that a slot writes, may be a fraction\n"
	"  CLOCK   what the guest's clock showed for the median slot of BASE and of ARM\n";

static int bad_usage(void)
{
	fputs(usage, stderr);
	return 2;
}

static int fail(const struct reason *reason)
{
	fprintf(stderr, "fold: %s\n", reason->text);
	return 1;
}

static bool take_number(const char *text, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end;
}

static int command_fault(const char *map)
{
	struct symbols s;
	struct reason reason;
	int err = symbols_read(&s, map, &reason);

	if (!err && !symbols_fault_entry(&s))
		err = reason_fail(&reason, -1, "%s: neither asm_exc_page_fault nor vectors in it", map);
	if (!err)
		printf("%" PRIx64 "\n", symbols_fault_entry(&s));
	symbols_free(&s);
	return err ? fail(&reason) : 0;
}

static int command_list(const char *path)
{
	struct profile p = { 0 };
	struct reason reason;
	int err = profile_read(&p, path, &reason);

	for (size_t i = 0; !err && i < p.n; i++)
		printf("cell %u arm %u: %" PRIu64 " slots of %" PRIu64 " to %" PRIu64 " instructions, median %"
		       PRIu64 "\n", p.arms[i].cell, p.arms[i].arm, p.arms[i].slots, p.arms[i].least,
		       p.arms[i].most, p.arms[i].median);
	profile_free(&p);
	return err ? fail(&reason) : 0;
}

static int command_table(char **argv)
{
	uint64_t cell, base_arm, arm, clocks[2] = { 0 };
	double pages = strtod(argv[5], NULL);
	struct profile_side base, side;
	struct symbols s = { 0 };
	struct profile p = { 0 };
	struct reason reason;
	int err;

	if (!take_number(argv[2], &cell) || !take_number(argv[3], &base_arm) || !take_number(argv[4], &arm) ||
	    !(pages > 0) ||
	    (argv[6] && (!take_number(argv[6], &clocks[0]) || !take_number(argv[7], &clocks[1]))))
		return bad_usage();
	err = symbols_read(&s, argv[0], &reason);
	if (!err)
		err = profile_read(&p, argv[1], &reason);
	if (!err) {
		base = (struct profile_side){ argv[3], profile_find(&p, (unsigned)cell, (unsigned)base_arm), clocks[0] };
		side = (struct profile_side){ argv[4], profile_find(&p, (unsigned)cell, (unsigned)arm), clocks[1] };
		if (!base.arm || !side.arm)
			err = reason_fail(&reason, -1, "%s: no such cell and arms; see fold list", argv[1]);
	}
	if (!err && profile_table(stdout, &s, &base, &side, pages))
		err = reason_fail(&reason, -1, "not enough memory");
	profile_free(&p);
	symbols_free(&s);
	return err ? fail(&reason) : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "fault"))
		return command_fault(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "list"))
		return command_list(argv[2]);
	if ((argc == 8 || argc == 10) && !strcmp(argv[1], "table"))
		return command_table(argv + 2);
	return bad_usage();
}
