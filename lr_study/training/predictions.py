"""What a trained model predicts for single examples, and the results that a run keeps of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, log_softmax

from lr_study.runs import ImageResults, log_probabilities
from lr_study.support import keras, tf


@dataclass(frozen=True)
class Predictions:
    """Of some images, whether each is right, and the logarithm of the truth's probability."""

    right: NDArray[np.bool_]
    log_probability: NDArray[np.floating[Any]]

    @property
    def accuracy(self) -> float:
        """The share of the images that are right."""
        return int(self.right.sum()) / len(self.right)

    @property
    def loss(self) -> float:
        """The mean cross-entropy, in nats; not finite for a head that has diverged."""
        with np.errstate(all="ignore"):
            return -float(self.log_probability.mean(dtype=np.float64))


def classified(
    outputs: NDArray[Any], labels: NDArray[np.int32], *, from_logits: bool = False
) -> Predictions:
    """Return which examples are right, from the outputs of a model that classifies.

    Parameters
    ----------
    outputs
        (examples, classes), or (examples, 1) of the second of two classes.
    labels
        (examples,): the classes, from 0.
    from_logits
        Whether outputs are logits, and not probabilities.

    Examples
    --------
    >>> found = classified(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 1]))
    >>> found.right.tolist(), np.exp(found.log_probability).round(3).tolist()
    ([True, False], [0.75, 0.5])
    >>> classified(np.array([[2.0], [-2.0]]), np.array([1, 1]), from_logits=True).right.tolist()
    [True, False]
    """
    outputs = outputs.reshape(len(labels), -1).astype(np.float64)
    with np.errstate(all="ignore"):  # of a model that has diverged; a probability may be 0
        if outputs.shape[1] == 1:
            one = outputs[:, 0]
            right = (one > (0 if from_logits else 0.5)) == (labels == 1)
            signed = np.where(labels == 1, one, -one)
            truth = np.where(labels == 1, one, 1 - one)
            return Predictions(right, log_expit(signed) if from_logits else np.log(truth))
        logs = log_softmax(outputs, axis=1) if from_logits else np.log(outputs)
        return Predictions(outputs.argmax(axis=1) == labels, _of_truth(logs, labels))


def _of_truth(values: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values[np.arange(len(labels)), labels])


def image_results(
    labels: NDArray[Any],
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
    unused: NDArray[np.int64],
    predicted: Predictions,
    tested: Predictions | None,
    groups: NDArray[np.int64] | None = None,
) -> ImageResults:
    """Return the results of a run; images are numbered among those that were divided.

    Parameters
    ----------
    labels
        The class of each row.
    train, validation, unused
        The rows that were divided, whatever order they are in.
    predicted, tested
        Of the validation set, and of the test set if there is one, in the order of their rows.
    groups
        For each row the first one of its group of similar images; by default itself.
    """
    divided = np.sort(np.concatenate([train, validation, unused]))
    order = np.argsort(validation)
    validated = validation[order]
    first = validated if groups is None else groups[validated]
    return ImageResults(
        images=len(divided),
        validated=np.searchsorted(divided, validated),
        classes=labels[validated],
        right=predicted.right[order],
        log_probability=log_probabilities(predicted.log_probability[order]),
        test_right=None if tested is None else tested.right,
        test_log_probability=None if tested is None else log_probabilities(tested.log_probability),
        groups=np.searchsorted(divided, first).astype(np.int64),
    )


class TracedOnce(keras.Model):  # type: ignore[misc]
    """A model whose `predict` is traced once for batches of all sizes.

    Keras's own is traced anew for the last batch, if it is smaller: seconds for a large backbone.
    """

    predict_function: Any

    def make_predict_function(self, force: bool = False) -> None:
        images = tf.TensorSpec((None, *self.input_shape[1:]), tf.float32)
        labels = tf.TensorSpec((None,), tf.int32)
        if self.predict_function is None or force:
            self.predict_function = tf.function(
                lambda data: self(data[0][0], training=False), input_signature=[[(images, labels)]]
            )


class Predictor:
    """Predicts single images with a model that has a layer ``softmax``.

    One of them serves a whole run: what it traces, it keeps.
    """

    def __init__(self, model: Any) -> None:
        self._softmax = model.get_layer("softmax")
        self._model = TracedOnce(model.inputs, [self._softmax.output, self._softmax.input])

    def predict(self, batches: Any, labels: NDArray[np.int32]) -> Predictions:
        """Return what the model, as it is now, predicts for batches of images.

        Logarithms are taken of the layer's logits: its probabilities may be rounded to 0.
        """
        probabilities, features = self._model.predict(batches, verbose=0)
        kernel, bias = (weight.astype(np.float64) for weight in self._softmax.get_weights())
        with np.errstate(all="ignore"):  # of a head that has diverged
            logits = features.astype(np.float64) @ kernel + bias
            log_probability = _of_truth(log_softmax(logits, axis=1), labels)
        return Predictions(probabilities.argmax(axis=1) == labels, log_probability)
