// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Targets that a user makes from a row of the table, on the command line
 *
 *	ext4+nodelalloc+-b=1024
 *
 * or in a file NAME.ini:
 *
 *	[target]
 *	base = ext4
 *	mount = nodelalloc
 *	mkfs = -b 1024
 *
 * On the command line, an option that begins with "-" is an option of mkfs, and its
 * value follows a "=". The name of the target is the text, or NAME. It is part of the
 * identity of a cell.
 */
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "disk/target.h"
#include "format/names.h"

/* It lives until the program ends, as the table does. */
struct custom {
	struct target target;
	char *texts[24];	/* owned; the names and options of @target point into them */
	size_t n_texts;
	const char *text;	/* what the user wrote */
	struct custom *next;
};

static struct custom *customs;

/* Make @c the owner of @text, which may be NULL. Returns it, or NULL without memory. */
static char *keep(struct custom *c, char *text)
{
	if (text && c->n_texts < sizeof(c->texts) / sizeof(c->texts[0]))
		return c->texts[c->n_texts++] = text;
	free(text);
	return NULL;
}

static void discard(struct custom *c)
{
	for (size_t i = 0; c && i < c->n_texts; i++)
		free(c->texts[i]);
	free(c);
}

/* Append @word to the command of mkfs. Returns 0 or -errno with @reason. */
static int add_word(struct target *t, const char *word, struct reason *reason)
{
	size_t n = 0;

	while (t->mkfs[n])
		n++;
	if (n == TARGET_MKFS_MAX)
		return reason_fail(reason, -E2BIG, "more than %d words for mkfs; remove some options", TARGET_MKFS_MAX);
	t->mkfs[n] = word;
	return 0;
}

/* Append an option of mkfs: "-b=1024" or "-q". Returns 0 or -errno with @reason. */
static int add_mkfs(struct target *t, char *option, struct reason *reason)
{
	char *value = strchr(option, '=');
	int err;

	if (!target_has_device(t))
		return reason_fail(reason, -EINVAL, "%s: %s has no mkfs", option, t->fstype);
	if (value)
		*value++ = '\0';
	/* A second -E or -L would undo what the first one is for. */
	for (size_t i = 1; t->mkfs[i]; i++)
		if (!strcmp(t->mkfs[i], option))
			return reason_fail(reason, -EEXIST, "%s is already given to %s; leave it out", option, t->mkfs[0]);
	err = add_word(t, option, reason);
	return !err && value && *value ? add_word(t, value, reason) : err;
}

/* Append a mount option: "data=journal" or "nodelalloc". Returns 0 or -errno with @reason. */
static int add_mount(struct target *t, char *option, struct reason *reason)
{
	char *value = strchr(option, '=');
	size_t n = 0;

	while (n < TARGET_OPTIONS_MAX && t->options[n][0])
		n++;
	if (n == TARGET_OPTIONS_MAX)
		return reason_fail(reason, -E2BIG, "more than %d mount options; remove some", TARGET_OPTIONS_MAX);
	if (!strncmp(option, "dax", 3))
		return reason_fail(reason, -EINVAL, "%s bypasses the page cache, so there is nothing to measure; "
				   "remove it", option);
	if (value)
		*value++ = '\0';
	if (!target_has_device(t) && (!strcmp(option, "size") || !strcmp(option, "nr_blocks")))
		return reason_fail(reason, -EINVAL, "%s: a run chooses the size of %s by that of its files; remove it",
				   option, t->fstype);
	t->options[n][0] = option;
	t->options[n][1] = value;
	return 0;
}

static int add_option(struct target *t, char *option, struct reason *reason)
{
	if (!*option)
		return reason_fail(reason, -EINVAL, "nothing after '+'; write BASE+OPTION, as in ext4+nodelalloc");
	return *option == '-' ? add_mkfs(t, option, reason) : add_mount(t, option, reason);
}

/* The state while a file is read. */
struct reader {
	struct lines lines;
	struct custom *custom;
	struct reason *reason;
};

/* Add the mount options in @value, which are separated by commas or blanks. */
static int add_mounts(struct custom *c, const char *value, struct reason *reason)
{
	char *rest = keep(c, strdup(value)), *word;
	int err = rest ? 0 : reason_fail(reason, -ENOMEM, "too many options; remove some");

	while (!err && (word = strsep(&rest, ", \t")))
		if (*word == '-')
			err = reason_fail(reason, -EINVAL, "%s is not a mount option; use the key mkfs", word);
		else if (*word)
			err = add_mount(&c->target, word, reason);
	return err;
}

