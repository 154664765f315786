// SPDX-License-Identifier: GPL-2.0-or-later
/* What identifies a machine, as rows of regular expressions. */
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/scrub.h"

enum { WORD_MIN = 3 };	/* a shorter one is in too many others */

#define WORD "[^][[:space:]\"',;]+"

/* The group that a match leaves out; what is around it stays. */
static const struct kind {
	const char *name;
	const char *pattern;	/* extended, without regard to case; NULL: it depends on the machine */
	unsigned group;
} kinds[N_SCRUB_KINDS] = {
	[SCRUB_PARAMETER] = { "parameter of the kernel", NULL, 2 },
	[SCRUB_HOST] = { "host name", NULL, 2 },
	[SCRUB_HOME] = { "name of a user", "/home/([^/[:space:]\"']+)", 1 },
	[SCRUB_ADDRESS] = { "hardware address",
			    "(^|[^0-9a-f:])([0-9a-f]{2}(:[0-9a-f]{2}){5}(:[0-9a-f]{2}(:[0-9a-f]{2})?)?)", 2 },
	[SCRUB_UUID] = { "UUID", "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", 1 },
	[SCRUB_SERIAL] = { "serial number",
			   "((serial[ _-]?(number|no\\.?|num)?|s/n|asset[ _-]?tag|wwn|machine-id)[[:space:]]*[:=][[:space:]]*)(" WORD ")",
			   4 },
	[SCRUB_TOKEN] = { "token of a command line",
			  "((token|password|passwd|passphrase|secret|api[_-]?key|auth)[a-z_-]*[[:space:]=:]+)(" WORD ")", 3 },
};

struct scrub {
	regex_t regex[N_SCRUB_KINDS];
	bool used[N_SCRUB_KINDS];
	size_t left_out[N_SCRUB_KINDS];
};

/* What a kernel's parameter must begin with for its value to stay. */
static const char *const known[] = {
	"mitigations", "spectre", "spec_", "retbleed", "mds", "l1tf", "tsx", "srbds", "kpti", "pti", "nopti", "isolcpus",
	"nohz", "rcu", "idle", "cpuidle", "intel_", "amd_", "processor", "cpufreq", "clocksource", "tsc", "hpet",
	"transparent_hugepage", "hugepages", "hugepagesz", "default_hugepagesz", "mem", "memmap", "numa", "maxcpus",
	"nr_cpus", "preempt", "page_reporting", "init_on_", "slab_", "slub_", "psi", "cgroup", "swapaccount", "brd",
	"zram", "kvm", "hv_", "xen", "arm64", "kasan", "panic", NULL,
};

static bool is_known(const char *word, size_t len)
{
	for (const char *const *k = known; *k; k++)
		if (len >= strlen(*k) && !strncmp(word, *k, strlen(*k)))
			return true;
	return false;
}

/* Add @word to a pattern, where it stands for itself, whatever is in it. */
static void add_plain(FILE *out, const char *word)
{
	for (; *word; word++)
		fprintf(out, strchr("\\^$.[]|()*+?{}", *word) ? "\\%c" : "%c", *word);
}

/* The pattern of a word that is @host; the caller frees it. */
static char *host_pattern(const char *host)
{
	char *pattern = NULL;
	size_t size;
	FILE *out = strlen(host) < WORD_MIN ? NULL : open_memstream(&pattern, &size);

	if (!out)
		return NULL;
	fputs("(^|[^a-z0-9-])(", out);
	add_plain(out, host);
	fputs(")([^a-z0-9-]|$)", out);
	fclose(out);
	return pattern;
}

/*
 * The pattern of the words of @cmdline whose values are not shown; the caller frees it. Linux
 * repeats what it does not know itself, and the environment of init.
 */
