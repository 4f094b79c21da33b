"""Folders of images as people have them, through the real command line."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from forked import Completed, lr_study
from mlflow import MlflowClient
from mlflow.entities import Run

OPTIONS = ["--backbone=efficientnet-lite0", "--weights=random", "--image-size=32", "--epochs=1"]


@pytest.fixture
def here(tmp_path: Path, empty_database: Path) -> Path:
    """A folder with an empty store."""
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture
def digits(here: Path, tiny_folder: Path) -> Path:
    """A folder of 40 images of this test's own, in the classes 0 to 3."""
    shutil.copytree(tiny_folder, here / "digits")
    return here / "digits"


def run(here: Path, *more: str) -> Completed[str]:
    return lr_study("run", "fixed", "--no-log-model", *OPTIONS, *more, cwd=here)


def the_run(here: Path, experiment: str) -> tuple[MlflowClient, Run]:
    """The only run of an experiment."""
    client = MlflowClient(f"sqlite:///{here}/mlflow.db")
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    (made,) = client.search_runs([found.experiment_id])
    return client, made


def artifact(here: Path, name: str, experiment: str = "digits") -> dict[str, object]:
    """What a file of the only run of an experiment holds."""
    client, made = the_run(here, experiment)
    with Path(client.download_artifacts(made.info.run_id, name, str(here))).open(
        encoding="utf-8"
    ) as file:
        return dict(json.load(file))


def the_protocol(here: Path, experiment: str = "digits") -> dict[str, object]:
    _, made = the_run(here, experiment)
    return dict(json.loads(made.data.tags["lr_study.protocol"]))


def test_an_existing_split_is_refused_in_one_line(here: Path, tiny_folder: Path) -> None:
    for part in ("train", "test"):
        shutil.copytree(tiny_folder, here / "digits" / part)
    answer = run(here, "--data=digits")
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert line == (
        "error: data='digits' is already split: 'test' and 'train' are not classes; "
        "use --data digits/train --test-data digits/test"
    )


def test_a_run_says_what_it_trains_on_and_what_it_does_not_use(here: Path, digits: Path) -> None:
    names = [".jfif", ".jpe", ".png?itok=1", ".png.1", ""]
    for file, suffix in zip(sorted((digits / "1").iterdir()), names, strict=False):
        file.rename(file.with_name(file.stem + suffix))
    (digits / "1" / "x.tif").write_bytes(b"II*\0" + bytes(99))
    (digits / "2" / "notes.txt").write_text("a note", encoding="utf-8")
    (digits / "9").mkdir()
    (digits / "__MACOSX").mkdir()
    answer = run(here, "--data=digits")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stderr.splitlines()
    assert lines.count("digits: 40 images in 4 classes: 0 10, 1 10, 2 10, 3 10") == 1
    assert "1 folder has no images and is not a class: '9'" in lines
    (line,) = [line for line in lines if "not used" in line]
    assert line == (
        "2 files are not used: 1 in an unsupported format (TIFF), such as '1/x.tif'; "
        "1 not an image, such as '2/notes.txt'"
    )
    assert artifact(here, "classes.json") == dict.fromkeys("0123", 10)
    assert artifact(here, "left_out.json") == {
        "1/x.tif": "in an unsupported format (TIFF)",
        "2/notes.txt": "not an image",
    }


def test_a_study_says_its_classes_once_and_keeps_them(here: Path, digits: Path) -> None:
    words = ("study", "--policy=fixed", "--seeds=1", "--log-models=none", "--data=digits", *OPTIONS)
    for _ in range(2):  # the second time nothing is missing
        answer = lr_study(*words, cwd=here)
        assert answer.returncode == 0, answer.stderr
        assert answer.stderr.count("digits: 40 images in 4 classes: 0 10, 1 10, 2 10, 3 10\n") == 1
    client = MlflowClient(f"sqlite:///{here}/mlflow.db")
    found = client.get_experiment_by_name("digits")
    (study,) = client.search_runs([found.experiment_id], "tags.`lr_study.kind` = 'study'")
    file = client.download_artifacts(study.info.run_id, "classes.json", str(here))
    assert json.loads(Path(file).read_text(encoding="utf-8")) == dict.fromkeys("0123", 10)


def test_a_folder_of_links_names_the_option_that_follows_them(here: Path, digits: Path) -> None:
    for name in "0123":
        (here / "snapshot" / name).mkdir(parents=True)
        for file in (digits / name).iterdir():
            (here / "snapshot" / name / file.name).symlink_to(file)
    answer = run(here, "--data=snapshot")
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert "40 a link out of the folder" in line
    assert "--follow-links" in line
    answer = run(here, "--data=snapshot", "--follow-links")
    assert answer.returncode == 0, answer.stderr
    assert artifact(here, "classes.json", "snapshot") == dict.fromkeys("0123", 10)


