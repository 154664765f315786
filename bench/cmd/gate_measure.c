// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sides of a gate that are measured: strategies inside one boot, kernel images, and
 * revisions of a git tree, whose kernels are built first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "analysis/formats.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "cmd/gate.h"
#include "measure/tables.h"
#include "vm/kernel.h"

/* Without --budget, for what is timed at a place. */
static const uint64_t default_budget_ns = UINT64_C(120000000000);

/* Say what is compared and by which rules, before the first number. */
static void say_plan(const struct gating *a, const struct plan *plan)
{
	const bool counts = plan->items[0].job.tier == TIER_COUNTS;
	struct gate_plan shown = a->plan;
	struct document d;

	shown.budget_ns = counts ? 0 : plan->budget_ns;
	document_begin(&d, stderr, &plain_style);
	gate_write_plan(&d, &shown, counts, !counts, plan->jobs * a->n_places);
	document_end(&d);
}

static bool enough(const struct results *so_far, void *arg)
{
	const struct gating *a = arg;
	struct gate g;
	bool precise = !gate_judge(so_far, so_far, &a->plan, &g) && gate_precise(&g);

	gate_free(&g);
	return precise;
}

struct gate_cell *gate_find_cell(const struct gate *g, const struct job *job, bool (*wanted)(const struct gate_cell *))
{
	for (size_t i = 0; i < g->n_cells; i++) {
		struct gate_cell *c = &g->cells[i];

		if (wanted(c) && !strcmp(c->workload, job->workload) && !strcmp(c->target, job->target) &&
		    !strcmp(c->layout, layout_names[job->layout]) && !strcmp(c->place, job->place) &&
		    c->cold_fraction == job->cold_fraction)
			return c;
	}
	return NULL;
}

void gate_keep_jobs(struct plan *plan, const struct gate *g, bool (*wanted)(const struct gate_cell *))
{
	unsigned n = 0;

	for (unsigned i = 0; i < plan->n; i++) {
		if (!gate_find_cell(g, &plan->items[i].job, wanted))
			continue;
		plan->items[n] = plan->items[i];
		memcpy(plan->statuses[n++], plan->statuses[i], sizeof(*plan->statuses));
	}
	plan->n = plan->jobs = n;
}

/* Counts that are not exact, of fewer boots than a verdict takes. */
static bool lacks_boots(const struct gate_cell *c)
{
	return c->boots && c->n < c->needed;
}

/* Measure @request into @results, or of it the cells of @lacking that lack boots. Returns an enum status. */
static int measure(struct gating *a, const struct request *request, struct results *results,
		   const struct gate *lacking)
{
	struct plan plan = { .n = 0 };
	struct outcome outcome;
	int status = plan_make(request, &plan);

	if (!status && lacking)
		gate_keep_jobs(&plan, lacking, lacks_boots);
	if (!request->repetitions) {
		plan.enough = enough;
		plan.enough_arg = a;
	}
	if (!status && !a->plan_said)
		say_plan(a, &plan);
	a->plan_said = true;
	if (!status && a->m.dry_run)
		status = plan_print(&plan);
	else if (!status && plan.n && plan_run(&plan, request, a->command, -1, results, &outcome))
		status = STATUS_BAD_INPUT;
	plan_free(&plan);
	return status;
}

static bool is_counted(const char *place)
{
	return !strncmp(place, "vm:", 3) && !strstr(place, "accel=kvm");
}

static int add_place(const char *place, void *arg)
{
	struct gating *a = arg;

	if (a->n_places == GATE_PLACES_MAX)
		return say_bad("--on: more than %d places", GATE_PLACES_MAX);
	a->places[a->n_places] = strdup(place);
	return a->places[a->n_places++] ? STATUS_OK : say_bad("not enough memory");
}

static bool is_strategy(const char *side)
{
	size_t stride;

	return strategy_find(BACKEND_USER, side, &stride) || strategy_find(BACKEND_KERNEL, side, &stride);
}

