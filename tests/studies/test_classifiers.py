"""The winner put to use: saved, asked for the class of images, registered and served."""

import base64
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from forked import lr_study
from mlflow import MlflowClient
from PIL import Image
from stores import free_port, serving

import lr_study as library
from lr_study.data import load_image

pytestmark = [
    pytest.mark.winner,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # MLflow's
]

SIZE = 64
OPTIONS = ("--backbone", "efficientnet-lite0", "--image-size", str(SIZE), "--epochs", "4")
POLICIES = ("fixed:lr=0.001", "fixed:lr=0.0001")
_PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, three_digits: Path) -> Path:
    """A folder with the store of a study, whose winner is registered, and its ranking."""
    folder = tmp_path_factory.mktemp("winner")
    words = [
        "study",
        "--experiment",
        "digits",
        "--data",
        str(three_digits),
        *OPTIONS,
        "--seeds",
        "5",
    ]
    words += [word for policy in POLICIES for word in ("--policy", policy)]
    done = lr(folder, *words, "--log-models", "none", "--register", "three-digits")
    assert done.returncode == 0, done.stderr
    assert "registered: models:/three-digits@champion, version 1: place 1 of 2" in done.stderr
    assert lr(folder, "model", "--output", "winner.keras").returncode == 0
    return folder


def lr(folder: Path, *words: str) -> Any:
    environment = {**os.environ, "LR_STUDY_STATE": str(folder / "state")}
    environment |= {"MLFLOW_EXPERIMENT_NAME": "digits", "COLUMNS": "200"}
    return lr_study(*words, cwd=folder, env=environment)


@pytest.fixture(scope="module")
def client(folder: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{folder}/mlflow.db")


@pytest.fixture(scope="module")
def winner(folder: Path) -> Any:
    """The best policy's row, and its run under the first seed."""
    runs = library.load_runs("digits", f"sqlite:///{folder}/mlflow.db")
    row = library.compare(runs).protocols[0].rows[0]
    ours = runs[(runs["policy"] == row.policy) & (runs["seed"] == row.seeds[0])]
    return row, ours["run_id"].iloc[0]


def images_of(digits: Path, name: str, count: int = 3) -> list[Path]:
    return sorted((digits / name).iterdir())[:count]


def answers_of(folder: Path, *words: str) -> list[dict[str, Any]]:
    done = lr(folder, "predict", *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


# --- lr-study predict


def test_a_winner_is_as_good_as_its_run_says(folder: Path, three_digits: Path, winner: Any) -> None:
    _, run_id = winner
    files = [file for name in "012" for file in sorted((three_digits / name).iterdir())]
    answers = answers_of(folder, *map(str, files))
    right = [
        answer["class"] == file.parent.name for answer, file in zip(answers, files, strict=True)
    ]
    assert np.mean(right) > 0.8  # of three classes; most images were trained on
    for answer in answers:
        assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert answer["probability"] == max(answer["probabilities"].values())
        assert list(answer["probabilities"]) == ["0", "1", "2"]
    by_run = answers_of(folder, *map(str, files), "--run", run_id[:8])
    by_file = answers_of(folder, *map(str, files), "--model", "winner.keras")
    by_rank = answers_of(folder, str(files[0]), "--experiment", "digits", "--rank", "2")
    assert by_run == answers
    for left, right_one in zip(by_file, answers, strict=True):
        assert left["probability"] == pytest.approx(right_one["probability"], abs=1e-5)
    assert by_rank[0]["probabilities"] != answers[0]["probabilities"]


def test_a_broken_image_is_one_line_and_the_rest_is_answered(
    folder: Path, three_digits: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"broken")
    good = images_of(three_digits, "1")[0]
    done = lr(
        folder, "predict", str(tmp_path / "broken.png"), str(good), str(tmp_path / "none.png")
    )
    assert done.returncode == 1
    table = done.stdout.splitlines()
    assert table[0].split() == ["image", "class", "probability", "or", "with"]
    assert str(good) in done.stdout
    assert done.stderr.splitlines()[-3:] == [
        f"{tmp_path}/broken.png: not a JPEG, PNG, GIF, BMP or WebP image",
        f"{tmp_path}/none.png: No such file or directory: {tmp_path}/none.png",
        "error: 2 of 3 images cannot be used",
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["predict", "a.png", "--run", "ab"], "error: run 'ab' is not allowed: a run id is 32"),
        (["predict", "a.png", "--run", "0" * 32], f"error: run '{'0' * 32}' is not a run of lr-st"),
        (["predict", "a.png", "--model", "no.keras"], "error: model=no.keras cannot be used"),
        (
            ["predict", "a.png", "--rank", "3"],
            "error: rank=3 is not allowed: 2 policies are ranked",
        ),
        (["predict", "a.png", "--rank", "0"], "error: rank=0 is not allowed"),
        (["predict", "a.png", "--format", "csv"], "error: format=csv is not allowed"),
        (["predict", "a.png", "--run", "abcd", "--model", "x.keras"], "give one of them"),
        (["model"], "error: nothing to do: give --output FILE.keras, --register NAME, or both"),
        (["model", "--output", "x.h5"], "error: output=x.h5 is not allowed: the name ends in"),
        (["model", "--register", "a/b"], "error: register='a/b' is not allowed"),
        (["model", "abcd", "--experiment", "digits", "--output", "x.keras"], "give one of them"),
        (["study", "--register", "a:b"], "error: register='a:b' is not allowed"),
    ],
)
def test_wrong_use_is_one_line(folder: Path, words: list[str], line: str) -> None:
    done = lr(folder, *words)
    assert done.returncode == 2, done.stderr
    assert line in done.stderr.splitlines()[-1]
    assert not (folder / "x.keras").exists()


