// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index.html of a report. What comes from results goes through text_markup(); the policy
 * in the head forbids scripts and all that is not in the page itself.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/formats.h"
#include "analysis/page.h"
#include "analysis/tables.h"
#include "base/text.h"

enum { TITLE = 28 };	/* pixels of a picture's title, which the page has as a heading */

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
	" img-src data:\">\n"
	"<title>faultbench report</title>\n<style>\n"
	":root{color-scheme:light dark;--ground:#fff;--text:#222;--soft:#555;--line:#ccc;--link:#0058a8}\n"
	"@media(prefers-color-scheme:dark){:root{--ground:#16181c;--text:#ddd;--soft:#aaa;--line:#444;--link:#7db8f0}}\n"
	"@media print{:root{--ground:#fff;--text:#222;--soft:#555;--line:#ccc;--link:#222}}\n"
	"body{margin:0 auto;max-width:1080px;padding:1rem;background:var(--ground);color:var(--text);"
	"font:16px/1.5 sans-serif;overflow-wrap:anywhere}\n"
	"a{color:var(--link)}h1{font-size:1.5rem}h2{font-size:1.25rem;border-top:1px solid var(--line);padding-top:1rem}\n"
	"h3{font-size:1rem;margin-bottom:0}.whole{position:absolute;width:0;height:0;overflow:hidden}"
	".head svg{width:100%;max-width:480px}\n"
	".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));gap:1rem 1.5rem;"
	"align-items:start}\n"
	"figure{margin:0;min-width:0}figure svg,figure img{width:100%;height:auto;display:block}\n"
	"figcaption,section p{font-size:.9rem;color:var(--soft)}.flame{overflow-x:auto}.flame img{min-width:900px}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.1rem .5rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n"
	".summary th,.summary td{white-space:normal;overflow-wrap:normal;padding:.1rem .3rem}"
	".summary .name{white-space:nowrap}@media(max-width:480px){.summary table{font-size:.75rem}}\n"
	".name{text-align:left}pre{white-space:pre-wrap;border:1px solid var(--line);padding:.5rem;font-size:.875rem}pre.wide{white-space:pre}\n"
	"@media print{body{font-size:10pt;max-width:none}.plots{display:block}figure{break-inside:avoid;"
	"display:inline-block;vertical-align:top;width:8.4cm}.flame{display:block;width:100%}.flame img{min-width:0}table{font-size:7pt}.wide{overflow:visible}tr,h3{break-inside:avoid}"
	"section p{break-inside:avoid}h2,h3,.head,section p{break-after:avoid}}\n"
	"</style>\n</head>\n<body>\n<h1>faultbench report</h1>\n";

/* In an address what is not a letter or a digit is %XX, so no text ends it. */
static void write_image(FILE *out, const char *svg)
{
	fputs("<img src=\"data:image/svg+xml,", out);
	for (; *svg; svg++)
		fprintf(out, strchr("<>\"'%#&\n\t ", *svg) || *svg < ' ' || *svg > '~' ? "%%%02X" : "%c",
			(unsigned char)*svg);
}

/* A pass of record: its flame graph, if it has one, and its table, which keeps its lines. */
static void write_pass(FILE *out, const struct page_picture *p)
{
	fputs("<h3>", out);
	text_markup(out, p->name, SIZE_MAX);
	fputs("</h3>\n", out);
	if (p->svg) {
		fputs("<figure class=\"flame\">", out);
		write_image(out, p->svg);
		fputs("\" alt=\"flame graph ", out);
		text_markup(out, p->name, SIZE_MAX);
		fputs("\"></figure>\n", out);
	}
	if (!p->sites)
		return;
	fputs("<pre class=\"wide\">", out);
	for (const char *line = p->sites, *end; *line; line = end + (*end == '\n')) {
		end = strchrnul(line, '\n');
		text_markup(out, line, (size_t)(end - line));
		fputc('\n', out);
	}
	fputs("</pre>\n", out);
}

/* What of the picture of @p is @height high, from @top on. */
static void write_part(FILE *out, const struct page_picture *p, size_t top, size_t height)
{
	fprintf(out, "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 %zu %zu %zu\"><use href=\"#%s-all\"/></svg>\n",
		p->title, top, p->layout.width, height, p->name);
}

