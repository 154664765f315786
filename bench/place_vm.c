// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests in QEMU that count instructions: a nanosecond of their clock is one
 * instruction, kernel included, and the same job gives the same bytes.
 *
 * A plan runs in two guests side by side; what each is given depends on the
 * plan alone. A guest that hangs, panics or falls silent fails the job that it
 * was at, and another takes over the jobs behind it. With accel=kvm the clock
 * is one, and the tier is time.
 *
 * Nothing here looks inside a kernel or builds one; kernel/build does.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../analysis/cells.h"
#include "../analysis/results.h"
#include "context.h"
#include "cpio.h"
#include "paths.h"
#include "place.h"
#include "proc.h"
#include "say.h"
#include "vm_image.h"
#include "vm_profile.h"

enum {
	LANES = 2,
	BOOT_ITEMS_MAX = 48,		/* RAM disks of a boot: each keeps its pages */
	DEADLINE_DEFAULT = 120,		/* seconds a job may be silent */
	BOOT_DEADLINE = 120,		/* seconds a guest may take to come up */
	KVM_TRIAL = 20,			/* seconds a guest may take to boot under KVM */
	CONSOLE_TAIL = 400,		/* bytes of it in a reason */
};

/* A machine that is emulated. */
static const struct machine {
	const char *place;
	const char *arch;		/* as kernel/build names it */
	const char *uname;
	const char *qemu, *package;
	const char *type, *cpu;		/* fixed: part of what repeats */
	const char *console;
	const char *port[2], *port_name;	/* QEMU's device, and its name in the guest */
	const char *cmdline;		/* what only this kernel has to be told, with a blank in front */
} machines[] = {
	/*
	 * Calibrating the APIC's timer is 20 million pauses, for each of which QEMU
	 * leaves its loop: 12 of 15 seconds of a boot. The tick comes from the PIT.
	 * No RDRAND, which is not repeatable; no ERMS and FSRM, with which the
	 * copy of a page is one instruction that TCG counts byte by byte.
	 */
	{ "vm:x86_64", "x86_64", "x86_64", "qemu-system-x86_64", "qemu-system-x86", "pc-i440fx-7.2",
	  "max,-rdrand,-rdseed,-erms,-fsrm", "ttyS0", { "-serial", "chardev:port" }, "ttyS1",
	  " noapictimer tsc_early_khz=1000000" },
	/* A tick of the timer an instruction, not one in sixteen. */
	{ "vm:arm64", "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm", "virt-7.2",
	  "cortex-a72,cntfrq=1000000000", "ttyAMA0", { "-device", "pci-serial,chardev=port" }, "ttyS0",
	  "" },
	{ "vm:arm64-mte", "arm64", "aarch64", "qemu-system-aarch64", "qemu-system-arm",
	  "virt-7.2,mte=on", "max,cntfrq=1000000000", "ttyAMA0",
	  { "-device", "pci-serial,chardev=port" }, "ttyS0", "" },
};

static const char cmdline[] = "console=%s port=%s loglevel=5 panic=-1 oops=panic nokaslr norandmaps "
			      "random.trust_cpu=0 brd.rd_nr=%u brd.rd_size=%llu%s";

/* What stands behind the place's name: "kernel=IMAGE,tree=6.12,accel=kvm,deadline=60". */
struct vm {
	const struct machine *machine;
	char kernel[4096];	/* path */
	char tree[256];
	bool own_kernel;
	bool kvm;
	unsigned deadline;	/* seconds */
};

