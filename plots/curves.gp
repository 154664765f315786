# SPDX-License-Identifier: GPL-2.0-or-later
# Lines through the points of each series, with their intervals; marks have theirs along x.
		step = step_of(high[p] - low[p])
		set yrange [step * floor(low[p] / step):step * ceil(high[p] / step)]
		set ytics step nomirror
		set autoscale x
		if (log2) {
			set logscale x 2
			# A little more than the data, or the last tick is lost to rounding.
			set xrange [0.98 * tick_at[first_tick[p]]:1.02 * last_x[p]]
		}
		set xtics nomirror
		# Six digits and more would overlap.
		set format x (last_x[p] >= 1e6 ? "%.1s%c" : last_x[p] >= 1e5 ? "%.0s%c" : "%h")
		if (last_tick[p] >= first_tick[p]) {
			set xtics ()
			set for [i = first_tick[p]:last_tick[p]] xtics add (tick[i] tick_at[i])
			# Half of the last one is to the right of its axis.
			half = 4.0 * strlen(tick[last_tick[p]]) + 2
			set rmargin at screen 1 - (half > 24.0 ? half : 24.0) / width
			if (!log2) { set xrange [tick_at[first_tick[p]]:last_x[p]] }
		}
		set xlabel unit_on_x ? x_label.", ".unit[p] : x_label
		# Not by ylabel, which long numbers would push out of the picture.
		set label 3 (unit_on_x ? y_label : y_label.", ".unit[p]) rotate center \
			at screen 10.0 / width, screen 1 - (y + 0.5 * body[p]) / height
		plot 0 with lines linewidth 1 linecolor rgb "#777777", \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using 1:(series_of[b] ? $3 : NaN):(0):($4 - $3) with vectors nohead linewidth 1.6 \
			linecolor rgb hue(series_of[b]), \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using 1:(series_of[b] ? $2 : NaN) with linespoints pointtype form(series_of[b]) \
			pointnumber 12 pointsize 1.2 * dot linewidth 1.2 linecolor rgb hue(series_of[b]), \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using (series_of[b] ? NaN : $3):2:($4 - $3):(0) with vectors nohead linewidth 2.5 \
			linecolor rgb hue(0), \
			for [b = first_block[p]:last_block[p]] file.".dat" index b - 1 \
			using (series_of[b] ? NaN : $1):2 with points pointtype 2 pointsize 2.4 * dot \
			linewidth 1.5 linecolor rgb hue(0)
