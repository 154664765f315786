// SPDX-License-Identifier: GPL-2.0-or-later
/* What 'faultbench record' left in folders: a table of fault sites a pass, and a flame graph on a host. */
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cmd/report.h"

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The last two parts of @path: what is published has no home directory. */
static const char *short_name(const char *path)
{
	const char *at = path + strlen(path);

	for (int parts = 0; at > path; at--)
		if (at[-1] == '/' && ++parts == 2)
			break;
	return at;
}

static int add_pass(struct report *r, const char *sites_path)
{
	const size_t len = strlen(sites_path) - strlen("/sites.txt");
	struct page_picture pass = { .sites = report_read(fopen(sites_path, "re"), sites_path) };
	char *dir = strndup(sites_path, len), *flame = NULL;
	FILE *file = NULL;

	if (dir && asprintf(&flame, "%s/flame.svg", dir) >= 0)
		file = fopen(flame, "re");	/* a guest's pass has none */
	if (file)
		pass.svg = report_read(file, flame);
	if (dir)
		pass.name = strdup(short_name(dir));
	free(flame);
	free(dir);
	if (pass.sites && pass.name && (pass.svg || !file))
		return report_add(r, pass);
	page_picture_free(&pass);
	return say_bad("%s: cannot be read", sites_path);
}

int report_add_passes(struct report *r, const char *folder, int depth, size_t *n)
{
	char *const roots[] = { (char *)(uintptr_t)folder, NULL };
	FTS *tree = fts_open(roots, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	int status = 0;

	if (!tree)
		return say_bad("%s: %s", folder, strerror(errno));
	while (!status && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_D && entry->fts_level > 0 &&
		    (entry->fts_level > depth || entry->fts_name[0] == '.'))
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info != FTS_F || strcmp(entry->fts_name, "sites.txt") != 0)
			continue;
		status = add_pass(r, entry->fts_path);
		++*n;
	}
	fts_close(tree);
	return status;
}
