/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a program in a guest tells plugin.c which instructions to count.
 *
 * Each mark is one instruction without any effect that no compiler emits: on
 * x86_64 an eight-byte nop whose unused displacement holds 0xfb17 and the
 * mark, on arm64 a move to the zero register. The plugin recognises it
 * when QEMU translates it; everything else executes it as the nop it is.
 * Numbers are sent bit by bit, so that there is no memory and no register the
 * plugin would have to read, which it cannot in QEMU before 9.0.
 *
 * What is counted is what runs between marker_begin() and marker_end(), and
 * neither of these two.
 */
#ifndef FAULTBENCH_MARKER_H
#define FAULTBENCH_MARKER_H

enum {
	MARKER_ZERO,		/* a bit of a number, most significant first */
	MARKER_ONE,
	MARKER_CELL,		/* the number before is a cell's */
	MARKER_BEGIN,		/* the number before is an arm's: its slot begins */
	MARKER_END,		/* of the slot */
	MARKER_KINDS
};

#define MARKER_BITS	16	/* of a number */
#define MARKER_NO_ARM	0xffff	/* a slot that nobody wants counted */

#if defined(__x86_64__)
#define MARKER(mark) \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00\n\t.long 0xfb170000 + %c0" : : "i" (mark) : "memory")
#elif defined(__aarch64__)
/* movz xzr, #0xfb00 + mark, lsl #48 */
#define MARKER(mark) \
	__asm__ volatile(".inst 0xd2e0001f + ((0xfb00 + %c0) << 5)" : : "i" (mark) : "memory")
#else
#define MARKER(mark)	((void)(mark))
#endif

static inline void marker_number(unsigned number)
{
	for (int bit = MARKER_BITS - 1; bit >= 0; bit--) {
		if (number >> bit & 1)
			MARKER(MARKER_ONE);
		else
			MARKER(MARKER_ZERO);
	}
}

/* The slots that follow are those of cell @number. */
static inline void marker_cell(unsigned number)
{
	marker_number(number);
	MARKER(MARKER_CELL);
}

/* A slot of the @arm-th strategy begins with the next instruction. */
static inline void marker_begin(unsigned arm)
{
	marker_number(arm);
	MARKER(MARKER_BEGIN);
}

static inline void marker_end(void)
{
	MARKER(MARKER_END);
}

#endif
