// SPDX-License-Identifier: GPL-2.0-or-later
/* What identifies a machine is left out, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/scrub.h"

static void check(char *(*how)(struct scrub *s, const char *text), const char *text, const char *expected)
{
	struct scrub *s = scrub_open("lab-pi.4", "root=/dev/sda2 a.b=1 mitigations=off pass=lab-pi.4 -- -x s3cret");
	char *clean = how(s, text);

	assert_string_equal(clean, expected);
	free(clean);
	scrub_close(s);
}

static void texts(void **state)
{
	(void)state;
	check(scrub_text, "lab-pi.4 said: LAB-PI.4, not lab-pi.42 nor my-lab-pi.4, nor lab-piX4",
	      "[host name] said: [host name], not lab-pi.42 nor my-lab-pi.4, nor lab-piX4");
	check(scrub_text, "-o /home/jane/r.jsonl", "-o /home/[name of a user]/r.jsonl");
	check(scrub_text, "eth0: dc:a6:32:01:02:0a up", "eth0: [hardware address] up");
	check(scrub_text, "12:00:01 and ::1", "12:00:01 and ::1");
	check(scrub_text, "UUID=0fc63daf-8483-4772-8e79-3d69d8477de4 rw", "UUID=[UUID] rw");
	check(scrub_text, "usb 1-1: SerialNumber: 4C530001; Serial : 10000000abcdef01",
	      "usb 1-1: SerialNumber: [serial number]; Serial : [serial number]");
	check(scrub_text, "serial8250: ttyS0 at I/O 0x3f8", "serial8250: ttyS0 at I/O 0x3f8");
	check(scrub_text, "run --token=abc123 --api-key k9 -w seq-4k",
	      "run --token=[token of a command line] --api-key [token of a command line] -w seq-4k");
	check(scrub_text, "", "");
}

/* Linux says which parameters it does not know, and what init gets. */
static void repeated(void **state)
{
	(void)state;
	check(scrub_text, "Unknown kernel command line parameters \"pass=lab-pi.4 root=/dev/sda2\", will be passed",
	      "Unknown kernel command line parameters \"[parameter of the kernel] [parameter of the kernel]\", will be passed");
	check(scrub_text, "[    1.0]     s3cret", "[    1.0]     [parameter of the kernel]");
	check(scrub_text, "    a.b=1", "    [parameter of the kernel]");
	check(scrub_text, "mitigations=off a.b=10 acb=1 -x", "mitigations=off a.b=10 acb=1 -x");
}

static void command_lines(void **state)
{
	(void)state;
	check(scrub_cmdline, "root=/dev/sda2 ro mitigations=off isolcpus=2,3 foo.token=s3cret quiet",
	      "root=[...] ro mitigations=off isolcpus=2,3 foo.token=[...] quiet");
	check(scrub_cmdline, "smsc95xx.macaddr=DC:A6:32:01:02:0A init=/bin/x -- --key s3cret",
	      "smsc95xx.macaddr=[...] init=[...] -- [...]");
	check(scrub_cmdline, "", "");
}

static void summary(void **state)
{
	struct scrub *s = scrub_open("ab", "ro quiet");	/* too short to be looked for */
	char *clean, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	scrub_summary(s, out);
	fputs("; ", out);
	clean = scrub_text(s, "ab wwn: 5000c500 and 00:11:22:33:44:55 66:77:88:99:aa:bb");
	scrub_summary(s, out);
	fclose(out);
	assert_string_equal(text, "nothing; hardware address: 2, serial number: 1");
	assert_non_null(strstr(clean, "ab wwn"));
	free(clean);
	free(text);
	scrub_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts), cmocka_unit_test(repeated), cmocka_unit_test(command_lines),
		cmocka_unit_test(summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
