// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An exception is one of the tracepoints exceptions:page_fault_*. If the kernel
 * handles the fault, the software event page-faults follows in the same thread.
 * If it does not, page faults were disabled: it was a copy, which has failed. An
 * architecture without these tracepoints (arm64) shows only the faults it handled.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fault_trace.h"

enum {
	MAPPINGS_MAX = 4096,
	THREADS_MAX = 1024,
	STACKS_MAX = 4096,
};

struct mapping {
	uint64_t start, size;
	char name[FAULT_NAME];
};

/* A thread, and its exception that nothing has followed yet. */
struct thread {
	unsigned long tid;
	bool pending;
	struct fault_site site;
};

enum event { EVENT_NONE, EVENT_KERNEL, EVENT_USER, EVENT_HANDLED };

struct reading {
	struct fault_trace *trace;
	struct mapping mappings[MAPPINGS_MAX];
	struct thread threads[THREADS_MAX];
	size_t n_mappings, n_threads;

	/* The sample that is being read. */
	enum event event;
	struct thread *thread;
	uint64_t address;
	char function[FAULT_NAME];
	char comm[FAULT_NAME];
	char frames[FAULT_FRAMES_MAX][FAULT_NAME];	/* the innermost first */
	unsigned n_frames;
};

static const struct {
	const char *name;
	enum event event;
} events[] = {
	{ "exceptions:page_fault_kernel:", EVENT_KERNEL },
	{ "exceptions:page_fault_user:", EVENT_USER },
	{ "page-faults:", EVENT_HANDLED },
};

/* Copy @len bytes of @from as a name: printable, without what separates frames. */
static void take_name(char to[FAULT_NAME], const char *from, size_t len)
{
	size_t n = 0;

	for (; n < len && n + 1 < FAULT_NAME; n++)
		to[n] = from[n] > ' ' && from[n] < 0x7f && from[n] != ';' ? from[n] : '_';
	to[n] = '\0';
	if (!n)
		strcpy(to, "-");
}

static struct thread *thread_of(struct reading *r, unsigned long tid)
{
	for (size_t i = 0; i < r->n_threads; i++)
		if (r->threads[i].tid == tid)
			return &r->threads[i];
	if (r->n_threads == THREADS_MAX)
		return NULL;
	r->threads[r->n_threads] = (struct thread){ .tid = tid };
	return &r->threads[r->n_threads++];
}

/* "PERF_RECORD_MMAP2 1/1: [0x7000(0x1000) @ 0 00:00 0 0]: rw-p //anon" */
static void add_mapping(struct reading *r, const char *record)
{
	const char *range = strchr(record, '['), *protection = strstr(record, "]: ");
	struct mapping *m = &r->mappings[r->n_mappings];
	const char *name;
	char *end;

	if (!range || !protection || r->n_mappings == MAPPINGS_MAX)
		return;
	m->start = strtoull(range + 1, &end, 16);
	m->size = *end == '(' ? strtoull(end + 1, NULL, 16) : 0;
	name = strchr(protection + 3, ' ');
	if (!name)
		return;
	name += strspn(name, " ");
	if (!strncmp(name, "//anon", 6))
		strcpy(m->name, "anonymous");
	else
		take_name(m->name, name, strlen(name));
	r->n_mappings++;
}

/* What is mapped at @address: the latest mapping that holds it. */
static const char *mapping_at(const struct reading *r, uint64_t address)
{
	for (size_t i = r->n_mappings; i-- > 0;)
		if (address - r->mappings[i].start < r->mappings[i].size)
			return r->mappings[i].name;
	return "-";
}

/* A copy that failed is one that page-faults does not follow. */
static int settle(struct reading *r, struct thread *t, bool failed)
{
	if (!t->pending)
		return 0;
	t->pending = false;
	t->site.failed = failed && !t->site.user;
	return fault_sites_add(&r->trace->sites, &t->site, 1);
}

static int add_stack(struct reading *r)
{
	struct fault_trace *t = r->trace;
	struct fault_stack *stacks;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	fputs(r->comm, out);
	for (unsigned i = r->n_frames; i-- > 0;)
		fprintf(out, ";%s", r->frames[i]);
	if (fclose(out))
		return -ENOMEM;
	for (size_t i = 0; i < t->n_stacks; i++) {
		if (!strcmp(t->stacks[i].frames, text)) {
			t->stacks[i].count++;
			free(text);
			return 0;
		}
	}
	stacks = t->n_stacks < STACKS_MAX ? reallocarray(t->stacks, t->n_stacks + 1, sizeof(*stacks)) : NULL;
	if (!stacks) {
		free(text);
		return t->n_stacks < STACKS_MAX ? -ENOMEM : -E2BIG;
	}
	t->stacks = stacks;
	t->stacks[t->n_stacks++] = (struct fault_stack){ text, 1 };
	return 0;
}