def test_a_prefix_that_several_runs_have_is_refused(folder: Path, client: MlflowClient) -> None:
    experiment = client.get_experiment_by_name("digits")
    ids = [run.info.run_id for run in client.search_runs([experiment.experiment_id])]
    unique = next(run_id for run_id in ids if sum(i.startswith(run_id[:4]) for i in ids) == 1)
    from lr_study.studies import full_run_id

    assert full_run_id(client, unique[:4]) == unique


# --- the saved file


SAVED = """
import json, sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
pixels = np.load(sys.argv[2])
assert not any(name.startswith("lr_study") for name in sys.modules)
print(json.dumps(model.predict(pixels, verbose=0).tolist()))
"""


def predicted_by_keras(file: Path, pixels: np.ndarray, tmp_path: Path) -> np.ndarray:
    """What a process gets that knows Keras alone."""
    np.save(tmp_path / "pixels.npy", pixels)
    done = subprocess.run(
        [sys.executable, "-c", SAVED, str(file), str(tmp_path / "pixels.npy")],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=_PATIENCE_SECONDS,
        cwd=tmp_path,
    )
    return np.array(json.loads(done.stdout.splitlines()[-1]))


def test_the_file_answers_in_keras_alone_as_predict_does(
    folder: Path, three_digits: Path, tmp_path: Path
) -> None:
    files = [images_of(three_digits, name)[0] for name in "012"]
    pixels = np.stack([np.array(Image.open(file).convert("RGB")) for file in files])
    found = predicted_by_keras(folder / "winner.keras", pixels, tmp_path)
    for theirs, ours in zip(found, answers_of(folder, *map(str, files)), strict=True):
        # Pillow rounds to whole levels of brightness where Keras does not.
        assert theirs == pytest.approx(list(ours["probabilities"].values()), abs=0.05)
        assert "012"[theirs.argmax()] == ours["class"]
    squares = np.stack([load_image(file, SIZE) for file in files])
    found = predicted_by_keras(folder / "winner.keras", squares, tmp_path)
    for theirs, ours in zip(found, answers_of(folder, *map(str, files)), strict=True):
        assert theirs == pytest.approx(list(ours["probabilities"].values()), abs=1e-5)


