# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Sphinx settings for `make docs`, which runs scripts/docs.sh.

The sources are copied to build/docs/source first, next to what is generated
(drawings from tables, ABI entries, kernel-doc), so nothing is written here.
"""
import os
import re

project = "xen-pciback"
author = "The xen-pciback authors"
copyright = author  # pylint: disable=redefined-builtin
release = os.environ.get("PCIBACK_VERSION", "")
version = release

extensions = ["sphinx.ext.graphviz"]
exclude_patterns = ["generated"]
root_doc = "index"
highlight_language = "none"
primary_domain = "c"
# Names of the kernel that the declarations mention and nothing here defines.
nitpicky = False
c_id_attributes = ["__init", "__exit", "__force"]

graphviz_output_format = "svg"
graphviz_dot_args = ["-Nfontname=DejaVu Sans", "-Efontname=DejaVu Sans",
                     "-Gfontname=DejaVu Sans", "-Nfontsize=11", "-Efontsize=10"]

html_theme = "alabaster"
html_title = f"xen-pciback {release}".strip()
html_static_path = ["_static"]
html_css_files = ["pciback.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "page_width": "1240px",
    "body_max_width": "1000px",
    "sidebar_width": "210px",
    "fixed_sidebar": True,
    "show_powered_by": False,
    "description": "gives PCI functions of a Xen host to its guests",
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}

# In the sources a page is named as a file, ``reset.rst``, which reads well without
# Sphinx. Here that becomes a link, and a page that does not exist an error.
PAGE = re.compile(r"``([a-z-]+)\.rst``")
# A recorded claim may end with a blank, which reST does not allow before the quotes.
BLANK_BEFORE_QUOTES = re.compile(r"[ ]+``$", re.MULTILINE)


def prepare(_app, docname, source):
    source[0] = PAGE.sub(r":doc:`\1`", source[0])
    if docname == "comparison":
        source[0] = BLANK_BEFORE_QUOTES.sub("``", source[0])


def setup(app):
    app.connect("source-read", prepare)
