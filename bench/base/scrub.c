// SPDX-License-Identifier: GPL-2.0-or-later
/* What identifies a machine, as rows of regular expressions. */
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/scrub.h"

enum { HOST_MIN = 3 };	/* a shorter name is in too many words */

#define WORD "[^][[:space:]\"',;]+"

/* The group that a match leaves out; what is around it stays. */
static const struct kind {
	const char *name;
	const char *pattern;	/* extended, without regard to case; NULL: not by pattern alone */
	unsigned group;
} kinds[N_SCRUB_KINDS] = {
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

/* The pattern of a word that is @host itself, whatever is in it; the caller frees it. */
static char *host_pattern(const char *host)
{
	char *pattern = NULL;
	size_t size;
	FILE *out = open_memstream(&pattern, &size);

	if (!out)
		return NULL;
	fputs("(^|[^a-z0-9-])(", out);
	for (; *host; host++)
		fprintf(out, strchr("\\^$.[]|()*+?{}", *host) ? "\\%c" : "%c", *host);
	fputs(")([^a-z0-9-]|$)", out);
	fclose(out);
	return pattern;
}

struct scrub *scrub_open(const char *host)
{
	struct scrub *s = calloc(1, sizeof(*s));
	char *pattern = strlen(host) < HOST_MIN ? NULL : host_pattern(host);

	for (int i = 0; s && i < N_SCRUB_KINDS; i++) {
		const char *text = kinds[i].pattern ? kinds[i].pattern : pattern;

		s->used[i] = text && !regcomp(&s->regex[i], text, REG_EXTENDED | REG_ICASE);
	}
	free(pattern);
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
