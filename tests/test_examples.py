"""The examples run as their first lines say, in a short form."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from forked import lr_study
from PIL import Image
from sklearn.datasets import load_digits

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples and an empty store."""
    for file in EXAMPLES.glob("*.py"):
        shutil.copy(file, tmp_path)
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    return tmp_path


def study(folder: Path, workload: str, seeds: int, **environment: str) -> str:
    words = [
        "study",
        f"--workload={workload}:workload",
        "--policy=fixed:lr=0.01",
        f"--seeds={seeds}",
    ]
    answer = lr_study(*words, cwd=folder, env=os.environ | environment)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.examples
def test_a_table(folder: Path) -> None:
    assert "wine, 301 parameters trained, adam, batch size 16, 5 epochs" in study(
        folder, "wine_mlp", 1
    )


def write_idx(file: Path, values: np.ndarray) -> None:
    shape = np.array(values.shape, ">i4").tobytes()
    file.write_bytes(bytes([0, 0, 8, values.ndim]) + shape + values.astype(np.uint8).tobytes())


@pytest.mark.examples
def test_mnist(folder: Path) -> None:
    """With scikit-learn's digits, enlarged, in the place of MNIST's."""
    images, labels = load_digits(return_X_y=True)
    enlarged = np.kron(images.reshape(-1, 8, 8) * 15, np.ones((1, 3, 3)))
    enlarged = np.pad(enlarged, ((0, 0), (2, 2), (2, 2)))
    for part, rows in (("train", slice(300)), ("t10k", slice(300, 350))):
        write_idx(folder / f"{part}-images-idx3-ubyte", enlarged[rows])
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels[rows])
    said = study(folder, "mnist_cnn", 1, MNIST_DIR=str(folder))
    assert "mnist-cnn, 121,930 parameters trained, sgd(momentum=0.9), batch size 128" in said


@pytest.mark.examples
def test_a_script_with_the_callback(folder: Path) -> None:
    script, usual = folder / "callback.py", "EPOCHS, SEEDS = 6, 3"
    text = script.read_text(encoding="utf-8")
    assert usual in text
    script.write_text(text.replace(usual, "EPOCHS, SEEDS = 1, 1"), encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, script.name], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert answer.returncode == 0, answer.stderr
    assert "callback, 2,410 parameters trained, 2 runs" in answer.stdout
    assert "fixed:lr=0.02 " in answer.stdout
    assert "one_cycle:max_lr=0.3," in answer.stdout


@pytest.mark.examples
def test_fine_tuning(folder: Path) -> None:
    images = folder / "images"
    draw = np.random.default_rng(0)
    for label in range(2):
        (images / str(label)).mkdir(parents=True)
        for number in range(6):
            shade = draw.integers(0, 100, (32, 32, 3)) + 100 * label
            Image.fromarray(shade.astype(np.uint8)).save(images / str(label) / f"{number}.png")
    options = ["--image-size=32", "--epochs=1", "--seeds=1", "--train=1"]
    answer = subprocess.run(
        [sys.executable, "fine_tuning.py", f"--data={images}", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "efficientnet-lite0" in answer.stdout
    assert "fixed:lr=0.0003" in answer.stdout


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_an_example_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) < 60