/* "X,Y" or, where instructions are counted, as many of either as show a resolution. The caller frees it. */
static char *strategy_list(const struct gating *a, bool counts)
{
	char *list = NULL;
	size_t size;
	FILE *out = open_memstream(&list, &size);

	for (int side = 0; out && side < 2; side++)
		for (int i = 0; i < (counts ? JOB_RESOLUTION_ARMS : 1); i++)
			fprintf(out, "%s%s", side || i ? "," : "", a->sides[side]);
	if (!out || fclose(out))
		return NULL;
	return list;
}

static int measure_strategies(struct gating *a)
{
	int status = STATUS_OK;

	for (int i = 0; i < 2; i++)
		a->plan.strategies[i] = a->sides[i];
	for (size_t i = 0; i < a->n_places && !status && !interrupted; i++) {
		const bool counts = is_counted(a->places[i]);
		struct request request = a->m.request;
		char *list = strategy_list(a, counts);

		request.place = a->places[i];
		if (!counts) {
			request.budget_ns = a->m.request.budget_ns ? a->m.request.budget_ns : default_budget_ns;
			request.most_repetitions = JOB_REPETITIONS_MAX;
		}
		request.strategies = list;
		request.baseline = a->sides[0];
		status = list ? measure(a, &request, &a->results[0], NULL) : say_bad("not enough memory");
		free(list);
	}
	return status;
}

static bool is_image(const char *side)
{
	char *first = strndup(side, strcspn(side, ","));
	bool is = first && !access(first, F_OK);

	free(first);
	return is;
}

/* The images of @side, one for each place. */
static int take_images(struct gating *a, int side)
{
	char *copy = strdup(a->sides[side]), *rest = copy, *word;
	size_t n = 0;

	while (copy && n < GATE_PLACES_MAX && (word = strsep(&rest, ",")))
		a->images[side][n++] = strdup(word);
	free(copy);
	if (n == a->n_places && !rest)
		return STATUS_OK;
	return say_bad("--%s names %zu image%s, and there %s %zu place%s: one for each --on", side ? "head" : "base", n,
		       n > 1 ? "s" : "", a->n_places > 1 ? "are" : "is", a->n_places, a->n_places > 1 ? "s" : "");
}

/* Whether both sides are the same bytes everywhere. */
static bool same_images(const struct gating *a)
{
	bool same = true;

	for (size_t i = 0; i < a->n_places && same; i++)
		same = revision_same_image(a->images[0][i], a->images[1][i]);
	return same;
}

char *gate_image_request(const struct gating *a, size_t i, int side, unsigned boot, struct request *request)
{
	char *place, shift[32] = "";

	if (boot)
		snprintf(shift, sizeof(shift), ",shift=%u", boot);
	*request = a->m.request;
	if (asprintf(&place, "%s,kernel=%s%s", a->places[i], a->images[side][i], shift) < 0)
		return NULL;
	request->place = place;
	request->strategies = "native";
	request->budget_ns = 0;
	return place;
}

/* What is measured of an image. */
struct sample {
	size_t place;
	int side;
	unsigned boot;		/* of counts; each has another start */
	uint64_t budget_ns;
	const struct gate *lacking;	/* only its cells that lack boots; NULL: all */
};

static int measure_image(struct gating *a, const struct sample *s)
{
	struct request request;
	char *place = gate_image_request(a, s->place, s->side, s->boot, &request);
	int status;

	if (!place)
		return say_bad("not enough memory");
	request.budget_ns = s->budget_ns;
	status = measure(a, &request, &a->results[s->side], s->lacking);
	free(place);
	return status;
}

/* Boots in pairs, either side first by chance. */
static int measure_pairs(struct gating *a, size_t i)
{
	const uint64_t all = a->m.request.budget_ns ? a->m.request.budget_ns : 5 * default_budget_ns;
	unsigned chance = (unsigned)a->m.request.seed;
	int status = STATUS_OK;

	for (uint64_t pair = 0; pair < a->pairs && !status && !interrupted; pair++) {
		const int one = rand_r(&chance) >> 8 & 1;

		for (int k = 0; k < 2 && !status && !interrupted; k++)
			status = measure_image(a, &(struct sample){ .place = i, .side = one ^ k,
						   .budget_ns = all / a->pairs / 2 });
		if (a->m.dry_run)
			break;
	}
	return status;
}