/* Add the options of mkfs in @value, which are separated by blanks: each a word, or "-b 1024". */
static int add_mkfs_all(struct custom *c, const char *value, struct reason *reason)
{
	char *rest = keep(c, strdup(value)), *word;
	int err = rest ? 0 : reason_fail(reason, -ENOMEM, "too many options; remove some");
	bool alone = false;	/* the word before is an option without a value */

	while (!err && (word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (*word != '-' && !alone)
			return reason_fail(reason, -EINVAL, "'%.60s' is not an option of mkfs; it must begin with -", word);
		alone = *word == '-' && !strchr(word, '=');
		err = *word == '-' ? add_mkfs(&c->target, word, reason) : add_word(&c->target, word, reason);
	}
	return err;
}

static int handle_key(void *user, const char *section, const char *key, const char *value)
{
	struct reader *r = user;
	const struct target *base;

	if (r->reason->text[0])
		return 0;	/* inih goes on after an error */
	if (strcmp(section, "target"))
		return !reason_set(r->reason, "the only section is [target]");
	if (!strcmp(key, "base")) {
		if (strchr(value, '+') || name_is_file(value))
			return !reason_set(r->reason, "base must be a target that 'faultbench list targets' shows");
		base = target_find(value, r->reason);
		if (!base)
			return 0;
		r->custom->target = *base;
		return 1;
	}
	if (!r->custom->target.fstype)
		return !reason_set(r->reason, "the first key must be base, as in base = ext4");
	if (!strcmp(key, "mount"))
		return !add_mounts(r->custom, value, r->reason);
	if (!strcmp(key, "mkfs"))
		return !add_mkfs_all(r->custom, value, r->reason);
	return !reason_set(r->reason, "unknown key '%.60s'; must be base, mount or mkfs", key);
}

/* fgets() for inih; it ends at the first error. */
static char *read_line(char *line, int size, void *arg)
{
	struct reader *r = arg;

	return r->reason->text[0] ? NULL : lines_next(&r->lines, line, size, r->reason);
}

/* Returns 0 or -errno with @reason. */
static int read_file(struct custom *c, const char *path, struct reason *reason)
{
	struct reason why = { "" };
	struct reader r = { .lines = { .in = fopen(path, "re") }, .custom = c, .reason = &why };
	int line;

	if (!r.lines.in)
		return reason_fail(reason, -errno, "%s: %s", path, strerror(errno));
	line = ini_parse_stream(read_line, &r, handle_key, &r);
	fclose(r.lines.in);
	if (why.text[0] || line)
		return reason_fail(reason, -EINVAL, "%s:%u: %s", path, why.text[0] ? r.lines.number : (unsigned)line,
				   why.text[0] ? why.text : "must be [target], 'key = value' or a comment");
	return c->target.fstype ? 0 : reason_fail(reason, -EINVAL, "%s: no base; add a line such as base = ext4", path);
}

/* Returns 0 or -errno with @reason. */
static int read_text(struct custom *c, const char *text, struct reason *reason)
{
	char *rest = keep(c, strdup(text)), *option;
	const struct target *base;
	struct reason why = { "" };
	int err = 0;

	if (!rest)
		return reason_fail(reason, -ENOMEM, "not enough memory");
	base = target_find(strsep(&rest, "+"), reason);
	if (!base)
		return -EINVAL;
	c->target = *base;
	while (!err && (option = strsep(&rest, "+")))
		err = add_option(&c->target, option, &why);
	return err ? reason_fail(reason, err, "target '%.80s': %s", text, why.text) : 0;
}

const struct target *target_custom(const char *text, struct reason *reason)
{
	size_t len = strlen(text);
	const char *name = name_is_file(text) ? name_of_file(text, &len) : text;
	struct custom *c = customs;
	int err;

	while (c && strcmp(c->text, text))
		c = c->next;
	if (c)
		return &c->target;
	c = calloc(1, sizeof(*c));
	name = c ? keep(c, strndup(name, len)) : NULL;
	if (!name || !(c->text = keep(c, strdup(text)))) {
		discard(c);
		reason_set(reason, "not enough memory");
		return NULL;
	}
	err = name_is_file(text) ? read_file(c, text, reason) : read_text(c, text, reason);
	if (!err && !name_ok(name))
		err = reason_fail(reason, -EINVAL, "target '%.80s': the name must be at most %d of A-Z a-z 0-9 "
				  "._:@/#+=-; use a file, see TARGETS in faultbench(1)", name, NAME_SIZE - 1);
	if (!err && table_find(&target_table, name) >= 0)
		err = reason_fail(reason, -EEXIST, "%s: there is a target '%s' already; rename the file", text, name);
	for (const struct custom *old = customs; old && !err; old = old->next)
		if (!strcmp(old->target.name, name))
			err = reason_fail(reason, -EEXIST, "%s and %s are both called '%s'; rename one",
					  old->text, text, name);
	if (err) {
		discard(c);
		return NULL;
	}
	c->target.name = name;
	c->target.summary = "a base target with other options";
	c->next = customs;
	customs = c;
	return &c->target;
}
