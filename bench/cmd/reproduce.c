// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench reproduce: the published measurements on this machine and in guests, and
 * the published tables next to them. analysis/reproduce_table.c has tables and rules.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/formats.h"
#include "analysis/reproduce_table.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "base/sysfile.h"
#include "cmd/command.h"
#include "cmd/measuring.h"
#include "disk/memory.h"
#include "measure/tables.h"
#include "place/dd.h"

struct reproducing {
	struct measuring m;	/* first: rows of options are about its members */
	const char *places;
	bool as_published, verify;
};

#define ROW(member, ...) { .offset = offsetof(struct reproducing, member), __VA_ARGS__ }

static const struct option_row options[] = {
	ROW(places, .name = "on", .type = OPTION_LIST, .argument = "LIST", .by_default = "host",
	    .help = "places, as in host,vm:x86_64,vm:arm64"),
	ROW(verify, .name = "verify", .type = OPTION_FLAG,
	    .help = "also the published gains of copying first: small writes to tmpfs"),
	ROW(as_published, .name = "as-published", .type = OPTION_FLAG,
	    .help = "on brd where there is one, and with what the time of dd consists of"),
	{ .name = NULL },
};

static const struct syntax syntax = {
	.tables = { options, measuring_budget, measuring_where, measuring_cpu, measuring_output },
	.defaults = { { "target", "ext4,btrfs" }, { "budget", "120s" } },
	.doc = "Measure the published case (512 MB in blocks of 1 MB from /dev/zero, a read every 16 bytes against "
	       "a read per page) and print the published table next to it.\v"
	       "Exit status: 0 if everything was measured that these places can measure, 3 if some of it, 4 if nothing.",
};

/* Who measures it: a place where time passes, or one that counts; the first target alone, or a given one. */
static const struct experiment {
	bool timed, counted, kernel, first_target, verify;
	const char *workloads, *strategies, *layouts, *target;
	unsigned share;		/* of the budget */
} experiments[] = {
	{ .timed = true, .workloads = REPRODUCE_WORKLOAD, .strategies = "touch,touch:16,null", .share = 4 },
	{ .timed = true, .first_target = true, .workloads = REPRODUCE_WORKLOAD, .share = 2,
	  .strategies = "touch,touch:32,touch:64,touch:128,touch:256,touch:512,touch:1024,touch:2048,touch:4096" },
	{ .timed = true, .kernel = true, .workloads = REPRODUCE_WORKLOAD, .strategies = "pre,probe:16,probe-each:16",
	  .share = 4 },
	{ .timed = true, .kernel = true, .first_target = true, .workloads = REPRODUCE_WORKLOAD, .share = 2,
	  .strategies = "pre,probe:32,probe:64,probe:128,probe:256,probe:512,probe:1024,probe:2048,probe:4096" },
	{ .counted = true, .kernel = true, .workloads = REPRODUCE_WORKLOAD,
	  .strategies = "pre,probe:16,probe-each:16,probe:32,probe:64,probe:128,probe:256,probe:512,probe:1024,"
			"probe:2048,probe:4096" },
	{ .counted = true, .workloads = REPRODUCE_WORKLOAD, .strategies = "touch,touch:16" },
	{ .timed = true, .counted = true, .kernel = true, .verify = true, .workloads = REPRODUCE_VERIFY,
	  .strategies = "pre,post", .layouts = "overwrite", .target = "tmpfs", .share = 4 },
};

enum { N_EXPERIMENTS = sizeof(experiments) / sizeof(experiments[0]), DD_ROWS_MAX = 32, DD_RUNS = 6 };

/* All that is measured, and how it went. */
struct session {
	const struct reproducing *asked;
	const char *command;
	int fd;			/* of the result file, or -1 */
	struct results results;
	struct outcome outcome;
	struct dd_row dd[DD_ROWS_MAX];
	size_t n_dd;
	unsigned missing;	/* places that cannot be used; experiments of --dry-run that cannot be measured */
	unsigned possible;	/* experiments of --dry-run that can, if only in part */
};

/* A place that is measured. */
struct setting {
	const char *place;
	bool local, kernel, counts;	/* this machine; with the switch; instructions instead of time */
};

