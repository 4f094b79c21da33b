"""Results for people: text tables, JSON, CSV, Markdown, figures, and HTML pages.

In: a `Comparison`, the runs it was made of, plans and records. Out: text for the terminal,
matplotlib figures, and reports in English or Russian. Nothing is read from a store.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
