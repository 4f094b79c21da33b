"""Features: what they are, that they are cached, and that no fault changes them."""

import dataclasses
import hashlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import PIL
import pytest
from image_folders import away

from lr_study.data import load_image, locate, read_left_out, scan
from lr_study.features import extraction as features
from lr_study.features.backbones import Weights, build_backbone, resolve_weights
from lr_study.features.extraction import BATCH_SIZE, load_features
from lr_study.features.feature_cache import cache_folder, cache_key
from lr_study.support import hold_lock
from lr_study.support.errors import LrStudyError
from lr_study.support.runtime import use_one_thread_per_op

BACKBONE = "efficientnet-lite0"
WEIGHTS = resolve_weights(BACKBONE, "imagenet")
IMAGES = 70  # two full batches and one that is padded
BROKEN = ("2/broken.png", "2/cut.png")

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()


@pytest.fixture(scope="module")
def sample():
    return locate("sample")[1]


@pytest.fixture(scope="module")
def image_set(sample, tmp_path_factory):
    root = tmp_path_factory.mktemp("digits")
    for class_name in "0", "1", "2":
        (root / class_name).mkdir()
    for file in [file for i in range(3) for file in sorted((sample / str(i)).iterdir())[:23]][:-1]:
        shutil.copy(file, root / file.parent.name)
    (root / BROKEN[0]).write_bytes(b"not an image")
    whole = next((root / "2").glob("0*.png")).read_bytes()
    (root / BROKEN[1]).write_bytes(whole[: len(whole) // 2])
    found = scan("digits", root)
    assert len(found.paths) == IMAGES
    return found


@pytest.fixture(scope="module")
def undisturbed(image_set, tmp_path_factory):
    """The cache after one extraction, and its features."""
    cache = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("LR_STUDY_CACHE", str(cache))
        return cache, load(image_set)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("LR_STUDY_CACHE", str(folder))
    return folder


@pytest.fixture
def full_cache(cache, undisturbed):
    """A cache of this test's own that already holds the features."""
    shutil.copytree(undisturbed[0], cache)
    return cache


@pytest.fixture
def decoded(monkeypatch):
    """The first rows of the batches that are decoded in this process from now on."""
    starts = []
    decode = features._decode

    def recorded(image_set, start, image_size):
        starts.append(start)
        return decode(image_set, start, image_size)

    monkeypatch.setattr(features, "_decode", recorded)
    return starts


def load(image_set, backbone=BACKBONE, weights=WEIGHTS, image_size=32):
    return load_features(image_set, backbone, weights, image_size)


def entry(cache, suffix=""):
    """The one folder of features in a cache, complete or ``.partial``."""
    folders = [path for path in (cache / "features").iterdir() if path.is_dir()]
    assert [folder.suffix for folder in folders] == [suffix]
    return folders[0]


def batches_done(partial):
    return len((partial / "progress.jsonl").read_bytes().splitlines())


# Values


def test_one_row_per_image_mapped_from_the_file(undisturbed):
    values = undisturbed[1].values
    assert values.shape == (IMAGES, 1280)
    assert values.dtype == np.float32
    assert isinstance(values, np.memmap)
    assert not values.flags.writeable


def test_rows_are_the_output_of_the_backbone_in_the_order_of_the_paths(image_set, undisturbed):
    model = build_backbone(BACKBONE, WEIGHTS, 32)
    for row in 0, BATCH_SIZE, IMAGES - 3:
        image = load_image(image_set.root / image_set.paths[row], 32)
        expected = model(image[None].astype(np.float32), training=False).numpy()[0]
        np.testing.assert_allclose(undisturbed[1].values[row], expected, rtol=1e-4, atol=1e-5)
        others = np.delete(undisturbed[1].values, row, axis=0)
        assert np.abs(others - expected).max(axis=1).min() > 0.01  # no other row would pass


def test_unusable_images_are_listed_and_their_rows_are_zero(image_set, undisturbed, full_cache):
    found = undisturbed[1]
    assert list(found.left_out) == sorted(BROKEN)
    assert "PNG" in found.left_out[BROKEN[0]]
    zero = [path for path, row in zip(image_set.paths, found.values, strict=True) if not row.any()]
    assert zero == sorted(BROKEN)
    assert read_left_out(image_set.fingerprint) == found.left_out


# The cache


class ExtractsError(Exception):
    """Raised where an extraction would begin."""


@pytest.fixture
def no_extraction(monkeypatch):
    def fail(*args):
        raise ExtractsError

    monkeypatch.setattr(features, "_extract", fail)


def test_the_second_call_reads_the_cache(image_set, undisturbed, full_cache, no_extraction):
    again = load(image_set)
    assert isinstance(again.values, np.memmap)
    assert again.values.tobytes() == undisturbed[1].values.tobytes()
    assert again.left_out == undisturbed[1].left_out
    assert again.seconds == undisturbed[1].seconds > 0


@pytest.mark.parametrize(
    "other",
    [
        {"backbone": "efficientnet-b0"},
        {"weights": Weights("random", None, "random")},
        {"image_size": 33},
        {"fingerprint": "0" * 64},
        {"pillow": "99.1.0"},
        {"decoding": 99},
    ],
    ids=lambda other: next(iter(other)),
)
def test_other_features_have_another_cache_entry(
    image_set, full_cache, no_extraction, monkeypatch, other
):
    load(image_set)
    other = dict(other)
    if "pillow" in other:
        monkeypatch.setattr(PIL, "__version__", other.pop("pillow"))
    if "decoding" in other:
        monkeypatch.setattr("lr_study.data.images._VERSION", other.pop("decoding"))
    if "fingerprint" in other:
        image_set, other = dataclasses.replace(image_set, **other), {}
    with pytest.raises(ExtractsError):
        load(image_set, **other)


# Faults


def cut_short(folder):
    file = folder / "features.npy"
    file.write_bytes(file.read_bytes()[:-1000])


def flip_one_bit(folder):
    file = folder / "features.npy"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def garble(folder):
    (folder / "features.json").write_bytes(b"\xff\x00garbage")


def empty(folder):
    (folder / "features.json").write_text("null", encoding="utf-8")


@pytest.mark.parametrize("damage", [cut_short, flip_one_bit, garble, empty])
def test_a_damaged_entry_is_detected(image_set, full_cache, no_extraction, damage):
    load(image_set)
    damage(entry(full_cache))
    with pytest.raises(ExtractsError):
        load(image_set)


def test_a_damaged_entry_is_extracted_again(image_set, undisturbed, full_cache, decoded):
    flip_one_bit(entry(full_cache))
    again = load(image_set)
    assert sorted(decoded) == [0, 32, 64]
    assert again.values.tobytes() == undisturbed[1].values.tobytes()
    assert again.left_out == undisturbed[1].left_out
    load(image_set)
    assert len(decoded) == 3  # and is intact from then on


@pytest.fixture(scope="module")
def interrupted(image_set, tmp_path_factory):
    """The cache after an interrupt that came in the third of three batches."""
    decode = features._decode

    def interrupting(image_set, start, image_size):
        if start == 64:
            raise KeyboardInterrupt
        return decode(image_set, start, image_size)

    cache = tmp_path_factory.mktemp("interrupted")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("LR_STUDY_CACHE", str(cache))
        monkeypatch.setattr(features, "_decode", interrupting)
        with pytest.raises(KeyboardInterrupt):
            load(image_set)
    assert batches_done(entry(cache, ".partial")) == 2
    return cache


@pytest.fixture
def partial(interrupted, cache):
    """The ``.partial`` folder of this test's own copy of it."""
    shutil.copytree(interrupted, cache)
    return entry(cache, ".partial")


def test_a_batch_with_a_truncated_line_is_repeated(image_set, undisturbed, partial, decoded):
    progress = partial / "progress.jsonl"
    first, second = progress.read_bytes().splitlines(keepends=True)
    progress.write_bytes(first + second[: len(second) // 2])
    torn = 32 if b'"start": 32' in second else 0
    load(image_set)
    assert sorted(decoded) == [torn, 64]
    assert load(image_set).values.tobytes() == undisturbed[1].values.tobytes()
    assert load(image_set).left_out == undisturbed[1].left_out


def test_rows_that_do_not_match_their_checksum_are_repeated(
    image_set, undisturbed, partial, decoded
):
    values = np.lib.format.open_memmap(partial / "features.npy", mode="r+")
    values[40, 7] += 1
    values.flush()
    load(image_set)
    assert sorted(decoded) == [32, 64]
    assert load(image_set).values.tobytes() == undisturbed[1].values.tobytes()


# What happens to the images meanwhile


@pytest.fixture
def digits(image_set, tmp_path):
    """A copy of the images that a test may change, and its listing."""
    shutil.copytree(image_set.root, tmp_path / "digits")
    return scan("digits", tmp_path / "digits")


def test_an_image_that_is_away_ends_the_extraction_and_is_not_kept(digits, cache, undisturbed):
    gone = digits.root / digits.paths[40]
    with away(gone), pytest.raises(LrStudyError, match=r"the image .+ cannot be read"):
        load(digits)
    assert read_left_out(digits.fingerprint) is None
    again = load(digits)
    assert again.left_out == undisturbed[1].left_out
    assert again.values.tobytes() == undisturbed[1].values.tobytes()


def test_images_replaced_between_listing_and_decoding_are_not_kept(digits, cache, undisturbed):
    first, last = digits.root / digits.paths[0], digits.root / digits.paths[-1]
    original = first.read_bytes()
    shutil.copy(last, first)
    with pytest.raises(LrStudyError, match=r"the image .+ changed while the data set was being"):
        load(digits)
    first.write_bytes(original)
    again = load(scan("digits", digits.root))
    assert again.values.tobytes() == undisturbed[1].values.tobytes()


# With real processes

PROGRAM = """
import hashlib, sys
from pathlib import Path
from lr_study.features.backbones import resolve_weights
from lr_study.data import scan
from lr_study.features import extraction
from lr_study.features.extraction import load_features
from lr_study.support import use_one_thread_per_op

use_one_thread_per_op()
hold_lock = extraction.hold_lock

def announce_and_hold(file):
    print("waits", flush=True)
    return hold_lock(file)

extraction.hold_lock = announce_and_hold
root, backbone, image_size = sys.argv[1:]
image_set = scan("digits", Path(root))
found = load_features(image_set, backbone, resolve_weights(backbone, "imagenet"), int(image_size))
print(hashlib.sha256(found.values.tobytes()).hexdigest())
"""


def start_extraction(root, image_size):
    """Start a process that extracts features into the cache of the environment."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(root), BACKBONE, str(image_size)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_of_two_processes_one_extracts_and_the_other_waits(image_set, undisturbed, cache):
    key = cache_key(image_set, BACKBONE, resolve_weights(BACKBONE, "imagenet"), 32)
    (cache / "features").mkdir(parents=True)
    with hold_lock(cache_folder(key).with_suffix(".lock")):
        processes = [start_extraction(image_set.root, 32) for _ in range(2)]
        for process in processes:  # until both wait at the same time
            assert process.stdout.readline() == "waits\n", process.communicate()
        assert not list(cache.glob("features/*/"))
    answers = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    digests = {out.strip() for out, _ in answers}
    assert digests == {hashlib.sha256(undisturbed[1].values.tobytes()).hexdigest()}
    assert sum("extracting features" in err for _, err in answers) == 1


def wait_for_batches(process: subprocess.Popen[str], cache: Path, count: int) -> Path:
    """Wait until an extraction has done ``count`` batches; return its ``.partial`` folder."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        for progress in cache.glob("features/*.partial/progress.jsonl"):
            if batches_done(progress.parent) >= count:
                return progress.parent
        time.sleep(0.005)
    raise AssertionError("the extraction did not get that far")


def test_after_kill_9_an_extraction_goes_on(sample, cache, tmp_path, monkeypatch, decoded):
    root = tmp_path / "half"
    for class_name in "01234":
        shutil.copytree(sample / class_name, root / class_name)
    digits = scan("digits", root)
    starts = range(0, len(digits.paths), BATCH_SIZE)
    process = start_extraction(root, 64)
    partial = wait_for_batches(process, cache, 5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    before = batches_done(partial)
    assert 5 <= before < len(starts)
    assert entry(cache, ".partial") == partial  # nothing that looks complete

    resumed = load(digits, image_size=64)
    # Of those done before, none is done again but one whose line was cut short.
    assert len(decoded) == len(set(decoded))
    assert len(starts) - before <= len(decoded) <= len(starts) - before + 1
    assert entry(cache).name == partial.stem

    decoded.clear()
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "another cache"))
    undisturbed = load(digits, image_size=64)
    assert sorted(decoded) == list(starts)
    assert resumed.values.tobytes() == undisturbed.values.tobytes()