def test_copies_are_counted_and_train_on_one_side(here: Path, digits: Path) -> None:
    for name in "0123":
        for file in list((digits / name).iterdir()):
            shutil.copy(file, file.with_stem(f"{file.stem} (1)"))
    answer = run(here, "--data=digits", "--resampling=splits")
    assert answer.returncode == 0, answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if "copies" in line]
    assert line.startswith("40 of 80 images are copies of another of their class, such as '0/00")
    protocol = the_protocol(here)
    assert protocol["copies"] == 40
    assert (protocol["train_size"], protocol["val_size"], protocol["test_size"]) == (64, 8, 8)


def test_an_image_in_two_classes_is_named_and_left_out_on_request(here: Path, digits: Path) -> None:
    shutil.copy(next((digits / "1").iterdir()), digits / "2" / "wrong.png")
    kept, dropped = (
        run(here, "--data=digits", *more, f"--experiment={len(more)}")
        for more in ([], ["--duplicates=drop"])
    )
    assert "1 image is in more than one class, such as '1/" in kept.stderr
    assert "'2/wrong.png': --duplicates drop leaves them out" in kept.stderr
    assert "'2/wrong.png': left out" in dropped.stderr
    assert artifact(here, "classes.json", "0") == {"0": 10, "1": 10, "2": 11, "3": 10}
    assert artifact(here, "classes.json", "1") == {"0": 10, "1": 9, "2": 10, "3": 10}
    left_out = artifact(here, "left_out.json", "1")
    assert len(left_out) == 2
    assert "of another class" in str(left_out["2/wrong.png"])
    assert "duplicates" not in the_protocol(here, "0")
    assert the_protocol(here, "1")["duplicates"] == "drop"


def test_a_folder_without_copies_has_the_protocol_of_before(here: Path, digits: Path) -> None:
    assert run(here, "--data=digits", "--duplicates=drop").returncode == 0
    assert {"duplicates", "copies", "test_fingerprint"}.isdisjoint(the_protocol(here))


def test_the_options_of_a_refused_split_train_and_test(here: Path, tiny_folder: Path) -> None:
    for part in ("train", "test"):
        shutil.copytree(tiny_folder, here / "digits" / part)
    for file in [*(here / "digits" / "test").rglob("*.png")]:
        file.write_bytes(file.read_bytes() + b"another file")
    refused = run(here, "--data=digits").stderr
    options = shlex.split(refused.partition("; use ")[2])
    assert options == ["--data", "digits/train", "--test-data", "digits/test"]
    answer = run(here, *options)
    assert answer.returncode == 0, answer.stderr
    assert "test set test: 40 images in 4 classes: 0 10, 1 10, 2 10, 3 10\n" in answer.stderr
    assert the_protocol(here, "train")["test_size"] == 40
    assert artifact(here, "test_classes.json", "train") == dict.fromkeys("0123", 10)
    _, made = the_run(here, "train")
    assert "test_accuracy" in made.data.metrics
    plan = ("study", "--policy=fixed", "--seeds=1", "--dry-run", *OPTIONS, *options)
    assert "1 finished" in lr_study(*plan, cwd=here).stdout


def test_doctor_says_everything_about_a_folder_without_training(here: Path, digits: Path) -> None:
    shutil.copy(next((digits / "1").iterdir()), digits / "2" / "wrong.png")
    shutil.copy(next((digits / "0").iterdir()), digits / "0" / "copy.png")
    (digits / "3" / "damaged.png").write_bytes(next((digits / "3").iterdir()).read_bytes()[:150])
    (digits / "3" / "notes.txt").write_text("a note", encoding="utf-8")
    (digits / "9").mkdir()
    before = sorted(path.name for path in here.iterdir())
    answer = lr_study("doctor", "--data", "digits", cwd=here)
    assert answer.returncode == 0, answer.stderr
    for said in (
        "digits: 43 images in 4 classes: 0 11, 1 10, 2 11, 3 11",
        "1 folder has no images and is not a class: '9'",
        "1 file is not used: 1 not an image, such as '3/notes.txt'",
        "1 images cannot be used and are left out:",
        "  3/damaged.png: ",
        "1 of 42 images are copies of another of their class, such as '0/",
        "1 image is in more than one class, such as '1/",
    ):
        assert said in answer.stdout
    assert sorted(path.name for path in here.iterdir()) == before


def test_doctor_ends_with_why_a_folder_cannot_be_used(here: Path, digits: Path) -> None:
    for file in list((digits / "3").iterdir())[2:]:
        file.unlink()
    answer = lr_study("doctor", "--data", "digits", cwd=here)
    assert answer.returncode == 2
    assert answer.stdout.startswith("digits: 32 images in 4 classes")
    (line,) = answer.stderr.splitlines()
    assert "class '3' of data 'digits' has 2 different usable images, 3 are required" in line
    shutil.copytree(digits, here / "split" / "train")
    shutil.copytree(digits, here / "split" / "test")
    answer = lr_study("doctor", "--data", "split", cwd=here)
    assert answer.returncode == 2
    assert "is already split" in answer.stderr
