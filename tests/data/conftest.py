"""Each test of data has an empty cache and an empty folder for a data set."""

from pathlib import Path

import pytest

from lr_study.data import ImageError, load_image


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("LR_STUDY_CACHE", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def load(tmp_path):
    """Decode the content of a file."""

    def load(content, size=8, name="image.png"):
        path = tmp_path / name
        path.write_bytes(content)
        return load_image(path, size)

    return load


@pytest.fixture
def rejection(load):
    def rejection(content):
        with pytest.raises(ImageError) as raised:
            load(content)
        reason = str(raised.value)
        assert reason
        assert "\n" not in reason
        assert "image.png" not in reason  # the caller knows the path
        return reason

    return rejection