def test_the_file_holds_the_names_of_the_classes(folder: Path, winner: Any) -> None:
    row, run_id = winner
    with zipfile.ZipFile(folder / "winner.keras") as archive:
        description = json.loads(archive.read("lr_study.json"))
    assert description == {
        "class_names": ["0", "1", "2"],
        "image_size": SIZE,
        "run_id": run_id,
        "policy": row.policy,
    }


# --- the registered model


def test_the_version_says_which_ranking_chose_it(client: MlflowClient, winner: Any) -> None:
    row, run_id = winner
    version = client.get_model_version_by_alias("three-digits", "champion")
    assert version.run_id == run_id
    assert (
        f"place 1 of 2 in experiment digits: {row.policy} (best, estimate " in version.description
    )
    assert version.tags["lr_study.verdict"] == "best"
    assert version.tags["lr_study.policy"] == row.policy
    assert version.tags["lr_study.experiment"] == "digits"


def test_a_later_version_becomes_the_champion(folder: Path, client: MlflowClient) -> None:
    for name, version in (("again", "1"), ("again", "2")):
        done = lr(folder, "model", "--rank", version, "--register", name)
        assert done.returncode == 0, done.stderr
        assert f"registered: models:/{name}@champion, version {version}" in done.stderr
        found = client.get_model_version_by_alias(name, "champion")
        assert (str(found.version), f"place {version} of 2" in found.description) == (version, True)


# A process in whose environment lr-study is not: neither its finder nor its folder.
FOREIGN = """
import importlib.machinery, importlib.util, json, sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
sys.path[:] = [place for place in sys.path if not importlib.machinery.PathFinder.find_spec(
    "lr_study", [place])]
assert importlib.util.find_spec("lr_study") is None
import mlflow
model = mlflow.pyfunc.load_model("models:/three-digits@champion")
file, content = sys.argv[1], open(sys.argv[1], "rb").read()
found = [model.predict([given]).iloc[0].to_dict() for given in (file, content)]
assert "/code/lr_study/" in sys.modules["lr_study"].__file__
print(json.dumps(found))
"""


def test_the_champion_loads_where_lr_study_is_not_installed(
    folder: Path, three_digits: Path
) -> None:
    file = images_of(three_digits, "2")[0]
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, "-c", FOREIGN, str(file)],
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE_SECONDS,
        check=False,
        cwd=folder,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    (expected,) = answers_of(folder, str(file))
    for found in json.loads(done.stdout.splitlines()[-1]):
        assert found["class"] == expected["class"]
        assert found["probability"] == pytest.approx(expected["probability"], abs=1e-5)


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of ``mlflow models serve``."""
    port = str(free_port())
    words = ["models", "serve", "-m", "models:/three-digits@champion", "--env-manager", "local"]
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
    # As in an environment that is activated: MLflow starts uvicorn by its name.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    uri = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", *words, "--host", "127.0.0.1", "--port", port]
    with serving(command, uri, environment, folder / "served.log", _PATIENCE_SECONDS):
        yield uri


def ask(address: str, content: object) -> tuple[int, Any]:
    answer = requests.post(f"{address}/invocations", json=content, timeout=_PATIENCE_SECONDS)
    return answer.status_code, answer.json()


def test_a_served_champion_answers_images_and_opens_no_path(
    folder: Path, three_digits: Path, served: str
) -> None:
    files = [images_of(three_digits, name)[0] for name in "012"]
    texts = [base64.b64encode(file.read_bytes()).decode() for file in files]
    expected = answers_of(folder, *map(str, files))
    for body in (
        {"inputs": texts},
        {"dataframe_split": {"data": [[text] for text in texts]}},
        {"dataframe_records": [{"image": text} for text in texts]},
    ):
        status, found = ask(served, body)
        assert status == 200, found
        assert [row["class"] for row in found["predictions"]] == [row["class"] for row in expected]
    status, refused = ask(served, {"inputs": [str(files[0])]})
    assert (status, "in base64" in refused["message"]) == (400, True)
    broken = base64.b64encode(files[0].read_bytes()[:-30]).decode()
    status, refused = ask(served, {"inputs": [texts[0], broken]})
    assert (status, "image 1 (<bytes>) cannot be used: " in refused["message"]) == (400, True)
