"""Which curve a tag, a column or a metric holds, by the names that training tools give them.

A name is read as words: which set it is of (``train``, ``val``, ``eval``), what it measures
(``loss``, ``accuracy``, ``acc``, ``top1``), and words that say nothing (``epoch``, ``metrics``).
The names of single tools, with where each is written:

=================== =========================== ===========================================
tool                names                       source
=================== =========================== ===========================================
Keras, TensorBoard  epoch_loss, val_loss, lr    keras/src/callbacks/tensorboard.py
Keras, CSVLogger    accuracy, val_accuracy      keras/src/callbacks/csv_logger.py
MLflow, for Keras   val_accuracy, learning_rate mlflow/keras/callback.py
Lightning           train_loss_epoch, lr-SGD    lightning/pytorch/callbacks/lr_monitor.py
transformers        eval_accuracy, eval/loss    transformers/integrations/integration_utils.py
ultralytics         metrics/accuracy_top1,      ultralytics/engine/trainer.py,
                    lr/pg0                      ultralytics/utils/metrics.py
=================== =========================== ===========================================
"""

import re

TRAIN, VALIDATION, TEST = "train", "validation", "test"
"""Sets whose curves a file or a folder may hold."""

_SETS = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "eval", "evaluation"), VALIDATION),
    "test": TEST,
}
_SILENT = frozenset({"epoch", "metric", "metrics", "scalar", "scalars"})
_MEASURES = {
    "loss": (("loss",),),
    "accuracy": (
        ("accuracy",),
        ("categorical", "accuracy"),
        ("sparse", "categorical", "accuracy"),
        ("binary", "accuracy"),
        ("acc",),
        ("accuracy", "top1"),
        ("acc", "top1"),
        ("top1", "accuracy"),
        ("top1", "acc"),
        ("top1",),
        ("acc1",),
    ),
}
_RATES = (("learning", "rate"), ("lr",))
_OF_OPTIMIZER = re.compile(r"adam\w*|sgd|rmsprop|adagrad|nadam|lamb|lion|muon|pg[01]|group_?0|0")

_EPOCH_MARKS = (("epoch",), ("train", "epoch"))

Rank = tuple[int, int, int, str]
"""How early a name is chosen among several of one curve: the lowest is."""


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case.

    >>> words_of("metrics/accuracy_top1")
    ('metrics', 'accuracy', 'top1')
    """
    return tuple(filter(None, re.split(r"[/_\-. :]+", name.lower())))


def marks_epochs(name: str) -> bool:
    """Whether values of this name are the epoch in which a step is.

    >>> marks_epochs("epoch"), marks_epochs("train/epoch"), marks_epochs("epoch_loss")
    (True, True, False)
    """
    return words_of(name) in _EPOCH_MARKS


def curve_of(name: str, of_set: str | None = None) -> tuple[str, Rank] | None:
    """Return the curve that a name stands for and its rank, or None if it stands for none.

    Parameters
    ----------
    name
        A tag of an event file, a column or a metric.
    of_set
        The set whose figures a file or folder holds, for names that give none; None if it may hold
        several, where such names are those of training.

    Examples
    --------
    >>> curve_of("eval/accuracy")[0], curve_of("Loss/train")[0], curve_of("lr-SGD")[0]
    ('val_accuracy', 'loss', 'learning_rate')
    >>> curve_of("epoch_accuracy", "validation")[0]
    'val_accuracy'
    >>> curve_of("train_loss_step") is None  # of a single step
    True
    """
    words = words_of(name)
    sets = [word for word in words if word in _SETS]
    rest = tuple(word for word in words if word not in _SETS and word not in _SILENT)
    if len(sets) > 1:
        return None
    found = _SETS[sets[0]] if sets else of_set
    if found is None and "metrics" in words:
        found = VALIDATION  # as in metrics/accuracy_top1
    is_of_epochs = 0 if "epoch" in words else 1
    if rest[:2] == _RATES[0] or rest[:1] == _RATES[1]:
        length = 2 if rest[:2] == _RATES[0] else 1
        if found in (VALIDATION, TEST) and sets:
            return None
        is_rate = all(_OF_OPTIMIZER.fullmatch(word) for word in rest[length:])
        return ("learning_rate", (0, is_of_epochs, 2 - length, name)) if is_rate else None
    for measure, forms in _MEASURES.items():
        if rest in forms:
            prefix = "val_" if found in (VALIDATION, TEST) else ""
            order = 2 if found == TEST else bool(sets) if found in (TRAIN, None) else 0
            order += sets == ["eval"] or sets == ["evaluation"]
            return f"{prefix}{measure}", (int(order), is_of_epochs, forms.index(rest), name)
    return None
