// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/fault_sites.h"

enum { SITES_MAX = 4096 };

static bool same(const struct fault_site *a, const struct fault_site *b)
{
	return a->user == b->user && a->exception == b->exception && a->failed == b->failed &&
	       !strcmp(a->function, b->function) && !strcmp(a->mapping, b->mapping);
}

int fault_sites_add(struct fault_sites *s, const struct fault_site *site, uint64_t count)
{
	struct fault_count *list;

	for (size_t i = 0; i < s->n; i++) {
		if (same(&s->list[i].site, site)) {
			s->list[i].count += count;
			return 0;
		}
	}
	if (s->n == SITES_MAX)
		return -E2BIG;
	list = reallocarray(s->list, s->n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	s->list = list;
	s->list[s->n++] = (struct fault_count){ .site = *site, .count = count };
	return 0;
}

void fault_sites_free(struct fault_sites *s)
{
	free(s->list);
	*s = (struct fault_sites){ 0 };
}
