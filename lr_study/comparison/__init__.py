"""Comparison of runs: which may be ranked, paired tests, verdicts and advice.

In: a DataFrame of runs, as `lr_study.load_runs` gives it, and `ComparisonCriteria`. Out: a
`Comparison`, one ranking per protocol with estimates, differences, verdicts and advice. Pure
functions: no files, network or command line.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
