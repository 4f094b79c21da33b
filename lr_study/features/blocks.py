"""Which layers of a backbone train: all, or those of its last blocks.

A block is what the layers' names say: all layers of one prefix that ends in ``block`` and a
number, such as ``block3_add`` (EfficientNet-Lite0), ``block2b_drop`` (EfficientNet-B0) or
``conv5_block3_out`` (ResNet), or in ``expanded_conv`` and a number (MobileNetV3). Where no layer
has such a name (MobileNet, Inception, NASNet), each layer with weights that is no normalisation is
one.
"""

import re
from itertools import accumulate

from lr_study.support import UsageError, keras

_NAMED = re.compile(r"(.*block_?\d+[a-z]?|expanded_conv(?:_\d+)?)(?=_|$)")
_NORMS = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Normalization,
)


def set_trained(backbone: keras.Model, train: str, *, norms: bool = False) -> None:
    """Let a part of a backbone train, and nothing else of it.

    Parameters
    ----------
    train
        ``head`` (nothing of the backbone), ``all``, or how many of its last blocks; what follows
        the last block trains with it.
    norms
        Whether batch normalisations of that part train too. Otherwise they keep their scale and
        shift, and normalise by the statistics of their weights, as at inference: Keras's guide
        "Transfer learning & fine-tuning" explains why.

    Raises
    ------
    UsageError
        If the backbone has fewer blocks.
    """
    trained = set(_trained_layers(backbone, train))
    backbone.trainable = True
    for layer in backbone.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name in trained and (norms or not is_norm)


def blocks(backbone: keras.Model) -> list[list[str]]:
    """Return the names of the layers of each block, in order.

    What precedes the first block is in none; what follows a block is in it.
    """
    names = [layer.name for layer in backbone.layers]
    prefixes = [match[1] if (match := _NAMED.match(name)) else None for name in names]
    if any(prefixes):
        first = {prefix: prefixes.index(prefix) for prefix in filter(None, prefixes)}
        starts = [place in first.values() for place in range(len(names))]
    else:
        starts = [bool(x.weights) and not isinstance(x, _NORMS) for x in backbone.layers]
    number = list(accumulate(starts))
    return [
        [name for name, of in zip(names, number, strict=True) if of == block]
        for block in range(1, number[-1] + 1)
    ]


def _trained_layers(backbone: keras.Model, train: str) -> list[str]:
    if train == "head":
        return []
    if train == "all":
        return [layer.name for layer in backbone.layers]
    found = blocks(backbone)
    if int(train) > len(found):
        raise UsageError(
            f"train={train} is not allowed: the backbone has {len(found)} blocks: give at most "
            f"{len(found)}, or all"
        )
    return [name for block in found[-int(train) :] for name in block]
