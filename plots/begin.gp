# SPDX-License-Identifier: GPL-2.0-or-later
# Before the template of a plot: its frame. faultbench report writes NAME.gp from the
# variables of the plot, this file, the template and end.gp; `gnuplot NAME.gp` in the
# directory of NAME.dat draws NAME.svg and NAME.png again.
#
# Of panel p from 1 to panels: name[p], unit[p], the pixels top[p] above it, body[p] of
# its height and left[p] of its left margin, the range low[p] to high[p] of its values, and the first
# and last number of what it has several of: lines of small text line[], blocks of
# NAME.dat with series_of[] (0: marks) and ticks tick_at[] with a text tick[]. A
# template plots one panel.

set encoding utf8
set datafile separator "\t"

# Colours of Okabe and Ito, which colour-blind readers can tell apart; shapes for print.
array colour[7] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x777777]
array shape[7] = [7, 5, 9, 13, 11, 15, 6]
hue(s) = s ? colour[(s - 1) % 7 + 1] : 0x000000
form(s) = s ? shape[(s - 1 + (s - 1) / 7) % 7 + 1] : 2	# colours repeat after 7, with another shape

# A step of 1, 2 or 5 that divides a range into six or less.
unit_of(range) = 10.0 ** floor(log10(range / 6.0))
step_of(range) = unit_of(range) * (range / 6.0 <= unit_of(range) ? 1 : \
	range / 6.0 <= 2 * unit_of(range) ? 2 : range / 6.0 <= 5 * unit_of(range) ? 5 : 10)

lines(p) = last_line[p] - first_line[p] + 1

do for [kind in "svg png"] {
	if (kind eq "svg") {
		set terminal svg name "plot" size width, height dynamic font "sans-serif,12" noenhanced
		dot = 0.45
		# The title names the picture, numbers of curves go, and colours follow the reader's.
		# A document shows it at its own width, a page at that of its place.
		set output "| sed -z -f svg.sed -e 's,<title>plot</title>,<title>".title."</title>,'" \
			." -e 's,<svg ,<svg width=\"".width."\" ,' >".file.".svg"
	} else {
		set terminal pngcairo size 2 * width, 2 * height fontscale 1.9 linewidth 1.8 \
			pointscale 1.6 background "white" noenhanced font "sans,9"
		dot = 0.75
		set output file.".png"
	}
	set multiplot
	set border 3 linecolor rgb "#777777"
	set tics scale 0.5
	set label 1 title at screen 0.5, screen 1 - 16 / height center font ",14"
	do for [p = 1:panels] {
		y = top[p]
		set label 2 name[p] at screen 8.0 / width, screen 1 - (y + 12) / height font ",13"
		do for [i = first_line[p]:last_line[p]] {
			set label 9 + i line[i] at screen 8.0 / width, \
				screen 1 - (y + 28 + 13 * (i - first_line[p])) / height font ",10"
		}
		y = y + 24 + 13 * lines(p)
		set lmargin at screen 1.0 * left[p] / width
		set rmargin at screen 1 - 24.0 / width
		set tmargin at screen 1 - (y + 4) / height
		set bmargin at screen 1 - (y + body[p]) / height
		unset xtics
		unset ytics
		set grid linetype 1 linewidth 0.7 linecolor rgb "#cccccc"
		unset key