/* Measure both sides at each place where instructions are counted, once. */
static int measure_boot(struct gating *a, unsigned boot, const struct gate *lacking)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < a->n_places; i++)
		for (int side = 0; side < 2 && is_counted(a->places[i]) && !status && !interrupted; side++)
			status = measure_image(a, &(struct sample){ .place = i, .side = side, .boot = boot,
						   .lacking = lacking });
	return status;
}

/* More boots, until no cell lacks any. */
static int measure_boots(struct gating *a)
{
	int status = STATUS_OK;
	size_t lacking = 1;

	for (unsigned boot = 1; lacking && !status && !interrupted; boot++) {
		struct gate g;
		size_t needed = 0;

		lacking = 0;
		if (gate_judge(&a->results[0], &a->results[1], &a->plan, &g))
			status = say_bad("not enough memory");
		/* A boot that failed is not repeated. */
		for (size_t i = 0; i < g.n_cells && !status; i++)
			if (lacks_boots(&g.cells[i]) && boot < g.cells[i].needed) {
				lacking++;
				needed = g.cells[i].needed;
			}
		if (lacking && boot == 1)
			say("%zu cell%s not exact: %zu more boots of each kernel", lacking, lacking > 1 ? "s are" : " is",
			    needed - 1);
		if (lacking)
			status = measure_boot(a, boot, &g);
		gate_free(&g);
	}
	return status;
}

/*
 * Measure a->images of both sides at each place: counts one after the other, or boots in
 * pairs where the place has time; nothing where both sides are the same.
 */
static int measure_built(struct gating *a)
{
	int status = STATUS_OK;

	/* The locks end with this process. */
	for (size_t i = 0; i < a->n_places; i++)
		for (int side = 0; side < 2; side++)
			vm_kernel_lock(a->images[side][i]);
	a->same_images = same_images(a);
	if (a->same_images)
		return STATUS_OK;
	for (size_t i = 0; i < a->n_places && !status && !interrupted; i++)
		if (!is_counted(a->places[i]))
			status = measure_pairs(a, i);
	if (!status)
		status = measure_boot(a, 0, NULL);
	return status ? status : measure_boots(a);
}

static int measure_images(struct gating *a)
{
	int status = STATUS_OK;

	for (int side = 0; side < 2 && !status; side++)
		status = take_images(a, side);
	return status ? status : measure_built(a);
}

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

static bool is_revision(const char *side)
{
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
	int status = STATUS_OK;

	a->revisions.dry_run = a->m.dry_run;
	for (size_t i = 0; i < a->n_places && !status; i++)
		status = build(a, i);
	for (size_t i = 0; i < a->n_places && !status; i++)
		if (!strcmp(a->images[0][i], "none") || !strcmp(a->images[1][i], "none"))
			return STATUS_OK;	/* a dry run */
	return status ? status : measure_built(a);
}

/* What is compared, in the order in which a side is taken for one. */
static const struct {
	const char *what;
	bool (*is)(const char *side);
	bool boots;	/* a guest of this machine's architecture, not the host, unless --on is given */
	int (*measure)(struct gating *a);
} kinds[] = {
	{ "strategies", is_strategy, false, measure_strategies },
	{ "kernel images", is_image, true, measure_images },
	{ "revisions", is_revision, true, measure_revisions },
};

int gate_measure(struct gating *a)
{
	const char *place = "host";
	struct utsname host;
	size_t kind = 0;

	if (!a->sides[0])
		return say_bad("nothing to judge: give two result files, or --base X --head Y; see 'faultbench gate "
			       "--help'");
	if (!a->m.request.workloads)
		a->m.request.workloads = "seq-4k,anon-cold-4k";
	while (!kinds[kind].is(a->sides[0]))
		kind++;
	if (!kinds[kind].is(a->sides[1]))
		return say_bad("'%s' is one of the %s, '%s' is not", a->sides[0], kinds[kind].what, a->sides[1]);
	a->plan.seed = a->m.request.seed;
	for (int side = 0; side < 2; side++)
		a->plan.sides[side] = a->sides[side];
	uname(&host);
	if (kinds[kind].boots)
		place = strcmp(host.machine, "aarch64") ? "vm:x86_64" : "vm:arm64";
	return measuring_each_place(a->on ? a->on : place, add_place, a) ? STATUS_BAD_INPUT : kinds[kind].measure(a);
}
