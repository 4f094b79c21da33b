"""Images for engine ``live``, and pixels in the place of its backbone."""

import shutil

import pytest
from live_images import SIZE, Watched

from lr_study.data import locate
from lr_study.runs import Settings
from lr_study.studies import find_images, prepare
from lr_study.support.runtime import keras
from lr_study.training import live


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A dozen pictures of each of three digits."""
    _, sample = locate("sample")
    folder = tmp_path_factory.mktemp("pictures")
    for digit in "368":
        (folder / digit).mkdir()
        for file in sorted((sample / digit).iterdir())[:12]:
            shutil.copy(file, folder / digit)
    return folder


@pytest.fixture
def prepared(folder):
    """Prepare with these settings besides the usual; nothing needs a download."""

    def prepared(**settings):
        usual = {"data": str(folder), "image_size": SIZE, "batch_size": 4, "weights": "random"}
        made = Settings(**usual | settings)
        return prepare(made, find_images(made))

    return prepared


@pytest.fixture
def watch(monkeypatch):
    """Put pixels in the place of the backbone, and listen; return the parts that are traced."""

    def watch(tell=lambda part, batch: None):
        traced = []

        def build_backbone(backbone, weights, image_size):
            inputs = keras.Input((image_size, image_size, 3))
            return keras.Model(inputs, Watched(tell, traced.append)(inputs))

        monkeypatch.setattr(live, "build_backbone", build_backbone)
        return traced

    return watch
