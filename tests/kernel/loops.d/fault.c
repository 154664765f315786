// SPDX-License-Identifier: GPL-2.0-or-later
// The place where a fault handler searches the exception tables.
#include <linux/mm.h>

static void HANDLER(struct pt_regs *regs, unsigned long code)
{
	if (regs->trusted && fixup_exception(regs, code))
		return;
	oops(regs, code);
}
