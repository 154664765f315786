# SPDX-License-Identifier: GPL-2.0-or-later
# What gnuplot writes as SVG, fit for a page: named as a picture, without empty groups
# and numbers of curves, and in colours that are readable on a dark ground too.
s,\(<g id="[^"]*" >\)<title>[^<]*</title>,\1,g
s,<filter.*</filter>,,
s,<g [^>]*>[[:space:]]*</g>\n,,g
s,<desc>[^<]*</desc>,<style>text{fill:#222}\
@media(prefers-color-scheme:dark){text{fill:#ddd}[stroke=black]{stroke:#ddd}[color=black]{color:#ddd}\
[stroke="rgb(  0\, 114\, 178)"]{stroke:#4aa3e0}[color="rgb(  0\, 114\, 178)"]{color:#4aa3e0}\
[stroke="rgb(204\, 204\, 204)"]{stroke:#444}[fill="rgb(221\, 221\, 221)"]{fill:#3a3a3a}}\
@media print{text{fill:#222}}</style>,
s,<svg ,<svg role="img" ,
