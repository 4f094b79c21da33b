"""`lr-study policies`: the list of families, and the rates of policies at each step."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from forked import is_wrong_use
from forked import lr_study as lr_study_command
from PIL import Image

from lr_study.policies import FAMILIES, parse

WARM = "warmup:epochs=3+cosine:initial_lr=0.1"
RUN = ("--epochs", "10", "--steps-per-epoch", "4")


def lr(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return lr_study_command("policies", *arguments, cwd=cwd, env=os.environ | environment)


@pytest.mark.parametrize("width", [80, 200])
def test_all_that_policies_are_written_with_is_listed(tmp_path: Path, width: int) -> None:
    answer = lr("--plot", "rates.svg", cwd=tmp_path, COLUMNS=str(width))
    assert answer.returncode == 0
    lines = answer.stdout.splitlines()
    assert max(map(len, lines)) <= width
    for family, cls in FAMILIES.items():
        assert f"{family} (each {cls.default_every}): rate = " in answer.stdout
        for parameter, text in cls().texts().items():
            assert any(line.split()[:2] == [parameter, text] for line in lines), parameter
    examples = [line.strip() for line in lines if line.startswith("  ") and ":" in line]
    parsed = [example for example in examples if parses(example)]
    for word in ("warmup:epochs=5+cosine:initial_lr=0.1", "every=step", "for=60%", "python:"):
        assert any(word in example for example in parsed), word
    assert (tmp_path / "rates.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert [file.name for file in tmp_path.iterdir()] == ["rates.svg"]


def parses(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def test_csv_and_json_have_the_rate_of_every_step(tmp_path: Path) -> None:
    policies = (WARM, "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=3")
    answer = lr(*policies, *RUN, "--format", "csv", cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert list(rows[0]) == ["policy", "epoch", "step", "learning_rate"]
    warm, step = (parse(policy) for policy in policies)
    assert [(r["policy"], int(r["epoch"]), int(r["step"])) for r in rows] == [
        (str(policy), n // 4 + 1, n) for policy in (warm, step) for n in range(40)
    ]
    expected = [warm.at(n // 4, n % 4 / 4, 10) for n in range(40)]
    expected += [step(n // 4) for n in range(40)]
    assert [float(r["learning_rate"]) for r in rows] == expected
    answer = lr(*policies, *RUN, "--format", "json", cwd=tmp_path)
    assert json.loads(answer.stdout) == [
        {
            "policy": r["policy"],
            "epoch": int(r["epoch"]),
            "step": int(r["step"]),
            "learning_rate": float(r["learning_rate"]),
        }
        for r in rows
    ]


def test_a_table_has_a_line_for_each_epoch(tmp_path: Path) -> None:
    lines = lr(WARM, "fixed:lr=0.01", *RUN, cwd=tmp_path).stdout.splitlines()
    assert [line.split() for line in lines if line[-1:].isdigit() and ":" not in line] == [
        ["1", "0-3", "0", "0.025"],
        ["2", "4-7", "0.0333333", "0.0583333"],
        ["3", "8-11", "0.0666667", "0.0916667"],
        *(
            [str(epoch), f"{4 * epoch - 4}-{4 * epoch - 1}", *map("{:.6g}".format, ends)]
            for epoch in range(4, 11)
            for ends in [parse(WARM).step_rates(epoch - 1, 10, 4)[::3]]
        ),
        *([str(epoch), "0.01"] for epoch in range(1, 11)),
    ]


def test_several_policies_are_drawn_in_one_figure(tmp_path: Path) -> None:
    answer = lr(WARM, "one_cycle", "fixed:lr=0.1", *RUN, "--plot", "r.svg", cwd=tmp_path)
    assert answer.stderr == "written: r.svg\n"
    drawn = (tmp_path / "r.svg").read_text(encoding="utf-8")
    assert f"{parse(WARM)}, epoch 4, step 12: 0.1" in drawn
    assert f"{parse('one_cycle')}, epoch 1, step 0: 0.004<" in drawn
    assert lr(WARM, *RUN, "--plot", "r.png", cwd=tmp_path).returncode == 0
    with Image.open(tmp_path / "r.png") as image:
        assert (image.format, image.width) == ("PNG", 1000)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.png", "r.svg"]


def test_rates_that_depend_on_the_run_say_so(tmp_path: Path) -> None:
    answer = lr("warmup:epochs=2+plateau", "fixed", *RUN, "--format=csv", cwd=tmp_path)
    (note,) = answer.stderr.splitlines()
    assert note.startswith("note: the rates of warmup:epochs=2")
    assert "depend on the run" in note
    assert "val_loss" in note
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert float(rows[39]["learning_rate"]) == 0.1


def test_a_function_of_ones_own_is_loaded_from_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "my_rates.py").write_text(
        "def ramp(epoch, epochs):\n    return (epoch + 1) / epochs\n", encoding="utf-8"
    )
    answer = lr("python:my_rates:ramp", *RUN, "--format=csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert [float(row["learning_rate"]) for row in rows[::4]] == [n / 10 for n in range(1, 11)]
    assert parse(rows[0]["policy"]).digest


def test_nothing_else_is_imported_from_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "my_rates.py").write_text("def ramp(e, epochs): return 0.1\n", encoding="utf-8")
    mark = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    (tmp_path / "numexpr.py").write_text(mark, encoding="utf-8")  # pandas tries to import it
    program = Path(sys.executable).with_name("lr-study")
    command = [program, "policies", "python:my_rates:ramp", *RUN, "--plot", "r.svg"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "r.svg").exists()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["cosin"], ["cosin", "did you mean cosine?"]),
        (["cosine", "--epochs"], ["--epochs", "argument"]),
        (["cosine", "--epochs", "0"], ["epochs=0", ">= 1"]),
        (["cosine", "--epochs", "many"], ["epochs=many", "whole number"]),
        (["cosine", "--steps-per-epoch", "0"], ["steps_per_epoch=0", ">= 1"]),
        (["--epochs", "0"], ["epochs=0", ">= 1"]),
        (["cosine", "--format", "xml"], ["format=xml", "table, csv, json"]),
        (["--format", "csv"], ["format=csv", "without a policy"]),
        (["cosine", "--plot", "rates.pdf"], ["plot=rates.pdf", ".svg or .png"]),
        (["cosine", "--plot", "nowhere/rates.png"], ["nowhere/rates.png", "no folder"]),
        (["warmup:epochs=5+cosine", "--epochs", "5"], ["does not fit", "epochs=5"]),
        (["cosine", "--epochs=100000", "--steps-per-epoch=1000"], ["exceed the limit"]),
        (["python:nowhere:rate"], ["cannot be imported", "python:MODULE:FUNCTION"]),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: list[str], says: list[str]) -> None:
    is_wrong_use(lr(*arguments, cwd=tmp_path), says)
    assert list(tmp_path.iterdir()) == []
