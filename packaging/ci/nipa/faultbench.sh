#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A patch test of NIPA: the folder goes to tests/patch/faultbench. HEAD has the patch.

faultbench gate --exit=nipa HEAD~1..HEAD | {
	IFS= read -r verdict
	echo "${verdict#faultbench gate: }" >&"$DESC_FD"
	echo "$verdict"
	cat
}
exit "${PIPESTATUS[0]}"
