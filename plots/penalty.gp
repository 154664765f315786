# SPDX-License-Identifier: GPL-2.0-or-later
# Penalty per target and strategy with intervals, one panel per workload and
# layout. plots/render writes the values of a plot above this template: heading,
# machine, detail, panels, columns, rows and strategies. For panel p, it writes
# the strings name[p], targets[p] and baseline[p], and the number of its scale,
# scale[p]. For scale s, it writes the lowest and highest value to show, low[s]
# and high[s]. To change the appearance, edit the copy in the directory of
# penalty.dat and run `gnuplot penalty.gp` there.
#
# penalty.dat has one block per panel and one line per point: the numbers of its
# target and strategy, the penalty, the low and high end of the interval in per
# cent, and the two names.

set encoding utf8
set datafile separator "\t"
set datafile commentschars "!"

# Colours of Okabe and Ito, which colour-blind readers can tell apart; shapes for print.
array colour[8] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000, 0x999999]
array shape[8] = [7, 5, 9, 13, 11, 15, 6, 4]
hue(s) = colour[(s - 1) % 8 + 1]
form(s) = shape[(s - 1 + (s - 1) / 8) % 8 + 1]	# colours repeat after 8, with another shape

step = 0.7 / (|strategies| > 1 ? |strategies| - 1 : 1)
offset(s) = |strategies| > 1 ? (s - 1) * step - 0.35 : 0

# Axes end on round numbers. gnuplot would round by the content of each panel, and
# panels with the same scale would differ.
array step_of[|low|]
do for [s = 1:|low|] {
	pad = 0.04 * (high[s] - low[s])
	raw = (high[s] - low[s] + 2 * pad) / 8
	unit = 10.0 ** floor(log10(raw))
	step_of[s] = unit * (raw <= unit ? 1 : raw <= 2 * unit ? 2 : raw <= 5 * unit ? 5 : 10)
	low[s] = step_of[s] * floor((low[s] - pad) / step_of[s])
	high[s] = step_of[s] * ceil((high[s] + pad) / step_of[s])
}

# Sizes in pixels. Target names are slanted if they would overlap.
width = columns == 1 ? 640 : 340 * columns
slant = 0
do for [p = 1:panels] {
	if (strlen(targets[p]) + 2 * words(targets[p]) > (columns == 1 ? 76 : 36)) {
		slant = 1
	}
}
head = 80.0
panel = 400.0 + 45 * slant
legend = 12.0 + 18 * ceil(|strategies| / floor(width / 130.0))
foot = 8.0
height = head + panel * rows + legend + foot
if (slant) {
	set xtics rotate by -30 left
}

set border 3 linecolor rgb "#555555"
set grid ytics linetype 1 linecolor rgb "#dddddd"
set ytics nomirror
set tics scale 0.5 textcolor rgb "#222222"

do for [kind in "svg png"] {
	# Points are small, so that the intervals around them are visible.
	dot = kind eq "svg" ? 0.4 : 0.75
	if (kind eq "svg") {
		set terminal svg name "penalty" size width, height font "sans-serif,12" \
			background "white" noenhanced
	} else {
		set terminal pngcairo size 2 * width, 2 * height fontscale 1.9 linewidth 1.8 \
			pointscale 1.6 background "white" noenhanced font "sans,10"
	}
	# The terminal's only title is its own name, and its tooltips number the curves:
	# replace the first and remove the others.
	set output kind eq "png" ? "penalty.png" : "| sed '".\
		"s,^<title>.*</title>$,<title>Throughput lost to each strategy</title>,;".\
		"s,<title>penalty_[a-z0-9_]*</title>,,' >penalty.svg"
	set multiplot

	set label 1 heading at screen 0.5, screen 1 - 18 / height center font ",14"
	set label 2 machine at screen 0.5, screen 1 - 40 / height center textcolor rgb "#444444"
	set label 3 detail at screen 0.5, screen 1 - 58 / height center textcolor rgb "#444444"
	do for [p = 1:panels] {
		column = (p - 1) % columns
		row = (p - 1) / columns
		n = words(targets[p])
		top = 1 - (head + panel * row) / height
		set lmargin at screen (column + (columns == 1 ? 0.14 : 0.2)) / columns
		set rmargin at screen (column + 0.97) / columns
		set tmargin at screen top - 26 / height
		set bmargin at screen top - 365 / height
		set title name[p] offset 0, -0.5
		# Only if it differs from that of the left neighbour.
		left = column > 0 ? p - 1 : p
		if (left < p && baseline[p] eq baseline[left] && scale[p] == scale[left]) {
			unset ylabel
		} else {
			set ylabel sprintf("penalty against %s, %%", baseline[p]) offset 0.7, 0
		}
		unset object
		if (scale[p] > 1) {
			set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind \
				fillcolor rgb "#f5f0e0" fillstyle solid noborder
		}
		set xrange [-0.6:n - 0.4]
		set xtics scale 0 ()
		set for [t = 1:n] xtics add (word(targets[p], t) t - 1)
		unset arrow
		# Faint lines between targets show which target a shifted point belongs to.
		set for [t = 1:n - 1] arrow from t - 0.5, graph 0 to t - 0.5, graph 1 nohead \
			linecolor rgb "#eeeeee" back
		# 0 is always on the axis, so that a small penalty looks small.
		set yrange [low[scale[p]]:high[scale[p]]]
		set ytics step_of[scale[p]]
		unset key
		plot 0 with lines linetype 1 linewidth 1.5 linecolor rgb "#222222" notitle, \
			for [s = 1:|strategies|] "penalty.dat" index p - 1 \
				using ($2 == s ? $1 - 1 + offset(s) : NaN):4:(0):($5 - $4) \
				with vectors nohead linewidth 1.6 linecolor rgb hue(s) notitle, \
			for [s = 1:|strategies|] "penalty.dat" index p - 1 \
				using ($2 == s ? $1 - 1 + offset(s) : NaN):3 with points \
				pointtype form(s) pointsize dot linecolor rgb hue(s) notitle
		unset label 1
		unset label 2
		unset label 3
	}

	# The legend is an empty plot across the bottom.
	unset title
	unset ylabel
	unset xtics
	unset ytics
	unset border
	unset grid
	unset arrow
	unset object
	set lmargin at screen 0.02
	set rmargin at screen 0.98
	set bmargin at screen foot / height
	set tmargin at screen (foot + legend) / height
	set key center center horizontal samplen 1.5
	set xrange [0:1]
	set yrange [0:1]
	plot for [s = 1:|strategies|] NaN with points pointtype form(s) pointsize 1.4 * dot \
		linecolor rgb hue(s) title strategies[s]
	unset multiplot
	set output

	set border 3 linecolor rgb "#555555"
	set grid ytics linetype 1 linecolor rgb "#dddddd"
	set ytics nomirror
	if (slant) {
		set xtics rotate by -30 left
	}
}
