// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultbench-measure: jobs on standard input, result lines on standard output.
 *
 * Exit status: 0 when every job was taken, 2 when one could not be read.
 * A job that could not be measured is a result line, not an exit status.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/measure.h"

/* Fill in the rows that @job names. Returns NULL, or what is wrong with it. */
static const char *resolve(struct run *run, struct reason *reason)
{
	const struct job *job = run->job;

	run->op = &operations[job->op];
	run->layout = &layouts[job->layout];
	run->source = source_find(job->source);
	if (!run->source)
		return reason_set(reason, "unknown source %s", job->source);
	if (run->source->unsupported && run->source->unsupported())
		return run->source->unsupported();
	if (job->block_size > job->file_size / (job->shared ? job->threads : 1))
		return "block_size is larger than a thread's part of the file";
	if (job->segment_size > job->block_size)
		return "segment_size is larger than block_size";
	run->segments = job->segment_size
			? (int)((job->block_size + job->segment_size - 1) / job->segment_size) : 1;
	if (run->segments > 1024)
		return "a call takes at most 1024 segments";
	if (run->segments > 1 && job->op != OP_WRITEV)
		return "only writev takes segments";
	if (run->segments > 1 && run->source->one_block)
		return "this source is one block that read() fills: it has no segments";
	if (run->op->reads && !run->source->destination)
		return "this source cannot be read into";
	if ((run->op->reads || run->source->follows_file || job->shared) && !run->layout->existing)
		return "reads, source self and shared files need layout overwrite: a file that exists";
	if (run->source->follows_file && job->source_offset)
		return "source self starts where the file starts: source_offset must be 0";
	if (job->backend == BACKEND_KERNEL) {
		run->switch_fd = switch_open(reason);
		if (run->switch_fd < 0 || switch_loop_missing(job, reason))
			return reason->text;
	}
	if (job->threads > cpus_allowed())
		return "more threads than CPUs that may be used";
	return NULL;
}

static const char *resolve_arms(struct run *run)
{
	const struct job *job = run->job;

	run->baseline = JOB_ARMS_MAX;
	run->n_arms = job->n_arms;
	for (unsigned i = 0; i < job->n_arms; i++) {
		struct arm *arm = &run->arms[i];
		const char *why = NULL;

		arm->name = job->arms[i];
		arm->strategy = strategy_find(job->backend, arm->name, &arm->stride);
		if (arm->strategy && arm->strategy->unsupported)
			why = arm->strategy->unsupported();
		if (!arm->strategy || why) {
			reason_set(&arm->failure, "%s", why ? why : "faultbench-measure has no such strategy");
			continue;
		}
		arm->fault_in = run->op->reads ? arm->strategy->for_writing : arm->strategy->for_reading;
		if (!arm->fault_in) {
			reason_set(&arm->failure, "it is for %s only", run->op->reads ? "writes" : "reads");
			continue;
		}
		arm->call = arm->strategy->skips_call ? operation_skip : run->op->call;
		if (!strcmp(arm->name, job->baseline))
			run->baseline = i;
	}
	return run->baseline == JOB_ARMS_MAX ? "the baseline is not among the arms that can be measured" : NULL;
}

static const char *measure(struct run *run, struct reason *reason)
{
	const struct job *job = run->job;
	uint64_t start = clock_ns();

	if (job->verify)
		pass_verify(run);
	run->passes_ns = clock_ns() - start;
	if (run->arms[run->baseline].failure.text[0])
		return run->arms[run->baseline].failure.text;
	if (pass_size(run, reason))
		return reason->text;
	/* The rounds read it themselves, after their warm-up. */
	if (job->counts_only)
		machine_read(&run->before);
	start = clock_ns();
	if ((job->count || job->counts_only) && pass_count(run, reason))
		return reason->text;
	run->passes_ns += clock_ns() - start;
	if (job->counts_only)
		machine_read(&run->after);
	else if (pass_rounds(run, reason))
		return reason->text;
	return NULL;
}

static void run_job(const struct job *job)
{
	struct run *run = calloc(1, sizeof(*run));
	struct reason reason = { "" };
	const char *why;

	if (!run)
		abort();
	run->job = job;
	run->began = clock_ns();
	run->random = job->seed + ((uint64_t)job->repetition << 32);
	run->switch_fd = -1;
	run->counts = job->tier == TIER_COUNTS;
	why = resolve(run, &reason);
	if (!why)
		why = resolve_arms(run);
	if (!why)
		why = measure(run, &reason);
	for (unsigned i = 0; i < job->n_arms; i++) {
		if (run->arms[i].failure.text[0])
			emit_failure(run, job->arms[i], run->arms[i].failure.text);
		else if (why)
			emit_failure(run, job->arms[i], why);
	}
	if (!why)
		emit_cells(run);
	workers_close(run);
	if (run->switch_fd >= 0)
		close(run->switch_fd);
	for (unsigned i = 0; i < run->n_arms; i++) {
		free(run->arms[i].slots);
		free(run->arms[i].order);
	}
	free(run->round_ns);
	free(run);
}

int main(int argc, char **argv)
{
	struct reason error;
	struct job job;
	int got;

	/* In a container the first process is called something else. */
	if (getpid() == 1 && !strcmp(argv[0], "/init")) {
		cpus_allowed();
		guest_main(run_job);
	}
	if (argc == 4 && !strcmp(argv[1], "--recorder")) {
		if (recorder_open(argv[2], argv[3])) {
			fprintf(stderr, "faultbench-measure: --recorder: %s\n", strerror(errno));
			return 2;
		}
	} else if (argc != 1) {
		fprintf(stderr, "faultbench-measure: takes no arguments (%s); it reads jobs from standard input\n",
			argv[1]);
		return 2;
	}
	/* A file size limit shall be an error of the write, not the end of the program. */
	signal(SIGXFSZ, SIG_IGN);
	cpus_allowed();
	while ((got = job_read(stdin, &job, &error)) > 0)
		run_job(&job);
	if (got < 0) {
		fprintf(stderr, "faultbench-measure: %s\n", error.text);
		return 2;
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "faultbench-measure: the results cannot be written: %s\n", strerror(errno));
		return 2;
	}
	return 0;
}
