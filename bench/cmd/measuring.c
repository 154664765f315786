// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/options.h"
#include "cmd/measuring.h"

enum { KEY_DEVICE = 512, KEY_DEVICE_SIZE, KEY_DRY_RUN, KEY_SEED };

static error_t parse_where(int key, char *arg, struct argp_state *state)
{
	struct measuring *m = state->input;

	switch (key) {
	case 't':
		m->request.targets = arg;
		break;
	case KEY_DEVICE:
		m->request.device = arg;
		break;
	case KEY_DEVICE_SIZE:
		m->request.device_size = option_size(state, "--device-size", arg);
		break;
	case KEY_DRY_RUN:
		m->dry_run = true;
		break;
	case ARGP_KEY_ARG:
		option_stray(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option where[] = {
	{ "target", 't', "LIST", 0, "file systems", 0 },
	{ "device", KEY_DEVICE, "KIND", 0, "loop (default), brd, zram, or the path of a RAM block device", 0 },
	{ "device-size", KEY_DEVICE_SIZE, "BYTES", 0, "size of the device, as in 512M (default: what the files need)", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "print the jobs and touch nothing", 0 },
	{ 0 },
};

const struct argp measuring_where_argp = { where, parse_where, NULL, NULL, NULL, NULL, NULL };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct measuring *m = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		measuring_init(state);
		break;
	case 'o':
		m->output = arg;
		break;
	case KEY_SEED:
		m->request.seed = option_whole(state, "--seed", arg, 0, OPTION_WHOLE_MAX);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option options[] = {
	{ "seed", KEY_SEED, "N", 0, "of the order of slots (default: a new one, which the result file keeps)", 0 },
	{ "output", 'o', "FILE", 0, "append the results to this file", 0 },
	{ 0 },
};

static const struct argp_child children[] = { { &measuring_where_argp, 0, NULL, 0 }, { 0 } };

const struct argp measuring_argp = { options, parse, NULL, NULL, children, NULL, NULL };
