"""How Sphinx makes the site: from the Markdown files of the repository, wherever they are.

The folder of sources is the repository itself, so that links between its files hold both here and
where the files are read one by one.
"""

import lr_study

project = "lr-study"
version = release = lr_study.__version__
project_copyright = "the authors of lr-study, Apache-2.0"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/_generated/*.md",
    "benchmarks/README.md",
    "docker/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
]
exclude_patterns = [".venv", ".git", "dist", "tests", "lr_study", "mlruns", ".*_cache"]

myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # the command line's page begins each command at one level

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
default_role = "py:obj"
napoleon_google_docstring = False
napoleon_use_ivar = True

smartquotes = False  # an option begins with two hyphens

html_theme = "furo"
html_title = f"lr-study {release}"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["tables.css"]
html_show_sphinx = False
