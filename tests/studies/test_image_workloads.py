"""Images as a workload: what is prepared again, and which runs are comparable."""

import hashlib
import json
import shutil
from dataclasses import replace

import numpy as np
import PIL
import pytest
from PIL import Image

from lr_study.data import image_set
from lr_study.features import feature_cache, resolve_weights
from lr_study.runs import Settings
from lr_study.studies import find_images, prepare
from lr_study.support import checked_json


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Two classes of four images, an empty cache, and random weights."""
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    for label, name in enumerate(["cat", "dog"]):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for i in range(4):
            colour = (40 * i, 200 * label, 90)
            Image.new("RGB", (8, 8), colour).save(tmp_path / "pets" / name / f"{i}.png")
    return Settings(
        data=str(tmp_path / "pets"),
        backbone="efficientnet-lite0",
        weights="random",
        image_size=32,
        resampling="splits",
    )


def prepared(settings, **changes):
    made = replace(settings, **changes)
    workload = prepare(made, find_images(made))
    return workload, list(workload.notices())


def invert_first_class(monkeypatch):
    """A decoder that reads some images otherwise."""
    decode = image_set.decode_image

    def decode_otherwise(content, size):
        image = decode(content, size)
        return image if image.pixels[0, 0, 1] else image._replace(pixels=255 - image.pixels)

    monkeypatch.setattr(image_set, "decode_image", decode_otherwise)


@pytest.mark.parametrize("engine", ["cached", "live"])
def test_a_new_decoder_that_reads_alike_leaves_the_protocol(settings, monkeypatch, engine):
    before, _ = prepared(settings, engine=engine)
    monkeypatch.setattr(PIL, "__version__", "99.0.0")
    after, remarks = prepared(settings, engine=engine)
    assert after.protocol == before.protocol
    assert after.protocol.fingerprint == after.image_set.fingerprint
    assert remarks == []


@pytest.mark.parametrize("engine", ["cached", "live"])
def test_a_new_decoder_that_reads_otherwise_has_a_protocol_of_its_own(
    settings, monkeypatch, engine
):
    before, _ = prepared(settings, engine=engine)
    monkeypatch.setattr(PIL, "__version__", "99.0.0")
    invert_first_class(monkeypatch)
    after, remarks = prepared(settings, engine=engine)
    assert after.protocol.id != before.protocol.id
    assert after.protocol.fingerprint.startswith(f"{before.protocol.fingerprint}+pixels-")
    (remark,) = remarks
    assert "now Pillow 99.0.0" in remark
    assert prepared(settings, engine=engine)[1] == remarks
    if engine == "cached":
        differ = (after.features.values != before.features.values).any(axis=1)
        assert differ.tolist() == [True] * 4 + [False] * 4


@pytest.mark.parametrize("differs", [False, True])
def test_features_of_an_earlier_version_are_compared_once(settings, tmp_path, differs):
    ready, _ = prepared(settings)
    cache = tmp_path / "cache"
    (folder,) = (path for path in (cache / "features").iterdir() if path.is_dir())
    values = np.array(ready.features.values)
    values[0] *= 1.01 if differs else 1.000001
    key = feature_cache.cache_key_of_before(
        ready.image_set,
        ready.protocol.backbone,
        resolve_weights(ready.protocol.backbone, "random"),
        32,
    )
    before = folder.with_name(key)
    folder.rename(before)
    np.save(before / "features.npy", values)
    metadata = json.loads((before / "features.json").read_text(encoding="utf-8"))["value"]
    metadata["sha256"] = hashlib.sha256((before / "features.npy").read_bytes()).hexdigest()
    del metadata["pixels"]
    (before / "features.json").write_text(checked_json(metadata), encoding="utf-8")
    shutil.rmtree(cache / "decoded")
    shutil.rmtree(cache / "left_out")

    again, remarks = prepared(settings)
    assert (again.protocol.fingerprint != again.image_set.fingerprint) == differs
    assert len(remarks) == differs
    assert prepared(settings)[0].protocol == again.protocol