/* Halve the files until page cache and device fit into half of the available memory. */
static void shrink(struct plan *plan)
{
	uint64_t room = memory_available() / 2;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct target *target = plan->items[i].target;
		struct job *job = &plan->items[i].job;
		const uint64_t was = job->file_size;

		while (memory_needed(job, target, plan->device.size) > room && job->file_size > 8 * job->block_size)
			job->file_size /= 2;
		if (job->file_size == was)
			continue;
		job->file_asked = was;
		if (i < plan->jobs)
			say("memory is short: files of %" PRIu64 " MiB instead of %" PRIu64 " on %s",
			    job->file_size >> 20, was >> 20, job->target);
	}
}

/* Whether @e is measured there. */
static bool suits(const struct session *s, const struct setting *at, const struct experiment *e)
{
	return (at->counts ? e->counted : e->timed) && (at->kernel || !e->kernel) && (!e->verify || s->asked->verify);
}

/* Its share of the budget; counts need none. */
static uint64_t budget_of(const struct session *s, const struct setting *at, const struct experiment *e)
{
	unsigned shares = 0;

	for (size_t i = 0; i < N_EXPERIMENTS; i++)
		if (suits(s, at, &experiments[i]))
			shares += experiments[i].share;
	return at->counts ? 0 : s->asked->m.request.budget_ns / shares * e->share;
}

/* A row that cannot be measured, with @reason. Returns 0 or -errno. */
static int add_failure(struct session *s, const char *place, const char *workload, const char *strategy, const char *target,
		       const char *reason)
{
	struct result r;
	int err;

	result_init(&r, RESULT_FAILURE);
	snprintf(r.failure.workload, NAME_SIZE, "%s", workload);
	snprintf(r.failure.target, NAME_SIZE, "%s", target);
	snprintf(r.failure.strategy, NAME_SIZE, "%s", strategy);
	snprintf(r.failure.place, NAME_SIZE, "%.*s", (int)strcspn(place, ","), place);
	result_set_text(&r.failure.reason, reason);
	err = results_add(&s->results, &r, 0);
	result_free(&r);
	return err;
}

struct cannot {
	struct session *s;
	const char *place, *reason;
};

static int add_target_failures(const char *target, void *arg)
{
	const struct cannot *c = arg;
	int err = add_failure(c->s, c->place, REPRODUCE_WORKLOAD, "probe:16", target, c->reason);

	return err ? err : add_failure(c->s, c->place, REPRODUCE_WORKLOAD, "probe-each:16", target, c->reason);
}

/* Say in the tables that rows in the kernel of @place cannot be measured. */
static int add_kernel_failures(struct session *s, const char *place, const char *reason)
{
	struct cannot c = { s, place, reason };
	int err = s->results.n_runs ? plan_each_word(s->asked->m.request.targets, add_target_failures, &c) : 0;

	if (!err && s->results.n_runs && s->asked->verify)
		err = add_failure(s, place, "seq-4k", "post", "tmpfs", reason);
	return err;
}

/* GNU dd as a whole: A/A, or each strategy where the kernel has the switch. */
static void time_dd(struct session *s, const struct plan *plan, const struct item *item)
{
	static const char *const switched[] = { "pre", "probe:16", "probe-each:16" };
	struct reason reason;
	const bool kernel = !switch_missing();
	const unsigned n = kernel ? 1 : 2;
	const int held = kernel ? switch_open(&reason) : -1;
	struct dd_times times[DD_COMMANDS_MAX];
	double written = NAN;
	int err = kernel && held < 0 ? held : 0;

	for (unsigned i = 0; i < (kernel ? 3 : 1) && !err && !interrupted; i++) {
		if (kernel && write(held, switched[i], strlen(switched[i])) < 0)
			err = reason_fail(&reason, -errno, "the kernel does not take %s: %s", switched[i], strerror(errno));
		else if (s->n_dd + n > DD_ROWS_MAX)
			err = reason_fail(&reason, -ENOSPC, "more than %d commands", DD_ROWS_MAX);
		else
			err = dd_time(item, &plan->device, n, DD_RUNS, times, &written, &reason);
		for (unsigned k = 0; k < n && !err; k++) {
			struct dd_row *row = &s->dd[s->n_dd++];

			*row = (struct dd_row){ .mean_s = times[k].mean_s, .sd_s = times[k].sd_s, .runs = times[k].runs,
						.bytes = (double)item->job.file_size, .written_back = written };
			strcpy(row->target, item->job.target);
			strcpy(row->strategy, kernel ? switched[i] : "native");
		}
	}
	if (err)
		say("dd on %s: %s", item->job.target, reason.text);
	if (held >= 0)
		close(held);
}

