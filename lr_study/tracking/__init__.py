"""MLflow: records written to runs, runs read back as a table, and an outbox in between.

In: `RunRecord`s with their files. Out: finished runs in an MLflow store, and a DataFrame of all
runs of an experiment. What is to be stored is on local disk before the network is touched.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