static int vm_options(struct vm *vm, const struct place *place, const char *options, char *reason, size_t size)
{
	char *copy = strdup(options ? options : ""), *rest = copy, *word;
	int err = copy ? 0 : -ENOMEM;

	*vm = (struct vm){ .machine = &machines[0], .tree = "6.1", .deadline = DEADLINE_DEFAULT };
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].place, place->name))
			vm->machine = &machines[i];
	while (!err && (word = strsep(&rest, ","))) {
		char *value = strchr(word, '=');

		if (!*word)
			continue;
		if (value)
			*value++ = '\0';
		if (value && !strcmp(word, "kernel")) {
			vm->own_kernel = true;
			snprintf(vm->kernel, sizeof(vm->kernel), "%s", value);
		} else if (value && !strcmp(word, "tree")) {
			snprintf(vm->tree, sizeof(vm->tree), "%s", value);
		} else if (value && !strcmp(word, "accel") && !strcmp(value, "kvm")) {
			vm->kvm = true;
		} else if (value && !strcmp(word, "deadline") && atoi(value) > 0) {
			vm->deadline = (unsigned)atoi(value);
		} else {
			snprintf(reason, size, "'%s' is no option of a guest: kernel=IMAGE, tree=6.1|6.12|DIR, "
				 "accel=kvm or deadline=SECONDS", word);
			err = -EINVAL;
		}
	}
	free(copy);
	return err;
}

/* Find the kernel. Returns 0 or -errno with @reason. */
static int vm_kernel(struct vm *vm, char *reason, size_t size)
{
	char *build, output[4096];
	int status;

	if (vm->own_kernel) {
		if (!access(vm->kernel, R_OK))
			return 0;
		snprintf(reason, size, "%s: %s", vm->kernel, strerror(errno));
		return -ENOENT;
	}
	build = path_of("kernel/build");
	if (!build) {
		snprintf(reason, size, "no kernel/build beside faultbench: give kernel=IMAGE");
		return -ENOENT;
	}
	status = proc_run((char *[]){ build, (char[]){ "path" }, (char[]){ "--arch" },
				      (char *)(uintptr_t)vm->machine->arch, (char[]){ "--tree" }, vm->tree,
				      NULL }, output, sizeof(output));
	free(build);
	if (status) {
		snprintf(reason, size, "%s", output);
		return -ENOENT;
	}
	snprintf(vm->kernel, sizeof(vm->kernel), "%s", output);
	return 0;
}

/* The measuring binary of the guest's architecture; the caller frees it. */
static char *vm_binary(const struct vm *vm)
{
	struct utsname host;
	char name[64];
	char *path;

	uname(&host);
	if (!strcmp(host.machine, vm->machine->uname))
		return path_of("faultbench-measure");
	snprintf(name, sizeof(name), "faultbench-measure-%s", vm->machine->arch);
	path = path_of(name);
	if (path)
		return path;
	snprintf(name, sizeof(name), "build/faultbench-measure-%s", vm->machine->arch);
	return path_of(name);
}

/* ---- one plan ------------------------------------------------------------ */

/* What became of an item. Lines wait until those before them are out. */
struct result {
	bool done;
	unsigned n;
	char *lines[JOB_ARMS_MAX];
	bool seen[JOB_ARMS_MAX];
	char reason[2048];	/* of what was not seen; all of it if @spoilt */
	bool spoilt;
};

struct lane {
	unsigned *items;	/* indices into the plan, in order */
	unsigned n;
	unsigned at;		/* the first that is not done */
	unsigned booted;	/* items that the running guest was given */
	pid_t pid;		/* 0: none */
	int initrd, port, console, messages;	/* memfds; the last is what QEMU itself says */
	int profile;		/* memfd, or -1: not asked for */
	uint64_t read;		/* bytes of the port taken */
	bool ready;		/* the guest has spoken */
	int current;		/* item it is at, or -1 */
	uint64_t heard;		/* when, ns */
	char said[256];		/* why the guest gave up, in its own words */
};

struct session {
	const struct vm *vm;
	const struct plan *plan;
	const struct sink *sink;
	struct result *results;	/* an item each */
	unsigned emitted;
	struct vm_profile profile;
	int images[64];		/* packed, by index of the target's row; -1: not made */
	int binary;
	struct lane lanes[LANES];
	char said[256];		/* what a guest said that ends it */
};

static int session_image(struct session *s, const struct target *t, char *reason, size_t size)
{
	int *image = &s->images[t - targets];

	if (*image < 0)
		*image = vm_image_make(t, reason, size);
	return *image;
}

static void put_options(FILE *out, const struct target *t)
{
	if (!t->options[0][0])
		fputc('-', out);
	for (int i = 0; i < 4 && t->options[i][0]; i++)
		fprintf(out, "%s%s%s%s", i ? "," : "", t->options[i][0], t->options[i][1] ? "=" : "",
			t->options[i][1] ? t->options[i][1] : "");
}

