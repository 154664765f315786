# SPDX-License-Identifier: GPL-2.0-or-later
# A row for each tick, values along x with their intervals, and a band around 0. Where
# a row has one value, its number is on the right.
		n = last_tick[p] - first_tick[p] + 1
		of = last_block[p] - first_block[p] + 1
		# Points of one row are closer to each other than to those of the next.
		offset(b) = shared[p] ? 0.7 * (b - first_block[p] - 0.5 * (of - 1)) / of : 0
		number(v) = sprintf((x_label eq "cost" ? "%" : "%+").(abs(v) < 99.5 ? ".3g" : ".0f"), \
			floor(100 * v + 0.5) / 100.0)
		if (!shared[p]) { set rmargin at screen 1 - 60.0 / width }
		step = step_of(high[p] - low[p])
		set xrange [step * floor(low[p] / step):step * ceil(high[p] / step)]
		set xtics step nomirror
		set yrange [n - 0.35:-0.65]
		set ytics nomirror ()
		set for [i = first_tick[p]:last_tick[p]] ytics add (tick[i] tick_at[i])
		set xlabel x_label.", ".unit[p]
		plot for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using (0):1:(-$5):5:($1 - 0.45):($1 + 0.45) with boxxyerror \
			fillcolor rgb "#dddddd" fillstyle solid noborder, \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using 3:($1 + offset(b)):($4 - $3):(0) with vectors nohead linewidth 1.6 \
			linecolor rgb hue(series_of[b]), \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using 2:($1 + offset(b)) with points pointtype form(series_of[b]) \
			pointsize 1.2 * dot linecolor rgb hue(series_of[b]), \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using (step * ceil(high[p] / step)):(shared[p] ? NaN : $1):(number($2)) \
			with labels left offset 0.7, 0 font ",10"
