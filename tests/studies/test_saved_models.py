"""``lr-study model`` takes nothing of a store on trust: neither a run's protocol nor its files."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from records import make_record

from lr_study.studies import save_model
from lr_study.support import LrStudyError, UsageError
from lr_study.tracking import PROTOCOL_TAG, connect
from lr_study.training import Head, read_head
from lr_study.training.run_files import head_npz

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's

PROTOCOL = json.loads(make_record("fixed:lr=0.01").protocol.to_json()) | {
    "backbone": "efficientnet-lite0",
    "weights": "random",
    "image_size": 32,
}
HEAD = head_npz(Head(np.zeros((1280, 2), np.float32), np.zeros(2, np.float32)), ["a", "b"])


@pytest.fixture
def client(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    client = connect(f"sqlite:///{tmp_path / 'mlflow.db'}")
    client.create_experiment("x", (tmp_path / "files").as_uri())
    return client


def run_with(client: MlflowClient, protocol: str, head: bytes, folder: Path) -> str:
    experiment = client.get_experiment_by_name("x")
    run_id = client.create_run(experiment.experiment_id).info.run_id
    client.set_tag(run_id, PROTOCOL_TAG, protocol)
    (folder / "head.npz").write_bytes(head)
    client.log_artifact(run_id, str(folder / "head.npz"))
    return str(run_id)


def changed(**values: Any) -> str:
    return json.dumps(PROTOCOL | values)


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        ("", r"the protocol of run \w+ cannot be used \(Expecting value"),
        ("[]", r"its protocol is not an object"),
        ("[" * 100_00, r"the protocol of run \w+ cannot be used"),
        ("{}", r"unknown: backbone, weights, image_size"),
        (changed(image_size="unknown"), r"unknown: image_size"),
        (changed(image_size=float("inf")), r"image_size in its protocol is not a finite number"),
        (changed(image_size=10**400), r"image_size in its protocol is not a finite number"),
        (changed(image_size=-1), r"image_size=-1 in its protocol is not allowed"),
        (changed(image_size=True), r"image_size=True in its protocol is not allowed"),
        (changed(image_size=[32]), r"image_size in its protocol is not a single value"),
        (changed(image_size=31), r"image_size=31 is not allowed"),
        (changed(backbone=7), r"backbone=7 in its protocol is not allowed"),
        (changed(backbone="../x\x1b[1m\ud800"), r"the backbone '../x\\x1b\[1m\\ud800': models of"),
        (changed(weights={}), r"weights in its protocol is not a single value"),
        (changed(weights="\x1b[1m\n"), r"trained with \\x1b\[1m\\n: give that file"),
        (json.dumps({"\x1b": [1]}), r"\(\\x1b in its protocol is not a single value\)"),
    ],
)
def test_a_protocol_that_nobody_trained_with_is_one_line(
    client: MlflowClient, tmp_path: Path, protocol: str, says: str
) -> None:
    run_id = run_with(client, protocol, HEAD, tmp_path)
    with pytest.raises(UsageError, match=says) as raised:
        save_model(client, run_id, "random", tmp_path / "model.keras")
    assert str(raised.value).isprintable()
    assert not (tmp_path / "model.keras").exists()


def archive(**arrays: Any) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


KERNEL, BIAS, NAMES = np.zeros((1280, 2), np.float32), np.zeros(2, np.float32), np.array(["a", "b"])


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"", "head.npz cannot be read"),
        (HEAD[:-300], "head.npz cannot be read"),
        (archive(kernel=KERNEL), "head.npz cannot be read"),
        (archive(kernel=np.array([{}]), bias=BIAS, class_names=NAMES), "head.npz cannot be read"),
        (archive(kernel=np.float32(0), bias=BIAS, class_names=NAMES), "does not hold a softmax"),
        (archive(kernel=KERNEL, bias=BIAS[:1], class_names=NAMES), "a softmax head of 2 classes"),
        (archive(kernel=KERNEL, bias=BIAS, class_names=NAMES[:1]), "a softmax head of 1 classes"),
        (archive(kernel=KERNEL.astype(int), bias=BIAS, class_names=NAMES), "does not hold a soft"),
        (archive(kernel=KERNEL[:7], bias=BIAS, class_names=NAMES), "takes 7 features, and effic"),
    ],
)
def test_a_head_that_nobody_trained_is_one_line(
    client: MlflowClient, tmp_path: Path, head: bytes, says: str
) -> None:
    run_id = run_with(client, changed(), head, tmp_path)
    with pytest.raises(LrStudyError, match=says):
        save_model(client, run_id, "random", tmp_path / "model.keras")
    assert not (tmp_path / "model.keras").exists()


def test_the_head_of_a_run_is_read_as_it_was_written() -> None:
    head, names = read_head(HEAD)
    assert names == ["a", "b"]
    assert (head.kernel.shape, head.bias.shape) == ((1280, 2), (2,))
