"""Studies: from a plan to finished runs in the store, and models of the winners.

In: what is to be trained (a workload), policies and seeds, and an MLflow experiment. Out: every
missing run trained, published and ranked. A single run is a study of one.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
