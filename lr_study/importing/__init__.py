"""Runs that others trained, imported as runs of ours.

In: a folder of TensorBoard event files, and what a person declares of them. Out: finished runs in
an MLflow experiment, each written once however often it is imported.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
