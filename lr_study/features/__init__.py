"""Backbones, and the features they compute from images, extracted once and cached.

In: an `ImageSet` from `lr_study.data`, the name of a backbone, its weights. Out: a Keras backbone,
or a `FeatureSet`: one row of features per image, memory-mapped from the user's cache.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