/* The picture is there once, and shown in parts: its head, and panels that fill columns and pages. */
static void write_plot(FILE *out, const struct page_picture *p)
{
	const char *name = p->name, *svg = strstr(p->svg, "<svg");

	fprintf(out, "<section id=\"%s\">\n<h3>%s</h3>\n<div class=\"whole\">", name, p->title);
	/* Names are for the whole page: each picture gets its own. */
	for (const char *at = svg ? svg : ""; *at; at++) {
		if (!strncmp(at, "gpPt", 4) || !strncmp(at, "gpDot", 5))
			fprintf(out, "%s-", name);
		if (!strncmp(at, "gnuplot_canvas", 14)) {
			fprintf(out, "%s-all", name);
			at += 13;
		} else {
			fputc(*at, out);
		}
	}
	fprintf(out, "</div>\n<p>%s", p->plot->caption);
	fprintf(out, " <a href=\"%s.png\">PNG</a>, <a href=\"%s.svg\">SVG</a>, <a href=\"%s.dat\">data</a>,"
		" <a href=\"%s.gp\">gnuplot</a></p>\n<div class=\"head\">", name, name, name, name);
	write_part(out, p, TITLE, p->layout.head - TITLE);
	fputs("</div>\n<div class=\"plots\">\n", out);
	for (size_t i = 0; i < p->layout.panels; i++) {
		fputs("<figure>", out);
		write_part(out, p, p->layout.top[i], p->layout.top[i + 1] - p->layout.top[i]);
		fputs("</figure>\n", out);
	}
	fputs("</div>\n", out);
	if (p->panels_left)
		fprintf(out, "<p>%zu more panels are not drawn; the tables have their figures.</p>\n", p->panels_left);
	if (p->points_left)
		fprintf(out, "<p>%zu points for which a panel has no room are not drawn; the tables have them.</p>\n",
			p->points_left);
	fputs("</section>\n", out);
}

static void write_plots(FILE *out, const struct page *page)
{
	const char *lead = "<p>Left out: ";

	fputs("<h2>Plots</h2>\n", out);
	for (const struct page_picture *p = page->pictures; p < page->pictures + page->n_pictures; p++)
		if (p->plot && p->svg)
			write_plot(out, p);
	for (const struct page_picture *p = page->pictures; p < page->pictures + page->n_pictures; p++) {
		if (!p->plot || p->svg)
			continue;
		fprintf(out, "%s%s (%s)", lead, p->plot->style.name, p->plot->lacks);
		lead = ", ";
	}
	if (*lead == ',')
		fputs(".</p>\n", out);
}

static void write_passes(FILE *out, const struct page *page)
{
	bool any = false;

	for (const struct page_picture *p = page->pictures; p < page->pictures + page->n_pictures; p++) {
		if (p->plot)
			continue;
		if (!any)
			fputs("<h2>Faults</h2>\n<p>Where they come from, as <code>faultbench record</code> saw them. A frame of"
			      " a flame graph is as wide as its share of the faults.</p>\n", out);
		any = true;
		write_pass(out, p);
	}
}

void page_picture_free(struct page_picture *p)
{
	free(p->name);
	free(p->title);
	free(p->svg);
	free(p->sites);
}

static void write_commands(FILE *out, const struct page *page)
{
	const struct results *r = page->in->results;

	fputs("<h2>Commands</h2>\n", out);
	for (size_t i = 0; i < r->n_runs; i++) {
		fprintf(out, "<p>Run %zu", i + 1);
		if (r->runs[i].started) {
			fputs(", ", out);
			text_markup(out, r->runs[i].started, SIZE_MAX);
		}
		fputs(":</p>\n<pre>", out);
		text_markup(out, r->runs[i].command ? r->runs[i].command : "not recorded", SIZE_MAX);
		fputs("</pre>\n", out);
	}
	fputs("<p>This report:</p>\n<pre>", out);
	text_markup(out, page->command, SIZE_MAX);
	fputs("</pre>\n", out);
}

int page_write(FILE *out, const struct page *page)
{
	const struct plots_input *in = page->in;
	int err;

	fputs(head, out);
	fputs("<div class=\"summary\">\n", out);
	err = summary_print(out, &html_style, in->results, in->figures);
	fputs("</div>\n", out);
	write_plots(out, page);
	write_passes(out, page);
	fputs("<h2>Tables</h2>\n", out);
	err = tables_print(out, &html_style, in->results, in->figures) || err ? -ENOMEM : 0;
	if (!err && in->n_curves) {
		fputs("<h2>Break-even</h2>\n", out);
		err = breakeven_print(out, &html_style, in->curves, in->n_curves);
	}
	write_commands(out, page);
	fputs("<h2>Files</h2>\n<ul>\n", out);
	for (size_t i = 0; i < page->n_files; i++)
		fprintf(out, "<li><a href=\"%s\">%s</a></li>\n", page->files[i], page->files[i]);
	fputs("</ul>\n</body>\n</html>\n", out);
	return err;
}