/* The sample has ended. */
static int end_sample(struct reading *r)
{
	const enum event event = r->event;
	struct thread *t = r->thread;
	int err;

	r->event = EVENT_NONE;
	if (event == EVENT_NONE)
		return 0;
	if (event == EVENT_HANDLED && t->pending)
		return settle(r, t, false);
	err = settle(r, t, true);
	t->pending = true;
	t->site = (struct fault_site){ .user = event == EVENT_USER, .exception = event != EVENT_HANDLED };
	strcpy(t->site.mapping, mapping_at(r, r->address));
	strcpy(t->site.function, r->function[0] ? r->function : r->n_frames ? r->frames[0] : "-");
	if (!err && event == EVENT_HANDLED)
		err = settle(r, t, false);
	return err ? err : add_stack(r);
}

/* "	ffffffff816b8b6f vfs_write": the frames of the exception itself are none of the program's. */
static void add_frame(struct reading *r, const char *line)
{
	const char *name = strchr(line + strspn(line, " \t"), ' ');
	size_t len;

	if (r->event == EVENT_NONE || !name)
		return;
	name += strspn(name, " ");
	len = strlen(name);
	if (len > 10 && !strcmp(name + len - 10, "page_fault") && strstr(name, "asm_")) {
		r->n_frames = 0;
		return;
	}
	if (r->n_frames < FAULT_FRAMES_MAX)
		take_name(r->frames[r->n_frames++], name, len);
}

/* The value of "KEY=" in @text, up to a blank; its length in @len. */
static const char *value_of(const char *text, const char *key, size_t *len)
{
	const char *at = strstr(text, key);

	if (!at)
		return NULL;
	at += strlen(key);
	*len = strcspn(at, " ");
	return at;
}

/* "COMM TID EVENT: ..."; COMM may hold blanks. What is something else is passed over. */
static void begin_sample(struct reading *r, char *line)
{
	const char *at, *value;
	char *name = NULL, *end;
	size_t i = 0, len;

	for (; i < sizeof(events) / sizeof(events[0]); i++) {
		name = strstr(line, events[i].name);
		if (name && name > line && name[-1] == ' ')
			break;
	}
	if (i == sizeof(events) / sizeof(events[0]))
		return;
	at = name + strlen(events[i].name);
	for (end = name; end > line && end[-1] == ' ';)
		*--end = '\0';
	end = strrchr(line, ' ');
	r->thread = end ? thread_of(r, strtoul(end + 1, NULL, 10)) : NULL;
	if (!r->thread)
		return;
	r->event = events[i].event;
	while (end > line && end[-1] == ' ')
		end--;
	take_name(r->comm, line, (size_t)(end - line));
	r->n_frames = 0;
	r->function[0] = '\0';
	value = value_of(at, "address=", &len);
	r->address = strtoull(value ? value : at + strspn(at, " "), NULL, 16);
	value = value_of(at, "ip=", &len);
	if (r->event == EVENT_KERNEL && value && strncmp(value, "0x", 2))
		take_name(r->function, value, len);
}

static int take_line(struct reading *r, char *line)
{
	const char *record;
	int err;

	if (*line == '\t' || !*line) {
		add_frame(r, line);
		return 0;
	}
	err = end_sample(r);
	record = strstr(line, "PERF_RECORD_");
	if (record && !strncmp(record, "PERF_RECORD_MMAP", 16))
		add_mapping(r, record);
	else if (record && !strncmp(record, "PERF_RECORD_LOST", 16))
		r->trace->lost += strstr(record, "lost ") ? strtoull(strstr(record, "lost ") + 5, NULL, 10) : 0;
	else
		begin_sample(r, line);
	return err;
}

/* Read all lines of @in. Returns 0 or -errno. */
static int read_lines(struct reading *r, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&line, &room, in)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		err = take_line(r, line);
	}
	free(line);
	if (!err)
		err = end_sample(r);
	for (size_t i = 0; i < r->n_threads && !err; i++)
		err = settle(r, &r->threads[i], true);
	return err;
}

int fault_trace_read(FILE *in, struct fault_trace *t, struct reason *reason)
{
	struct reading *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	*t = (struct fault_trace){ 0 };
	if (r) {
		r->trace = t;
		err = read_lines(r, in);
	}
	free(r);
	return err ? reason_fail(reason, err, err == -E2BIG ? "more sites or stacks than a kernel has" :
				 "not enough memory") : 0;
}

void fault_trace_free(struct fault_trace *t)
{
	for (size_t i = 0; i < t->n_stacks; i++)
		free(t->stacks[i].frames);
	free(t->stacks);
	fault_sites_free(&t->sites);
	*t = (struct fault_trace){ 0 };
}

void fault_trace_fold(FILE *out, const struct fault_trace *t)
{
	for (size_t i = 0; i < t->n_stacks; i++)
		fprintf(out, "%s %llu\n", t->stacks[i].frames, (unsigned long long)t->stacks[i].count);
}
