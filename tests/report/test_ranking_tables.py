"""Tables for the terminal: whole at 80 columns, with the command that comes next."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import frame, make_record

from lr_study.comparison import Difference, compare
from lr_study.report import Display, ranking_table, ranking_text, write_report
from lr_study.runs import SEED_GRID


def comparison_of(seeds, **options):
    runs = frame(*(make_record(str(policy), seed) for policy in SEED_GRID for seed in seeds))
    return compare(runs, experiment="grid", **options), runs


@pytest.mark.parametrize(("target", "goal"), [(None, "base"), (0.75, "acc.")])
def test_no_column_is_cut_at_80_columns(target: float | None, goal: str) -> None:
    comparison, _ = comparison_of((0, 1), target=target)
    lines = ranking_table(comparison).split("\n")
    assert max(map(len, lines)) <= 80
    heading = next(i for i, line in enumerate(lines) if line.lstrip().startswith("rank rank"))
    last = " ".join(lines[heading + 2].split())
    assert last == f"policy acc. acc. loss {goal} {goal} epoch Δacc. - min epoch"
    rows = lines[heading + 4 :]
    for policy in SEED_GRID:
        row = next(line for line in rows if line.strip().startswith(f"{policy.short_name} "))
        assert len(row.removeprefix(f" {policy.short_name}").split()) == 9, row
    assert any(line.startswith(f"to {goal}: epochs to ") for line in lines)


def test_the_verdict_is_second_and_names_are_short_at_80_columns() -> None:
    comparison, _ = comparison_of((0, 1))
    first = ranking_table(comparison).split("\n")[4:25]
    assert " ".join(first[0].split()) == "rank vs best policy val acc. ± base base runs"
    assert first[2].split()[:4] == ["1", "best", "fixed", "0.001"]
    assert {line.split()[1] for line in first[3:20]} == {"undecided"}
    assert "policies have short names: --full-names" in ranking_table(comparison)


def test_a_wide_terminal_shows_all_in_one_table_with_full_names() -> None:
    comparison, _ = comparison_of((0, 1))
    lines = ranking_table(comparison, display=Display(width=200)).split("\n")
    rows = [line for line in lines if "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=10 " in line]
    assert [len(row.split()) for row in rows] == [17]
    assert "short names" not in "\n".join(lines)


def test_full_names_on_request_are_broken_after_commas() -> None:
    comparison, _ = comparison_of((0, 1))
    table = ranking_table(comparison, display=Display(full_names=True))
    assert max(map(len, table.split("\n"))) <= 80
    for policy in SEED_GRID:
        for part in str(policy).partition(":")[2].split(","):
            assert part in table


def test_verdicts_have_colours_only_where_these_are_shown() -> None:
    comparison, _ = comparison_of((0, 1))
    assert "\x1b" not in ranking_table(comparison)
    colored = ranking_table(comparison, display=Display(color=True))
    assert "\x1b[1;32mbest" in colored
    assert "\x1b[33mundecided" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == ranking_table(comparison)


def test_markdown_is_a_table_to_paste() -> None:
    comparison, _ = comparison_of((0, 1))
    head, rule, first, *others = ranking_text(comparison, "markdown").split("\n")
    assert head == "| rank | verdict | policy | final val_accuracy ± 95 % | Δ vs baseline | p |"
    assert rule == "| --- | --- | --- | --- | --- | --- |"
    assert first == "| 1 | best | fixed:lr=0.001 | 0.8125 ± 0.0399 | base |  |"
    *others, blank, scope = others
    assert (len(others), blank) == (17, "")
    assert scope.startswith("Verdicts apply to training on 1259 images from this source")


@pytest.mark.parametrize(("seeds", "shown"), [((0,), True), ((0, 1), False)])
def test_one_run_per_policy_shows_the_command_that_repeats_them(
    tmp_path: Path, seeds: tuple[int, ...], shown: bool
) -> None:
    comparison, runs = comparison_of(seeds)
    (ranking,) = comparison.protocols
    policies = dict.fromkeys([*(row.policy for row in ranking.rows[:4]), "fixed:lr=0.001"])
    command = (
        f"lr-study study {' '.join(f'--policy {policy}' for policy in policies)} --seeds 10 "
        "--backbone efficientnet-lite0 --image-size 64 --epochs 4 --resampling splits "
        "--experiment grid"
    )
    for name in ("report.html", "report.md"):
        write_report(tmp_path / name, comparison, runs, "en")
    lines = ranking_table(comparison).split("\n")
    assert any(line.startswith(command) for line in lines) is shown
    assert (
        f"<pre><code>{command}" in (tmp_path / "report.html").read_text(encoding="utf-8")
    ) is shown
    assert (f"```sh\n{command}" in (tmp_path / "report.md").read_text(encoding="utf-8")) is shown


numbers = st.one_of(st.none(), st.floats(-1e300, 1e300))
sizes = st.one_of(st.none(), st.floats(0, 1e300))
SOME, _ = comparison_of((0, 1))


def reads(text: str, value: float | None) -> bool:
    """Whether a cell of a table tells a value, as exactly as one significant digit."""
    if value is None:
        return text == "-"
    return math.isclose(float(text), value, rel_tol=0.5) or abs(float(text) - value) < 1e-3


@given(numbers, sizes, numbers, st.lists(sizes, min_size=4, max_size=4))
def test_any_figure_of_any_size_can_be_read(
    estimate: float | None,
    half: float | None,
    mean: float | None,
    shown: list[float | None],
) -> None:
    (ranking,) = SOME.protocols
    names = (
        "convergence_epoch",
        "val_accuracy_roughness",
        "val_loss_rise",
        "seconds_per_epoch",
    )
    row = replace(
        ranking.rows[1],
        policy="fixed:lr=0.03",
        estimate=estimate,
        interval=None if half is None else (0.0, 2 * half),
        vs_baseline={"val_accuracy": Difference(mean)},
        metrics=ranking.rows[1].metrics | dict(zip(names, shown, strict=True)),
    )
    table = ranking_table(replace(SOME, protocols=(replace(ranking, rows=(ranking.rows[0], row)),)))
    lines = table.split("\n")
    assert all(len(line) <= 80 for line in lines if "lr-study" not in line), table
    row_of = [line.partition("=0.03")[2].split() for line in lines if "fixed:lr=0.03" in line]
    first, second = row_of[:2]
    score, width, difference = first[:3]
    assert reads(score, estimate), table
    assert reads(width, row.interval and row.interval[1] / 2), table
    assert reads(difference, mean), table
    assert all(map(reads, second[-4:], shown)), table