/* Measure @e. Returns an exit status. */
static int measure(struct session *s, const struct setting *at, const struct experiment *e)
{
	struct request request = s->asked->m.request;
	struct outcome outcome;
	struct plan plan;
	char first[NAME_SIZE];
	int status;

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(request.targets, ","), request.targets);
	request.place = at->place;
	request.workloads = e->workloads;
	request.strategies = e->strategies;
	request.baseline = e->kernel ? "pre" : "touch";
	request.layouts = e->layouts;
	request.targets = e->target ? e->target : e->first_target ? first : request.targets;
	request.budget_ns = budget_of(s, at, e);
	if (!at->local) {
		request.device = request.cpus = NULL;
		request.device_size = 0;
	}
	status = plan_make(&request, &plan);
	if (!status && at->local)
		shrink(&plan);
	if (!status && s->asked->m.dry_run) {
		const int printed = plan_print(&plan);

		s->missing += printed != STATUS_OK;
		s->possible += printed != STATUS_NONE;
	} else if (!status && plan_run(&plan, &request, s->command, s->fd, &s->results, &outcome)) {
		status = STATUS_BAD_INPUT;
	} else if (!status) {
		s->outcome.cells += outcome.cells;
		s->outcome.partial += outcome.partial;
		s->outcome.failures += outcome.failures;
	}
	if (!status && !s->asked->m.dry_run && at->local && e == experiments)
		for (unsigned i = 0; i < plan.jobs && !interrupted; i++)
			if (plan.statuses[i][0].measured)
				time_dd(s, &plan, &plan.items[i]);
	plan_free(&plan);
	return status;
}

/* Measure everything at @place. Returns an exit status. */
static int measure_at(const char *place, void *arg)
{
	struct session *s = arg;
	struct reason reason = { "" };
	struct place *opened = place_open(place, &reason);
	struct setting at = { .place = place };
	int status = STATUS_OK;

	if (!opened) {
		say("%s", reason.text);
		s->missing++;
		return add_kernel_failures(s, place, reason.text) ? say_bad("not enough memory") : STATUS_OK;
	}
	at.local = opened->kind->local;
	at.kernel = !at.local || !switch_missing();
	at.counts = !at.local && !strstr(place, "accel=kvm");
	place_close(opened);
	for (size_t i = 0; !status && !interrupted && i < N_EXPERIMENTS; i++)
		if (suits(s, &at, &experiments[i]))
			status = measure(s, &at, &experiments[i]);
	if (!status && !at.kernel && !s->asked->m.dry_run && add_kernel_failures(s, place, switch_missing()))
		status = say_bad("not enough memory");
	return status;
}

/* ---- what is printed ----------------------------------------------------- */

/* Exact commands; they follow the firmware's documentation. */
static const char raspberry_pi[] =
	"The published machine is a Raspberry Pi 4. To measure in its kernel, or in that of a Raspberry Pi 5, on"
	" Raspberry Pi OS (64 bit), without touching the installed kernel:";

static const char *const raspberry_pi_commands[] = {
	"git clone --depth 1 -b rpi-6.12.y https://github.com/raspberrypi/linux",
	"faultbench kernel build --arch arm64 --tree linux --deb \\",
	"    --config linux/arch/arm64/configs/bcm2711_defconfig",
	"# then, on the board, with the package that it names:",
	"dpkg -x linux-image-*.deb x && sudo cp -r x/lib/modules/* /lib/modules/",
	"cd /boot/firmware && sudo mkdir faultbench",
	"sudo cp ~/x/boot/vmlinuz-* faultbench/kernel8.img",
	"sudo cp bcm2711-rpi-4-b.dtb bcm2712-rpi-5-b.dtb faultbench/",
	"sed 's/$/ brd.rd_nr=1 brd.rd_size=1048576/' cmdline.txt |",
	"    sudo tee faultbench/cmdline.txt",
	"(cat config.txt; echo '[all]'; echo os_prefix=faultbench/) |",
	"    sudo tee tryboot.txt",
	"sudo reboot '0 tryboot'",
	"sudo faultbench reproduce --as-published",
};

