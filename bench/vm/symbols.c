// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a System.map: "ffffffff81165af0 T fault_in_readable" a line, sorted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vm/symbols.h"

enum { MAP_SIZE_MAX = 64 << 20 };

/* arm64: the exception vector of a synchronous exception taken from the kernel. */
enum { VECTOR_EL1_SYNC = 0x200 };

static char *read_file(const char *path, struct reason *reason)
{
	FILE *in = fopen(path, "re");
	struct stat st;
	char *text = NULL;

	if (!in || fstat(fileno(in), &st))
		reason_set(reason, "%s: %s", path, strerror(errno));
	else if (st.st_size > MAP_SIZE_MAX)
		reason_set(reason, "%s: too large for a System.map", path);
	else if (!(text = calloc(1, (size_t)st.st_size + 1)))
		reason_set(reason, "%s: not enough memory", path);
	else if (fread(text, 1, (size_t)st.st_size, in) != (size_t)st.st_size) {
		reason_set(reason, "%s: cannot be read", path);
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

/* Of several names of one address the one that a person would say. */
static int plainness(const struct symbol *s)
{
	return (s->text ? 2 : 0) + (s->name[0] != '_');
}

/* Take one line apart. Returns 0: a symbol, 1: not wanted, -EINVAL: no such line. */
static int parse_line(char *line, struct symbol *symbol)
{
	char *end, type;

	symbol->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !end[3])
		return -EINVAL;
	type = end[1];
	symbol->name = end + 3;
	symbol->text = strchr("tTwW", type) != NULL;
	/* Absolute ones are not addresses; $x and $d mark arm64's code and data. */
	return type == 'a' || type == 'A' || symbol->name[0] == '$';
}

int symbols_read(struct symbols *s, const char *path, struct reason *reason)
{
	size_t lines = 1;
	int plain = 0;		/* the last one's */
	char *rest, *line;

	*s = (struct symbols){ .map = read_file(path, reason) };
	if (!s->map)
		return -EIO;
	for (const char *c = s->map; *c; c++)
		lines += *c == '\n';
	s->list = calloc(lines, sizeof(*s->list));
	if (!s->list)
		return reason_fail(reason, -ENOMEM, "%s: not enough memory", path);
	rest = s->map;
	for (unsigned number = 1; (line = strsep(&rest, "\n")) && *line; number++) {
		struct symbol symbol, *last = s->n ? &s->list[s->n - 1] : NULL;
		int unwanted = parse_line(line, &symbol);

		if (unwanted < 0 || (!unwanted && last && symbol.address < last->address))
			return reason_fail(reason, -EINVAL, "%s: line %u: not a line of a sorted System.map", path, number);
		if (unwanted)
			continue;
		if (!last || last->address != symbol.address)
			last = &s->list[s->n++];
		else if (plainness(&symbol) <= plain)
			continue;
		*last = symbol;
		plain = plainness(last);
	}
	if (s->n)
		return 0;
	return reason_fail(reason, -EINVAL, "%s: holds no symbols", path);
}

void symbols_free(struct symbols *s)
{
	free(s->list);
	free(s->map);
	*s = (struct symbols){ 0 };
}

const struct symbol *symbols_at(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && s->list[low - 1].text ? &s->list[low - 1] : NULL;
}

uint64_t symbols_address(const struct symbols *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->list[i].name, name))
			return s->list[i].address;
	return 0;
}

uint64_t symbols_fault_entry(const struct symbols *s)
{
	const uint64_t entry = symbols_address(s, "asm_exc_page_fault"), vectors = symbols_address(s, "vectors");

	return entry ? entry : vectors ? vectors + VECTOR_EL1_SYNC : 0;
}
