/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels of two revisions of a git tree; kernel/revision builds them. */
#ifndef FAULTBENCH_VM_REVISION_H
#define FAULTBENCH_VM_REVISION_H

#include <stdbool.h>

#include "base/reason.h"

/* What is to be built. NULL: not given. */
struct revision_request {
	const char *tree;	/* folder of a repository; default: the current one */
	const char *base;	/* default: HEAD, or base-commit: of the series */
	const char *head;	/* default: HEAD */
	const char *head_patch;	/* a file with a series of patches instead; "-": standard input */
	const char *config;	/* a file; default: the suite's */
	bool dry_run;
	int series;		/* private: what standard input held; 0: not read yet */
};

struct revision {
	char commit[72];	/* all digits */
	char parent[72];	/* its first; "-": none in the repository */
	char image[4096];	/* path */
	char name[256];		/* as git describe has it */
};

/* Set base and head of @q from "A..B", in @range, which is changed. Returns 0 or -EINVAL with @reason. */
int revision_range(struct revision_request *q, char *range, struct reason *reason);

/*
 * Build base and head of @q, or find them in the cache, for @arch, as kernel/build
 * names it. Progress and what is wrong go to standard error. Returns STATUS_OK or
 * STATUS_BAD_INPUT.
 */
int revisions_build(struct revision_request *q, const char *arch, struct revision sides[2]);

/* Whether the images at @a and @b have the same bytes. */
bool revision_same_image(const char *a, const char *b);

#endif