static bool has_host_kernel(const struct results *r)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].backend == BACKEND_KERNEL && r->cells[i].tier == TIER_TIME)
			return true;
	return false;
}

/* Whether write-back may be in the time, and by which limits. */
static void write_limits(struct document *d)
{
	uint64_t background = 0, limit = 0;

	if (!sysfile_number("/proc/sys/vm/dirty_background_ratio", &background) &&
	    !sysfile_number("/proc/sys/vm/dirty_ratio", &limit))
		document_block(d, DOCUMENT_ITEM, "dirty limits: vm.dirty_background_ratio %" PRIu64 ", vm.dirty_ratio %" PRIu64
			       " (Linux's default: 10 and 20); write-back begins at %" PRIu64 " MB", background, limit,
			       memory_background() / 1000000);
}

static int print(struct session *s)
{
	struct document d;
	unsigned rows = 0;
	int measured, err = 0;

	document_begin(&d, stdout, &plain_style);
	measured = reproduce_write(&d, &s->results, &rows);
	if (measured >= 0 && s->n_dd)
		dd_table(&d, s->dd, s->n_dd);
	if (measured >= 0 && s->asked->as_published) {
		document_block(&d, DOCUMENT_HEADING, "What the time of dd consists of");
		err = dd_parts(&d, s->dd, s->n_dd, &s->results);
		write_limits(&d);
	}
	if (!has_host_kernel(&s->results)) {
		document_part(&d);
		document_block(&d, DOCUMENT_PARAGRAPH, "%s", raspberry_pi);
	}
	if (document_end(&d) || measured < 0 || err)
		return say_bad("not enough memory");
	if (!has_host_kernel(&s->results))
		for (size_t i = 0; i < sizeof(raspberry_pi_commands) / sizeof(raspberry_pi_commands[0]); i++)
			printf("  %s\n", raspberry_pi_commands[i]);
	if (s->missing && !s->outcome.failures)
		return s->outcome.cells ? STATUS_SOME : STATUS_NONE;
	return plan_status(&s->outcome);
}

/* A place that cannot be used here is in the tables; one that cannot be anywhere is a wrong request. */
static int check_place(const char *place, void *arg)
{
	struct reason reason;
	struct place *opened = place_open(place, &reason);
	const bool wrong = !opened && errno == EINVAL;
	bool *host = arg;

	*host |= opened && opened->kind->local;
	place_close(opened);
	return wrong ? say_bad("%s", reason.text) : STATUS_OK;
}

static int check(struct reproducing *asked)
{
	const struct request *request = &asked->m.request;
	struct reason reason;
	bool host = false;
	int status = measuring_each_place(asked->places, check_place, &host);

	if (!status && !host && (request->cpus || request->device || request->device_size))
		status = say_bad("--cpu, --device and --device-size are for the host; add host to --on, or leave them out");
	if (!status)
		status = measuring_check_targets(asked->m.request.targets);
	/* The published device, where this machine has it. */
	if (asked->as_published && !asked->m.request.device && !device_brd.unsupported(NULL, &reason))
		asked->m.request.device = "brd";
	return status;
}

static int reproduce_main(int argc, char **argv)
{
	struct reproducing asked = { .m.request.seed = plan_seed() };
	struct session s = { .asked = &asked, .fd = -1 };
	char *command = plan_command(argc, argv);
	int status;

	option_parse(&syntax, argc, argv, &asked);
	s.command = command;
	results_init(&s.results);
	status = check(&asked);
	if (!status && asked.m.output && !asked.m.dry_run) {
		s.fd = plan_open_output(asked.m.output);
		status = s.fd < 0 ? STATUS_BAD_INPUT : STATUS_OK;
	}
	if (!status)
		status = measuring_each_place(asked.places, measure_at, &s);
	if (!status && interrupted)
		status = INTERRUPT_STATUS;
	if (!status)
		status = !asked.m.dry_run ? print(&s) :
			 !s.possible ? STATUS_NONE : s.missing ? STATUS_SOME : STATUS_OK;
	if (s.fd >= 0 && close(s.fd))
		status = say_bad("%s: %s", asked.m.output, strerror(errno));
	results_free(&s.results);
	free(command);
	return status;
}

const struct command cmd_reproduce = { "reproduce", "repeat a published measurement, and compare", reproduce_main };
