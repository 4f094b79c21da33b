"""Runs compared: which may be ranked, what paired statistics allow to conclude, what to advise.

In: a DataFrame of runs, as `lr_study.load_runs` gives it, and `ComparisonCriteria`. Out: a
`Comparison`, one ranking per protocol with estimates, differences, verdicts and advice. Pure: no
file, no network, no command line.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