/* What measure/guest.c reads. Returns a memfd or -errno. */
static int write_plan(const struct session *s, const struct lane *lane)
{
	int fd = memfd_create("faultbench-plan", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(dup(fd), "w");

	if (!out)
		return -errno;
	for (unsigned i = lane->at; i < lane->at + lane->booted; i++) {
		const struct planned *item = &s->plan->items[lane->items[i]];
		bool disk = target_has_device(item->target);
		/* Only these write to the disk within a slot. */
		bool fill = item->job.direct || !strcmp(item->job.source, "file-cold");

		fprintf(out, "item %u %s%s %s %llu ", lane->items[i], disk ? "/image." : "-",
			disk ? item->target->name : "", item->target->fstype,
			disk && fill ? (unsigned long long)VM_DISK_SIZE : 0ULL);
		put_options(out, item->target);
		fputc('\n', out);
		job_write(out, &item->job);
	}
	return fclose(out) ? -EIO : fd;
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (uint64_t)st.st_size;
}

static bool lane_needs(const struct session *s, const struct lane *lane, const struct target *t)
{
	for (unsigned i = lane->at; i < lane->at + lane->booted; i++)
		if (s->plan->items[lane->items[i]].target == t)
			return true;
	return false;
}

/* The guest's initial file system, a memfd, or -errno with @reason. */
static int make_initrd(struct session *s, const struct lane *lane, char *reason, size_t size)
{
	int archive = memfd_create("faultbench-initrd", MFD_CLOEXEC), plan = -1, err = 0;

	if (archive < 0) {
		snprintf(reason, size, "memfd: %s", strerror(errno));
		return -errno;
	}
	for (const struct target *t = targets; !err && t->name; t++) {
		char name[80];
		int image;

		if (!target_has_device(t) || !lane_needs(s, lane, t))
			continue;
		image = session_image(s, t, reason, size);
		if (image < 0) {
			close(archive);
			return image;
		}
		snprintf(name, sizeof(name), "image.%s", t->name);
		err = cpio_add(archive, name, 0644, image, size_of(image));
	}
	if (!err)
		err = cpio_add(archive, "init", 0755, s->binary, size_of(s->binary));
	if (!err)
		err = plan = write_plan(s, lane);
	if (plan >= 0) {
		err = cpio_add(archive, "plan", 0644, plan, size_of(plan));
		close(plan);
	}
	if (!err)
		err = cpio_end(archive);
	if (!err)
		return archive;
	snprintf(reason, size, "initial file system: %s", strerror(-err));
	close(archive);
	return err;
}

/* Descriptors have a name as long as this process lives. */
static char *fd_path(const char *before, int fd)
{
	char *path;

	return asprintf(&path, "%s/proc/%d/fd/%d", before, (int)getpid(), fd) < 0 ? NULL : path;
}

static int start_qemu(const struct session *s, const struct lane *lane)
{
	const struct machine *m = s->vm->machine;
	char *initrd_path = fd_path("", lane->initrd), *append = NULL;
	char *console = fd_path("file,id=console,path=", lane->console);
	char *port = fd_path("file,id=port,path=", lane->port);
	const char *kvm[] = { "-accel", "kvm", "-cpu", "host", NULL };
	const char *tcg[] = { "-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "clock=vm,base=2024-01-01",
			      "-cpu", m->cpu, NULL };
	char *plugin = lane->profile >= 0 ? vm_profile_option(&s->profile, lane->profile) : NULL;
	const char *argv[48] = {
		m->qemu, "-M", m->type, "-m", "1G", "-smp", "1", "-nodefaults", "-no-user-config",
		"-display", "none", "-no-reboot", "-kernel", s->vm->kernel, "-initrd", initrd_path,
		"-chardev", console, "-serial", "chardev:console", "-chardev", port, m->port[0], m->port[1],
	};
	const char **more = s->vm->kvm ? kvm : tcg;
	unsigned n = 0;
	int pid = -ENOMEM;

	if (asprintf(&append, cmdline, m->console, m->port_name, lane->booted,
		     (unsigned long long)VM_DISK_SIZE >> 10, s->vm->kvm ? "" : m->cmdline) < 0)
		append = NULL;
	while (argv[n])
		n++;
	if (plugin) {
		argv[n++] = "-plugin";
		argv[n++] = plugin;
	}
	argv[n++] = "-append";
	argv[n++] = append;
	while (*more)
		argv[n++] = *more++;
	if (append && initrd_path && console && port)
		pid = proc_spawn((char *const *)(uintptr_t)argv, -1, lane->messages, lane->messages, -1);
	free(initrd_path);
	free(append);
	free(console);
	free(port);
	free(plugin);
	return pid;
}

/* Boot a guest for the next items of @lane. Returns 0 or -errno with @reason. */
static int lane_boot(struct session *s, struct lane *lane, char *reason, size_t size)
{
	lane->booted = lane->n - lane->at < BOOT_ITEMS_MAX ? lane->n - lane->at : BOOT_ITEMS_MAX;
	lane->port = memfd_create("faultbench-port", MFD_CLOEXEC);
	lane->console = memfd_create("faultbench-console", MFD_CLOEXEC);
	lane->read = 0;
	lane->ready = false;
	lane->current = -1;
	lane->heard = place_clock();
	lane->messages = memfd_create("faultbench-qemu", MFD_CLOEXEC);
	lane->profile = s->plan->profile ? memfd_create("faultbench-profile", MFD_CLOEXEC) : -1;
	if (lane->port < 0 || lane->console < 0 || lane->messages < 0 ||
	    (s->plan->profile && lane->profile < 0)) {
		snprintf(reason, size, "memfd: %s", strerror(errno));
		return -EMFILE;
	}
	lane->initrd = make_initrd(s, lane, reason, size);
	if (lane->initrd < 0)
		return lane->initrd;
	lane->pid = start_qemu(s, lane);
	if (lane->pid > 0)
		return 0;
	snprintf(reason, size, "cannot start %s: %s", s->vm->machine->qemu, strerror(-lane->pid));
	lane->pid = 0;
	return -EIO;
}

/* Hand over what is known, in the order of the plan. */
static void emit_done(struct session *s)
{
	for (; s->emitted < s->plan->n && s->results[s->emitted].done; s->emitted++) {
		const struct planned *item = &s->plan->items[s->emitted];
		struct result *r = &s->results[s->emitted];

		for (unsigned i = 0; i < r->n; i++) {
			if (!r->spoilt)
				s->sink->line(item, r->lines[i], strlen(r->lines[i]), s->sink->arg);
		}
		place_fail(s->sink, item, r->spoilt ? NULL : r->seen,
			   r->reason[0] ? r->reason : "the guest said nothing of it");
	}
}

static void lane_item_done(struct session *s, struct lane *lane)
{
	s->results[lane->items[lane->at]].done = true;
	lane->at++;
	lane->booted--;
	lane->current = -1;
}

static void spoil(struct session *s, const struct lane *lane, const char *reason)
{
	struct result *r = &s->results[lane->items[lane->at]];

	if (!r->spoilt)
		snprintf(r->reason, sizeof(r->reason), "%s", reason);
	r->spoilt = true;
}

/* A result line of the item that the guest is at. Returns NULL or what is wrong. */
static const char *take_result(struct session *s, const struct lane *lane, const char *line, size_t len)
{
	const struct job *job = &s->plan->items[lane->current].job;
	struct result *r = &s->results[lane->current];
	char want[JOB_NAME_MAX + 16];

	if (results_check_line(line, len, s->said, sizeof(s->said)))
		return s->said;
	for (unsigned i = 0; i < job->n_arms; i++) {
		snprintf(want, sizeof(want), "\"strategy\":\"%s\"", job->arms[i]);
		if (r->seen[i] || !strstr(line, want))
			continue;
		r->lines[r->n] = strdup(line);
		if (!r->lines[r->n])
			return "no memory";
		r->n++;
		r->seen[i] = true;
		return NULL;
	}
	return "a strategy that nobody asked for";
}

/* One line from the port. Returns NULL or what is wrong with it. */
static const char *take_line(struct session *s, struct lane *lane, char *line, size_t len)
{
	unsigned item = lane->booted ? lane->items[lane->at] : UINT32_MAX, number;
	int text = 0;

	if (!strcmp(line, "@ready")) {
		lane->ready = true;
	} else if (!strncmp(line, "@stop ", 6)) {
		snprintf(s->said, sizeof(s->said), "%s", line + 6);
		return s->said;
	} else if (sscanf(line, "@start %u", &number) == 1 && number == item && lane->current < 0) {
		lane->current = (int)number;
	} else if (sscanf(line, "@end %u", &number) == 1 && number == item && lane->current >= 0) {
		lane_item_done(s, lane);
	} else if (sscanf(line, "@fail %u %n", &number, &text) == 1 && number == item && text) {
		spoil(s, lane, line + text);
	} else if (*line == '{' && lane->current >= 0) {
		return take_result(s, lane, line, len);
	} else {
		return "the guest said something else than a result";
	}
	return NULL;
}

/* Take the whole lines that the port has got since. */
static const char *lane_read(struct session *s, struct lane *lane)
{
	uint64_t size = size_of(lane->port);
	const char *wrong = NULL;
	char *text, *start, *end;
	ssize_t got;

	if (size == lane->read)
		return NULL;
	if (size - lane->read > RESULTS_LINE_MAX)
		return "the guest says too much";
	text = malloc(size - lane->read + 1);
	if (!text)
		return "no memory";
	got = pread(lane->port, text, size - lane->read, (off_t)lane->read);
	for (start = text; got > 0 && !wrong && (end = memchr(start, '\n', (size_t)(text + got - start)));
	     start = end + 1) {
		*end = '\0';
		lane->heard = place_clock();
		wrong = take_line(s, lane, start, (size_t)(end - start));
		lane->read += (uint64_t)(end + 1 - start);
	}
	if (wrong) {	/* it may lie in the text */
		snprintf(lane->said, sizeof(lane->said), "%s", wrong);
		wrong = lane->said;
	}
	free(text);
	return wrong;
}

/* The last words on the console, or what QEMU had to say. Returns @tail. */
static const char *last_words(const struct lane *lane, char *tail, size_t size)
{
	int fd = size_of(lane->console) ? lane->console : lane->messages;
	uint64_t len = size_of(fd);
	ssize_t got = pread(fd, tail, size - 1, len > size - 1 ? (off_t)(len - size + 1) : 0);

	tail[got < 0 ? 0 : got] = '\0';
	for (char *c = tail; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = ' ';
	return *tail ? tail : "nothing";
}

static void lane_close(struct lane *lane)
{
	int *fds[] = { &lane->initrd, &lane->port, &lane->console, &lane->messages, &lane->profile };

	if (lane->pid) {
		kill(lane->pid, SIGKILL);
		proc_wait(lane->pid);
	}
	lane->pid = 0;
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* The guest is gone, or must go: fail what it was at, all of it if it never came up. */
static void lane_fail(struct session *s, struct lane *lane, const char *what)
{
	char tail[CONSOLE_TAIL], reason[1024 + CONSOLE_TAIL + 16];
	unsigned n = lane->ready ? 1 : lane->booted;

	snprintf(reason, sizeof(reason), "%s; its console: %s", what, last_words(lane, tail, sizeof(tail)));
	for (; n && lane->booted; n--) {
		spoil(s, lane, reason);
		lane_item_done(s, lane);
	}
}

/* Look after @lane. Returns false when it has nothing left to do. */
static bool lane_step(struct session *s, struct lane *lane)
{
	char reason[1024];
	const char *wrong;
	unsigned patience;	/* seconds */
	int status;
	bool gone;

	if (!lane->pid) {
		if (lane->at == lane->n)
			return false;
		if (!lane_boot(s, lane, reason, sizeof(reason)))
			return true;
		while (lane->booted) {
			spoil(s, lane, reason);
			lane_item_done(s, lane);
		}
		lane_close(lane);
		return true;
	}
	gone = waitpid(lane->pid, &status, WNOHANG) == lane->pid;
	if (gone)
		lane->pid = 0;
	wrong = lane_read(s, lane);
	patience = lane->ready ? s->vm->deadline : BOOT_DEADLINE;
	if (wrong) {
		snprintf(reason, sizeof(reason), "guest: %s", wrong);
	} else if (gone && lane->booted) {
		snprintf(reason, sizeof(reason), "the guest ended early (%s %d)",
			 WIFEXITED(status) ? "status" : "signal",
			 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	} else if (!gone && place_clock() - lane->heard > patience * UINT64_C(1000000000)) {
		snprintf(reason, sizeof(reason), "the guest was silent for %u s and was ended", patience);
	} else if (!gone) {
		return true;
	} else {
		if (lane->profile >= 0 && vm_profile_take(&s->profile, lane->profile, reason, sizeof(reason)))
			say("%s", reason);
		lane_close(lane);
		return true;
	}
	lane_fail(s, lane, reason);
	lane_close(lane);
	return true;
}

/* Emulated instructions that an item takes, about, against others. */
static uint64_t weight(const struct planned *item)
{
	/* A write that allocates takes about twice what one over a cached page does. */
	uint64_t pace = strcmp(item->job.layout, "overwrite") ? 2 : 1;

	return pace * item->job.n_arms * (item->job.rounds + 8) * (item->job.block_size + 16384);
}

/* Which guest measures what follows from the plan alone, so that it repeats. */
static int assign(struct session *s)
{
	uint64_t load[LANES] = { 0 };

	for (unsigned l = 0; l < LANES; l++) {
		struct lane *lane = &s->lanes[l];

		lane->initrd = lane->port = lane->console = lane->messages = lane->profile = -1;
		lane->items = calloc(s->plan->n, sizeof(*lane->items));
		if (!lane->items)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < s->plan->n; i++) {
		unsigned least = 0;

		for (unsigned l = 1; l < LANES; l++)
			if (load[l] < load[least])
				least = l;
		s->lanes[least].items[s->lanes[least].n++] = i;
		load[least] += weight(&s->plan->items[i]);
	}
	return 0;
}

static void show_progress(const struct session *s)
{
	if (s->sink->progress && s->emitted < s->plan->n)
		s->sink->progress(s->plan, &s->plan->items[s->emitted], s->sink->arg);
}

static void follow(struct session *s)
{
	bool busy = true;

	while (busy && !place_interrupted) {
		busy = false;
		for (unsigned l = 0; l < LANES; l++)
			busy |= lane_step(s, &s->lanes[l]);
		emit_done(s);
		show_progress(s);
		if (busy)
			poll(NULL, 0, 20);
	}
}

static void fail_all(const struct plan *plan, const struct sink *sink, const char *reason)
{
	for (unsigned i = 0; i < plan->n; i++)
		place_fail(sink, &plan->items[i], NULL, reason);
}

/* Whether a guest comes up under KVM at all: /dev/kvm may open and still not run one. */
static bool kvm_works(struct session *s, char *reason, size_t size)
{
	struct lane trial = { .initrd = -1, .port = -1, .console = -1, .messages = -1, .profile = -1 };
	uint64_t until = place_clock() + KVM_TRIAL * UINT64_C(1000000000);
	bool works = false;

	if (!lane_boot(s, &trial, reason, size)) {
		snprintf(reason, size, "accel=kvm: no guest came up within %d s: leave it out, to count "
			 "instructions", KVM_TRIAL);
		while (!works && place_clock() < until && !place_interrupted) {
			works = size_of(trial.port) > 0;
			poll(NULL, 0, 50);
		}
	}
	lane_close(&trial);
	return works;
}

static void vm_run(const struct plan *plan, const struct sink *sink)
{
	struct vm vm;
	struct session s = { .vm = &vm, .plan = plan, .sink = sink, .binary = -1 };
	char reason[4400], *binary = NULL;

	memset(s.images, -1, sizeof(s.images));
	if (vm_options(&vm, plan->place, plan->place_options, reason, sizeof(reason)) ||
	    vm_kernel(&vm, reason, sizeof(reason))) {
		fail_all(plan, sink, reason);
		return;
	}
	binary = vm_binary(&vm);
	s.binary = binary ? open(binary, O_RDONLY | O_CLOEXEC) : -1;
	free(binary);
	if (s.binary < 0) {
		snprintf(reason, sizeof(reason), "no faultbench-measure for %s: make %s", vm.machine->arch,
			 strcmp(vm.machine->arch, "arm64") ? "" : "arm64");
		fail_all(plan, sink, reason);
		return;
	}
	s.results = calloc(plan->n, sizeof(*s.results));
	if (!s.results || assign(&s))
		fail_all(plan, sink, "no memory");
	else if (plan->profile && vm.kvm)
		fail_all(plan, sink, "--profile counts instructions: leave out accel=kvm");
	else if (plan->profile && vm_profile_open(&s.profile, vm.kernel, reason, sizeof(reason)))
		fail_all(plan, sink, reason);
	else if (vm.kvm && !kvm_works(&s, reason, sizeof(reason)))
		fail_all(plan, sink, reason);
	else
		follow(&s);
	for (unsigned l = 0; l < LANES; l++) {
		lane_close(&s.lanes[l]);
		free(s.lanes[l].items);
	}
	for (size_t i = 0; i < sizeof(s.images) / sizeof(s.images[0]); i++)
		if (s.images[i] >= 0)
			close(s.images[i]);
	for (unsigned i = 0; plan->profile && s.results && i < plan->n; i++)
		vm_profile_print(&s.profile, plan->profile, &plan->items[i], i, s.results[i].lines, s.results[i].n);
	for (unsigned i = 0; s.results && i < plan->n; i++)
		for (unsigned k = 0; k < s.results[i].n; k++)
			free(s.results[i].lines[k]);
	free(s.results);
	vm_profile_close(&s.profile);
	close(s.binary);
}

/* ---- the places ---------------------------------------------------------- */

static const char *vm_unsupported(const struct place *place, const char *options, char *reason, size_t size)
{
	struct vm vm;
	struct utsname host;

	if (vm_options(&vm, place, options, reason, size))
		return reason;
	uname(&host);
	if (!proc_exists(vm.machine->qemu))
		snprintf(reason, size, "no %s: apt install %s", vm.machine->qemu, vm.machine->package);
	else if (vm.kvm && strcmp(host.machine, vm.machine->uname))
		snprintf(reason, size, "accel=kvm: this machine is no %s", vm.machine->arch);
	else if (!options || !vm_kernel(&vm, reason, size))
		return NULL;
	return reason;
}

/* A kernel of somebody else's has no switch, as far as is known. */
static bool vm_kernel_backend(const struct place *place, const char *options)
{
	char reason[512];
	struct vm vm;

	return !vm_options(&vm, place, options, reason, sizeof(reason)) && !vm.own_kernel;
}

/* Repeat the baseline until its arms show the cell's resolution (docs/method.md). */
static void add_baselines(struct job *job)
{
	size_t len = strcspn(job->baseline, "#");
	unsigned have = 0;

	for (unsigned i = 0; i < job->n_arms; i++)
		have += strcspn(job->arms[i], "#") == len && !strncmp(job->arms[i], job->baseline, len);
	for (; have < CELLS_RESOLUTION_ARMS && job->n_arms < JOB_ARMS_MAX; have++)
		snprintf(job->arms[job->n_arms++], JOB_NAME_MAX, "%.*s#%u", (int)len, job->baseline, have + 1);
}

/*
 * A slot is one write: timer ticks stay outside it and the median is that of a
 * write. A file is no longer than it must be, for emulation is slow; a file
 * that fits a slot many times over takes the same path in every one.
 */
static void vm_shape(const struct place *place, const char *options, struct job *job)
{
	const bool small = job->block_size < 1 << 18;
	const bool partly_cold = small && job->cold_fraction > 0 && job->cold_fraction < 1;
	uint64_t file = small ? 4 << 20 : 16 * job->block_size;
	char reason[512];
	struct vm vm;

	snprintf(job->device, sizeof(job->device), "%s", strcmp(job->device, "none") ? "brd" : "none");
	if (vm_options(&vm, place, options, reason, sizeof(reason)) || vm.kvm)
		return;
	snprintf(job->tier, sizeof(job->tier), "counts");
	if (job->file_size > file)
		job->file_size = file;
	/* A share of one page is all or nothing; every share of cold-sweep is whole in 200. */
	job->slot_calls = partly_cold ? 200 : 1;
	job->warmup_ns = 0;
	if (!job->rounds)
		job->rounds = small && !partly_cold ? 48 : 8;
	add_baselines(job);
}

/* "Linux version 6.1.0 ..." in an image that is not compressed, or a PC's header. */
static json_t *image_release(const char *path)
{
	static const char banner[] = "Linux version ";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t size = fd < 0 ? 0 : size_of(fd);
	char *map = size < 4096 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	json_t *release = NULL;
	const char *at = NULL;

	if (map != MAP_FAILED) {
		/* Documentation/arch/x86/boot.rst: kernel_version, less 0x200. */
		uint16_t offset = (uint16_t)((unsigned char)map[0x20e] | (unsigned char)map[0x20f] << 8);

		if (!memcmp(map + 0x202, "HdrS", 4) && offset + 0x200u + 128 < size)
			at = map + 0x200 + offset;
		else
			at = memmem(map, size - 128, banner, sizeof(banner) - 1);
		if (at && !strncmp(at, banner, sizeof(banner) - 1))
			at += sizeof(banner) - 1;
		if (at)
			release = json_stringn(at, strcspn(at, " "));
		munmap(map, size);
	}
	if (fd >= 0)
		close(fd);
	return release ? release : json_string("unknown");
}

/* kernel/build keeps the configuration beside the image. */
static json_t *image_config_hash(const char *path)
{
	const char *slash = strrchr(path, '/');
	json_t *hash = NULL;
	char *config;

	if (slash && asprintf(&config, "%.*s/config", (int)(slash - path), path) >= 0) {
		hash = context_file_hash(config);
		free(config);
	}
	return hash ? hash : json_null();
}

static json_t *vm_context(const struct place *place, const char *options)
{
	char reason[4400], version[256], args[256];
	struct vm vm;
	json_t *cpu;

	if (vm_options(&vm, place, options, reason, sizeof(reason)) || vm_kernel(&vm, reason, sizeof(reason)))
		return NULL;
	if (proc_run((char *[]){ (char *)(uintptr_t)vm.machine->qemu, (char[]){ "--version" }, NULL }, version,
		     sizeof(version)))
		version[0] = '\0';
	version[strcspn(version, "(")] = '\0';
	snprintf(args, sizeof(args), cmdline, vm.machine->console, vm.machine->port_name, 0u,
		 (unsigned long long)VM_DISK_SIZE >> 10, vm.kvm ? "" : vm.machine->cmdline);
	if (vm.kvm)
		cpu = json_sprintf("host under KVM, machine %s", vm.machine->type);
	else
		cpu = json_sprintf("%s, machine %s", vm.machine->cpu, vm.machine->type);
	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:s, s:o, s:i, s:I, s:n, s:n, s:n, s:s}",
			 "arch", vm.machine->uname, "page_size", 4096, "kernel", image_release(vm.kernel),
			 "cmdline", args, "config_hash", image_config_hash(vm.kernel), "image_hash", context_file_hash(vm.kernel),
			 "emulator", version, "cpu", cpu, "cpus", 1, "memory_bytes", (json_int_t)1 << 30,
			 "mitigations", "thp", "governor",
			 "clock", vm.kvm ? "the guest's" : "instructions (icount shift=0,sleep=off)");
}

#define VM(id, text, what) \
	const struct place place_vm_##id = { \
		.name = text, .summary = what, .targets = "ext4,btrfs,xfs,gfs2", .profiles = true, \
		.unsupported = vm_unsupported, .kernel_backend = vm_kernel_backend, \
		.target_unsupported = vm_image_unsupported, .shape = vm_shape, \
		.context = vm_context, .run = vm_run, \
	}

VM(x86_64, "vm:x86_64", "QEMU counting instructions: a PC");
VM(arm64, "vm:arm64", "the same: a Cortex-A72, as in a Raspberry Pi 4");
VM(arm64_mte, "vm:arm64-mte", "the same: an arm64 CPU with memory tagging");
