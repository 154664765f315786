// SPDX-License-Identifier: GPL-2.0-or-later
/* The sides of a gate that are revisions of a git tree: their kernels are built first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/say.h"
#include "cmd/gate.h"

int gate_take_revisions(struct gating *a, char ***files)
{
	struct revision_request *q = &a->revisions;
	char *range = **files;
	struct reason reason;

	if (range && !(*files)[1] && strstr(range, "..") && access(range, F_OK)) {
		if (a->sides[0] || a->sides[1] || q->head_patch)
			return say_bad("%s: leave out --base, --head and --head-patch", range);
		if (revision_range(q, range, &reason))
			return say_bad("%s", reason.text);
		a->sides[0] = q->base;
		a->sides[1] = q->head;
		++*files;
	} else if (q->head_patch) {
		if (a->sides[1] || range)
			return say_bad("--head-patch: leave out --head and files");
		q->base = a->sides[0];
		a->sides[0] = a->sides[0] ? a->sides[0] : "base-commit";
		a->sides[1] = q->head_patch;
	} else {
		q->base = a->sides[0];
		q->head = a->sides[1];
		if (q->tree && !q->head && q->base)
			a->sides[1] = "HEAD";
	}
	return STATUS_OK;
}

static bool is_revision(const struct gating *a, const char *side)
{
	(void)a;
	(void)side;
	return true;
}

/* The architecture of place @name, as kernel/build has it, in @arch; false where no image can be given to it. */
static bool arch_of(const char *name, char arch[16])
{
	return sscanf(name, "vm:%15[^,-]", arch) == 1;
}

/* Build both sides for place @i. */
static int build(struct gating *a, size_t i)
{
	struct revision sides[2];
	char arch[16];
	int status;

	if (!arch_of(a->places[i], arch))
		return say_bad("revisions are measured in guests: --on vm:x86_64 or vm:arm64, not %s", a->places[i]);
	status = revisions_build(&a->revisions, arch, sides);
	for (int side = 0; side < 2 && !status; side++) {
		/* Without a tag it is the commit. */
		snprintf(a->labels[side], sizeof(a->labels[side]), "%.12s%s%s", sides[side].commit,
			 strncmp(sides[side].commit, sides[side].name, 12) ? " " : "",
			 strncmp(sides[side].commit, sides[side].name, 12) ? sides[side].name : sides[side].name + 12);
		a->plan.sides[side] = a->labels[side];
		a->images[side][i] = strdup(sides[side].image);
		if (!a->images[side][i])
			status = say_bad("not enough memory");
	}
	if (!status && !strcmp(sides[1].parent, sides[0].commit)) {
		snprintf(a->commit, sizeof(a->commit), "%s", sides[1].commit);
		a->plan.commit = a->commit;
	}
	return status;
}

static int measure_revisions(struct gating *a)
{
	struct utsname host;
	int status;

	uname(&host);
	status = gate_default_place(a, strcmp(host.machine, "aarch64") ? "vm:x86_64" : "vm:arm64");
	a->revisions.dry_run = a->m.dry_run;
	for (size_t i = 0; i < a->n_places && !status; i++)
		status = build(a, i);
	for (size_t i = 0; i < a->n_places && !status; i++)
		if (!strcmp(a->images[0][i], "none") || !strcmp(a->images[1][i], "none"))
			return STATUS_OK;	/* a dry run */
	return status ? status : gate_measure_images(a);
}

const struct gate_side_kind gate_revisions = { "revisions", is_revision, measure_revisions };
