"""Import runs that were trained elsewhere.

In: a folder of TensorBoard event files, and declarations of their policies and protocol. Out:
finished runs in an MLflow experiment, each stored once however often it is imported.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
