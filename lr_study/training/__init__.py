"""Training: specs of one seed in, finished runs out.

In: `RunSpec`s, and the features (`train_heads`) or images (`train_live`) of one seed's split. Out:
a `History` for each run: its epochs, the trained softmax head, the test accuracy, the time. Two
trainers: many softmax heads on cached features as one batched program, or one model on images
through Keras ``fit``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
