// SPDX-License-Identifier: GPL-2.0-or-later
// The place where a fault handler searches the exception tables.
#include <linux/mm.h>

static void HANDLER(unsigned long where, unsigned int code, struct pt_regs *regs)
{
	if (regs->trusted && fixup_exception(regs, TRAP, code, where))
		return;
	oops(regs, code);
}
