# SPDX-License-Identifier: GPL-2.0-or-later
# Behind the template of a plot: the end of its panel, then the legend, below the title.
		unset label
		unset arrow
	}
	if (across) {
		unset xlabel
		unset xtics
		unset ytics
		unset border
		unset grid
		unset logscale
		set lmargin at screen 0.02
		set rmargin at screen 0.98
		set tmargin at screen 1 - 30.0 / height
		set bmargin at screen 1 - 1.0 * (head - 4) / height
		set xrange [0:1]
		set yrange [0:1]
		set key center center horizontal reverse Left samplen 1.2 maxcols across
		plot for [s = 1:n_series] used[s] ? NaN : 1 / 0 with points pointtype form(s) pointsize 2 * dot \
			linecolor rgb hue(s) title used[s] ? series[s] : ""
	}
	unset multiplot
	set output
}
