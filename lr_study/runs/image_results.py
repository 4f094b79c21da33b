"""Which images a run had right after its last epoch, packed into a text that fits into a tag."""

import base64
import json
import math
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_IMAGES = 100_000_000
"""Images of a data set or a test set above which a text is refused: no reader could hold more."""

_VERSION = 2  # the first one had neither classes nor groups

LEAST_LOG_PROBABILITY = float(np.finfo(np.float16).min)
"""What stands for every smaller one, and for what is not a number."""


@dataclass(frozen=True, eq=False)
class ImageResults:
    """What a run predicted for each image of its validation set, and of its test set.

    Attributes
    ----------
    images
        How many images folds or splits divide: all that are used but the test set. They are
        numbered from 0, in the order of their paths, the same under all seeds of a protocol.
    validated : ndarray of int64, shape (m,)
        The numbers of the images that validated, ascending.
    classes : ndarray of uint16, shape (m,)
        The true class of each. Stratified folds are judged within class.
    right : ndarray of bool, shape (m,)
        Whether the most probable class was the true one.
    log_probability : ndarray of float16, shape (m,)
        The natural logarithm of the probability of the true class, at least -65504.
    test_right, test_log_probability
        The same for the images of the test set, in the order of their paths; None without one.
    groups : ndarray of int64, shape (m,)
        For each validated image the number of the first one in its group of similar images, which
        stay in one fold; by default its own.

    Raises
    ------
    ValueError
        If the shapes do not fit, numbers are not ascending and below ``images``, a class does not
        fit into 16 bits, a log-probability is above 0 or not finite, or a group's first image did
        not validate.

    Examples
    --------
    >>> results = ImageResults(4, [0, 3], [1, 1], [True, False], [-0.25, -2])
    >>> ImageResults.from_text(results.to_text()) == results
    True
    >>> results.accuracy, results.loss
    (0.5, 1.125)
    """

    images: int
    validated: NDArray[np.int64]
    classes: NDArray[np.uint16]
    right: NDArray[np.bool_]
    log_probability: NDArray[np.float16]
    test_right: NDArray[np.bool_] | None = None
    test_log_probability: NDArray[np.float16] | None = None
    groups: NDArray[np.int64] = None  # type: ignore[assignment]  # until __post_init__

    def __post_init__(self) -> None:
        if not 0 < self.images <= MAX_IMAGES:
            raise ValueError(f"{self.images} images are not from 1 to {MAX_IMAGES}")
        numbers = np.asarray(self.validated, np.int64)
        if numbers.ndim != 1 or not len(numbers):
            raise ValueError("no images validated")
        if numbers[0] < 0 or numbers[-1] >= self.images or (np.diff(numbers) <= 0).any():
            raise ValueError(f"the images are not ascending numbers below {self.images}")
        object.__setattr__(self, "validated", numbers)
        classes = np.asarray(self.classes, np.int64)
        if classes.shape != numbers.shape:
            raise ValueError(f"{len(numbers)} images validated, but classes has {classes.size}")
        if classes.min() < 0 or classes.max() > np.iinfo(np.uint16).max:
            raise ValueError("a class is not a number from 0 to 65535")
        object.__setattr__(self, "classes", classes.astype(np.uint16))
        groups = numbers if self.groups is None else np.asarray(self.groups, np.int64)
        if groups.shape != numbers.shape:
            raise ValueError(f"{len(numbers)} images validated, but groups has {groups.size}")
        first = np.searchsorted(numbers, groups).clip(max=len(numbers) - 1)
        is_first = (numbers[first] == groups) & (groups[first] == groups) & (groups <= numbers)
        if not is_first.all():
            raise ValueError("a group is not the number of its first image, which validated")
        object.__setattr__(self, "groups", groups)
        self._check("right", "log_probability", len(numbers))
        if (self.test_right is None) != (self.test_log_probability is None):
            raise ValueError("of the test set, right and log_probability go together")
        if self.test_right is not None:
            self._check("test_right", "test_log_probability", len(self.test_right))

    def _check(self, right_name: str, log_name: str, size: int) -> None:
        right = np.asarray(getattr(self, right_name), bool)
        logs = np.asarray(getattr(self, log_name), np.float16)
        if right.shape != (size,) or logs.shape != (size,) or not size:
            raise ValueError(f"{right_name} and {log_name} do not have one value per image")
        if not (np.isfinite(logs) & (logs <= 0)).all():
            raise ValueError(f"{log_name} has a value that is no logarithm of a probability")
        object.__setattr__(self, right_name, right)
        object.__setattr__(self, log_name, logs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ImageResults) and self.to_text() == other.to_text()

    def __hash__(self) -> int:
        return hash(self.to_text())

    @property
    def accuracy(self) -> float:
        """The share of the validated images that were right."""
        return int(self.right.sum()) / len(self.right)

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test images that were right; None without a test set."""
        if self.test_right is None:
            return None
        return int(self.test_right.sum()) / len(self.test_right)

    @property
    def loss(self) -> float:
        """The mean log-loss of the validated images, of log-probabilities of 16 bits."""
        return -float(self.log_probability.mean(dtype=np.float64))

    def to_text(self) -> str:
        """Return the results as JSON: sizes, and ``data``, the rest in base64 of zlib.

        Unpacked, ``data`` holds one bit per image (whether it validated); of those that did, the
        classes in two bytes, how many places before it the first image of its group is in four, one
        bit each (whether it was right), and the log-probabilities in two bytes; the last two again
        for the test set. Numbers are little-endian, all low bytes first. Bits fill bytes from the
        highest on; the last byte of each series is filled with zeros. The same results give the
        same text wherever zlib is the same.
        """
        member = np.zeros(self.images, bool)
        member[self.validated] = True
        places = np.arange(len(self.validated)) - np.searchsorted(self.validated, self.groups)
        series: list[NDArray[Any]] = [
            *(member, self.classes, places.astype(np.uint32)),
            *(self.right, self.log_probability),
        ]
        tested = None
        if self.test_right is not None and self.test_log_probability is not None:
            tested = len(self.test_right)
            series += [self.test_right, self.test_log_probability]
        content = b"".join(_packed(values) for values in series)
        data = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
        about = {
            "version": _VERSION,
            "images": self.images,
            "validated": len(self.validated),
            "tested": tested,
            "data": data,
        }
        return json.dumps(about, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "ImageResults":
        """Return what `to_text` wrote.

        No more memory is taken than the sizes in the text need, and they must be those of the
        data.

        Raises
        ------
        ValueError
            If the text is something else, or damaged.
        """
        about = json.loads(text)
        if not isinstance(about, dict) or about.get("version") != _VERSION:
            raise ValueError(f"not image results of version {_VERSION}")
        images = _size(about, "images")
        validated = _size(about, "validated")
        tested = None if about.get("tested") is None else _size(about, "tested")
        if validated > images:
            raise ValueError(f"{validated} of {images} images validated")
        content = _Reader(_unpacked(about.get("data"), _length(images, validated, tested)))
        member = content.bits(images)
        numbers = np.flatnonzero(member)
        if len(numbers) != validated:
            raise ValueError(f"{len(numbers)} images are marked, not {validated}")
        classes, places = content.words(validated, "<u2"), content.words(validated, "<u4")
        first = np.arange(validated) - places.astype(np.int64)
        if (first < 0).any():
            raise ValueError("a group begins before the first image")
        right, logs = content.bits(validated), content.words(validated, "<f2")
        test_right, test_logs = (
            (None, None) if tested is None else (content.bits(tested), content.words(tested, "<f2"))
        )
        return cls(
            images, numbers, classes, right, logs, test_right, test_logs, groups=numbers[first]
        )


def log_probabilities(values: ArrayLike) -> NDArray[np.float16]:
    """Return logarithms of probabilities as `ImageResults` holds them.

    What 16 bits cannot hold, or is not a number, becomes the least that they can; rounding above 0
    becomes 0.

    >>> log_probabilities([-0.5, float("-inf"), float("nan"), 1e-9]).tolist()
    [-0.5, -65504.0, -65504.0, 0.0]
    """
    exact = np.nan_to_num(np.asarray(values, np.float64), nan=-math.inf)
    # A zero of either sign is the same probability, and has one form.
    return np.clip(exact, LEAST_LOG_PROBABILITY, 0.0).astype(np.float16) + np.float16(0)


def _size(about: dict[str, Any], name: str) -> int:
    value = about.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_IMAGES:
        raise ValueError(f"{name}={value!r} is not a number of images")
    return value


def _length(images: int, validated: int, tested: int | None) -> int:
    """How many bytes results of these sizes are, unpacked."""
    predicted = [validated] if tested is None else [validated, tested]
    return _bytes(images) + 6 * validated + sum(_bytes(size) + 2 * size for size in predicted)


def _bytes(bits: int) -> int:
    return -(-bits // 8)


def _packed(values: NDArray[Any]) -> bytes:
    """Bits as such; of longer values, all lowest bytes and so on to all highest ones.

    Those alike then stand together, which makes the text a tenth shorter.
    """
    if values.dtype == bool:
        return np.packbits(values).tobytes()
    words = values.astype(values.dtype.newbyteorder("<"))
    return words.view(np.uint8).reshape(len(words), -1).T.tobytes()


def _unpacked(data: object, length: int) -> bytes:
    """Unpack base64 of zlib that must give a known number of bytes; no more are ever unpacked."""
    if not isinstance(data, str):
        raise ValueError("data is not a text")
    try:
        packed = base64.b64decode(data, validate=True)
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, length + 1)
    except zlib.error as error:
        raise ValueError(f"data is damaged ({error})") from error
    if len(content) != length or not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"data does not hold {length} bytes")
    return content


class _Reader:
    """Takes series of values from bytes, one after another."""

    def __init__(self, content: bytes) -> None:
        self._content = np.frombuffer(content, np.uint8)
        self._at = 0

    def bits(self, count: int) -> NDArray[np.bool_]:
        return np.unpackbits(self._take(_bytes(count)), count=count).view(bool)

    def words(self, count: int, dtype: str) -> NDArray[Any]:
        planes = [self._take(count) for _ in range(np.dtype(dtype).itemsize)]
        return np.stack(planes, axis=1).ravel().view(dtype)

    def _take(self, count: int) -> NDArray[np.uint8]:
        self._at += count
        return self._content[self._at - count : self._at]
