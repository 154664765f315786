// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Targets that a user makes of a row of the table:
 *
 *	ext4+nodelalloc+-b=1024		on the command line, or in a file PATH.ini:
 *
 *	[target]
 *	base = ext4
 *	mount = nodelalloc
 *	mkfs = -b 1024
 *
 * An option that begins with "-" is mkfs's, with its value after a "=". The text,
 * or the file's name, is the target's name and so part of a cell's identity.
 */
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "disk/target.h"
#include "format/names.h"

/* Targets that were made. They live as long as the program, as the table does. */
static struct custom {
	struct target target;
	struct custom *next;
} *customs;

enum { MKFS_MAX = 15, OPTIONS_MAX = 4 };	/* what struct target has room for */

/* Append an option of mkfs: "-b=1024", "-b 1024" or "-q". Returns 0 or -errno with @reason. */
static int add_mkfs(struct target *t, char *option, struct reason *reason)
{
	char *value = option + strcspn(option, "= ");
	size_t n = 0;

	if (!target_has_device(t))
		return reason_fail(reason, -EINVAL, "%s has no mkfs, so no '%s'", t->fstype, option);
	while (n < MKFS_MAX && t->mkfs[n])
		n++;
	if (*value)
		*value++ = '\0';
	if (n + (*value ? 2 : 1) > MKFS_MAX)
		return reason_fail(reason, -E2BIG, "too many options of mkfs");
	t->mkfs[n++] = option;
	if (*value)
		t->mkfs[n] = value;
	return 0;
}

/* Append a mount option: "data=journal" or "nodelalloc". Returns 0 or -errno with @reason. */
static int add_mount(struct target *t, char *option, struct reason *reason)
{
	char *value = strchr(option, '=');
	size_t n = 0;

	while (n < OPTIONS_MAX && t->options[n][0])
		n++;
	if (n == OPTIONS_MAX)
		return reason_fail(reason, -E2BIG, "more than %d mount options", OPTIONS_MAX);
	if (!strncmp(option, "dax", 3))
		return reason_fail(reason, -EINVAL, "%s bypasses the page cache, which is what is measured", option);
	if (value)
		*value++ = '\0';
	t->options[n][0] = option;
	t->options[n][1] = value;
	return 0;
}

static int add_option(struct target *t, char *option, struct reason *reason)
{
	if (!*option)
		return reason_fail(reason, -EINVAL, "an empty option");
	return *option == '-' ? add_mkfs(t, option, reason) : add_mount(t, option, reason);
}

/* What a file says, line by line. */
struct reader {
	struct target *target;
	struct reason *reason;
	const char *path;
	bool based;
};

/* The words of @value, separated by @blanks, each an option. */
static int add_words(struct target *t, const char *value, const char *blanks, struct reason *reason)
{
	char *copy = strdup(value), *save = NULL;
	int err = copy ? 0 : reason_fail(reason, -ENOMEM, "not enough memory");

	/* The words become part of the target, and live as long. */
	for (char *word = copy ? strtok_r(copy, blanks, &save) : NULL; word && !err;
	     word = strtok_r(NULL, blanks, &save)) {
		char *value_of = *word == '-' ? strtok_r(NULL, blanks, &save) : NULL;
		char *option;

		if (asprintf(&option, "%s%s%s", word, value_of ? "=" : "", value_of ? value_of : "") < 0)
			return reason_fail(reason, -ENOMEM, "not enough memory");
		err = add_option(t, option, reason);
	}
	return err;
}

static int handle_key(void *user, const char *section, const char *key, const char *value)
{
	struct reader *r = user;
	const struct target *base;

	if (strcmp(section, "target"))
		return !reason_set(r->reason, "the only section is [target]");
	if (!strcmp(key, "base")) {
		base = target_find(value, r->reason);
		if (!base)
			return 0;
		*r->target = *base;
		r->based = true;
		return 1;
	}
	if (!r->based)
		return !reason_set(r->reason, "base = TARGET must come first");
	if (!strcmp(key, "mount"))
		return !add_words(r->target, value, ", \t", r->reason);
	if (!strcmp(key, "mkfs"))
		return !add_words(r->target, value, " \t", r->reason);
	return !reason_set(r->reason, "unknown key '%.60s'; must be base, mount or mkfs", key);
}

/* Returns 0 or -errno with @reason. */
static int read_file(struct target *t, const char *path, struct reason *reason)
{
	struct reason why = { "" };
	struct reader r = { .target = t, .reason = &why, .path = path };
	int line = ini_parse(path, handle_key, &r);

	if (line < 0)
		return reason_fail(reason, -ENOENT, "%s: %s", path, strerror(errno));
	if (line)
		return reason_fail(reason, -EINVAL, "%s:%d: %s", path, line,
				   why.text[0] ? why.text : "neither 'key = value' nor [target]");
	return r.based ? 0 : reason_fail(reason, -EINVAL, "%s: no base = TARGET", path);
}

/* Returns 0 or -errno with @reason. */
static int read_text(struct target *t, const char *text, struct reason *reason)
{
	char *copy = strdup(text), *rest = copy, *option;
	const struct target *base;
	int err = 0;

	if (!copy)
		return reason_fail(reason, -ENOMEM, "not enough memory");
	base = target_find(strsep(&rest, "+"), reason);
	if (!base)
		return -EINVAL;
	*t = *base;
	while (!err && (option = strsep(&rest, "+")))
		err = add_option(t, option, reason);
	return err;
}

static bool is_path(const char *text)
{
	size_t len = strlen(text);

	return strchr(text, '/') || (len > 4 && !strcmp(text + len - 4, ".ini"));
}

/* The name of the target that @text stands for; the caller frees it. */
static char *name_of(const char *text)
{
	const char *slash = strrchr(text, '/'), *base = slash ? slash + 1 : text;
	size_t len = strlen(base);

	return is_path(text) && len > 4 ? strndup(base, len - 4) : strdup(base);
}

const struct target *target_custom(const char *text, struct reason *reason)
{
	char *name = name_of(text);
	struct custom *c = name ? calloc(1, sizeof(*c)) : NULL;
	int err;

	if (!c) {
		free(name);
		reason_set(reason, "not enough memory");
		return NULL;
	}
	for (const struct custom *old = customs; old; old = old->next)
		if (!strcmp(old->target.name, name) && !is_path(text)) {
			free(name);
			free(c);
			return &old->target;
		}
	err = is_path(text) ? read_file(&c->target, text, reason) : read_text(&c->target, text, reason);
	if (!err && !name_ok(name))
		err = reason_fail(reason, -EINVAL, "target '%.80s': the name must be at most %d of A-Z a-z 0-9 "
				  "._:@/#+=-; use a file", name, NAME_SIZE - 1);
	if (err) {
		free(name);
		free(c);
		return NULL;
	}
	c->target.name = name;
	c->target.summary = "a target of your own";
	c->next = customs;
	customs = c;
	return &c->target;
}