static char *parameter_pattern(const char *cmdline)
{
	char *words = strdup(cmdline), *at = NULL, *pattern = NULL;
	const char *between = "(^|[[:space:]\"])(";
	bool of_init = false;
	size_t size;
	FILE *out = open_memstream(&pattern, &size);

	for (char *word = words && out ? strtok_r(words, " ", &at) : NULL; word; word = strtok_r(NULL, " ", &at)) {
		const size_t key = strcspn(word, "=");

		if (of_init ? strlen(word) >= WORD_MIN : word[key] && !is_known(word, key)) {
			fputs(between, out);
			add_plain(out, word);
			between = "|";
		}
		of_init |= !strcmp(word, "--");
	}
	if (*between == '|')
		fputs(")([[:space:]\",]|$)", out);
	if (out)
		fclose(out);
	free(words);
	return pattern;
}

struct scrub *scrub_open(const char *host, const char *cmdline)
{
	struct scrub *s = calloc(1, sizeof(*s));
	char *own[N_SCRUB_KINDS] = {
		[SCRUB_PARAMETER] = parameter_pattern(cmdline), [SCRUB_HOST] = host_pattern(host),
	};

	for (int i = 0; i < N_SCRUB_KINDS; i++) {
		const char *text = own[i] ? own[i] : kinds[i].pattern;

		if (s && text && *text)
			s->used[i] = !regcomp(&s->regex[i], text, REG_EXTENDED | REG_ICASE);
		free(own[i]);
	}
	return s;
}

void scrub_close(struct scrub *s)
{
	for (int i = 0; s && i < N_SCRUB_KINDS; i++)
		if (s->used[i])
			regfree(&s->regex[i]);
	free(s);
}

static char *scrub_kind(struct scrub *s, const char *text, int kind)
{
	const unsigned group = kinds[kind].group;
	regmatch_t match[6];
	char *made = NULL;
	size_t size;
	FILE *out = open_memstream(&made, &size);

	if (!out)
		return NULL;
	while (s->used[kind] && !regexec(&s->regex[kind], text, 6, match, 0) && match[group].rm_eo > 0) {
		fprintf(out, "%.*s[%s]", (int)match[group].rm_so, text, kinds[kind].name);
		text += match[group].rm_eo;
		s->left_out[kind]++;
	}
	fputs(text, out);
	fclose(out);
	return made;
}

char *scrub_text(struct scrub *s, const char *text)
{
	char *made = strdup(text);

	for (int i = 0; made && i < N_SCRUB_KINDS; i++) {
		char *next = scrub_kind(s, made, i);

		free(made);
		made = next;
	}
	return made;
}

char *scrub_cmdline(struct scrub *s, const char *cmdline)
{
	char *words = strdup(cmdline), *at = NULL, *made = NULL, *clean;
	size_t size;
	FILE *out = open_memstream(&made, &size);

	for (char *word = words && out ? strtok_r(words, " ", &at) : NULL; word; word = strtok_r(NULL, " ", &at)) {
		size_t key = strcspn(word, "=");

		if (!strcmp(word, "--")) {
			fputs(" -- [...]", out);
			s->left_out[SCRUB_TOKEN]++;
			break;
		}
		fprintf(out, "%s%.*s", ftell(out) ? " " : "", (int)key, word);
		if (word[key] && is_known(word, key)) {
			fputs(word + key, out);
		} else if (word[key]) {
			fputs("=[...]", out);
			s->left_out[SCRUB_TOKEN]++;
		}
	}
	if (out)
		fclose(out);
	free(words);
	clean = made ? scrub_text(s, made) : NULL;
	free(made);
	return clean;
}

void scrub_summary(const struct scrub *s, FILE *out)
{
	const char *separator = "";

	for (int i = 0; i < N_SCRUB_KINDS; i++) {
		if (!s->left_out[i])
			continue;
		fprintf(out, "%s%s: %zu", separator, kinds[i].name, s->left_out[i]);
		separator = ", ";
	}
	fputs(*separator ? "" : "nothing", out);
}
