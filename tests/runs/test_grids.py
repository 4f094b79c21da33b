"""What a user may rely on in grids: the built-in one, files, and errors with their line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.policies import Fixed
from lr_study.runs import SEED_GRID, ModelSettings, Settings
from lr_study.runs.built_in_grids import MODERN_GRID
from lr_study.runs.grids import load_grid, parse_points, parse_seeds, requested_study
from lr_study.support.errors import UsageError


@pytest.fixture
def grid_file(tmp_path: Path):
    def write(text: str) -> str:
        file = tmp_path / "grid.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_the_built_in_grid_is_the_original_study() -> None:
    assert [str(policy) for policy in SEED_GRID] == [
        "fixed:lr=0.1",
        "fixed:lr=0.01",
        "fixed:lr=0.001",
        "fixed:lr=0.0001",
        "exp_decay:initial_lr=0.1,k=0.1",
        "exp_decay:initial_lr=0.1,k=0.2",
        "exp_decay:initial_lr=0.1,k=0.3",
        "exp_decay:initial_lr=0.01,k=0.1",
        "exp_decay:initial_lr=0.01,k=0.2",
        "exp_decay:initial_lr=0.01,k=0.3",
        "exp_decay:initial_lr=0.001,k=0.1",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=10",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=3",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=10",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=3",
        "step_decay:initial_lr=0.001,drop=0.5,epochs_drop=5",
    ]
    assert load_grid("seed").policies == SEED_GRID


def test_families_are_expanded_and_duplicates_removed(grid_file) -> None:
    grid = load_grid(
        grid_file(
            """
families:
  fixed: {lr: [0.1, 1e-1, 0.01]}
  step_decay:
    initial_lr: [0.1, 0.01]
    epochs_drop: [3, 5]
policies:
  - fixed:lr=0.1
  - exp_decay
options: {epochs: 7, val_fraction: 0.2, seeds: 4, data: sample}
"""
        ),
        ["fixed:lr=0.01", "fixed:lr=5"],
    )
    assert [str(policy) for policy in grid.policies] == [
        "fixed:lr=0.1",
        "fixed:lr=0.01",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=3",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=3",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5",
        "exp_decay:initial_lr=0.01,k=0.3",
        "fixed:lr=5.0",
    ]
    assert grid.options == {"epochs": 7, "val_fraction": 0.2, "data": "sample"}
    assert grid.seeds == "4"


def test_every_family_and_compositions_are_expanded(grid_file) -> None:
    grid = load_grid(
        grid_file(
            """
families:
  warmup+cosine:
    warmup.epochs: [3, 5%]
    cosine.initial_lr: [0.1, 0.01]
    cosine.every: [step, epoch]
  multistep: {milestones: [0.5/0.75, 30/60]}
  one_cycle: {three_phase: [yes, no]}
  fixed+linear+linear: {fixed.for: 2, linear.for: 50%, linear2.final_lr: [0, 1e-3]}
policies: ["warmup:epochs=5%+cosine:initial_lr=0.01", "warmup:epochs=1+plateau"]
"""
        )
    )
    cycle = "pct_start=0.3,div_factor=25.0,final_div_factor=10000.0,anneal=cos"
    linear = "fixed:lr=0.001,for=2+linear:initial_lr=0.1,final_lr=0.0,for=50%+linear:initial_lr=0.1"
    plateau = "factor=0.1,patience=10,min_delta=0.0001,cooldown=0,min_lr=0.0,monitor=val_loss"
    assert [str(policy) for policy in grid.policies] == [
        *(
            f"warmup:epochs={epochs},start=0.0+cosine:initial_lr={rate},final_lr=0.0{every}"
            for epochs in ("3", "5%")
            for rate in ("0.1", "0.01")
            for every in ("", ",every=epoch")
        ),
        "multistep:initial_lr=0.1,milestones=0.5/0.75,drop=0.1",
        "multistep:initial_lr=0.1,milestones=30/60,drop=0.1",
        f"one_cycle:max_lr=0.1,{cycle},three_phase=yes",
        f"one_cycle:max_lr=0.1,{cycle},three_phase=no",
        f"{linear},final_lr=0.0",
        f"{linear},final_lr=0.001",
        f"warmup:epochs=1,start=0.0+plateau:initial_lr=0.1,{plateau}",
    ]


def test_the_modern_grid_has_eight_families_at_five_rates() -> None:
    assert len(set(MODERN_GRID)) == 40
    assert load_grid("modern").policies == MODERN_GRID
    rates: dict[str, list[float]] = {}
    for policy in MODERN_GRID:
        rates.setdefault(policy.family, []).append(policy.learning_rate)
    assert list(rates) == [
        "warmup+cosine",
        "one_cycle",
        "wsd",
        "linear",
        "step_decay",
        "exp_decay",
        "fixed",
        "plateau",
    ]
    assert set(map(tuple, rates.values())) == {(0.1, 0.03, 0.01, 0.003, 0.001)}


@given(epochs=st.integers(1, 300), steps=st.integers(1, 4))
def test_the_modern_grid_fits_runs_of_any_length(epochs: int, steps: int) -> None:
    for policy in MODERN_GRID:
        policy.require_fit(epochs)
        for epoch in (0, epochs // 2, epochs - 1):
            rates = policy.step_rates(epoch, epochs, steps)
            assert all(0 <= rate <= policy.learning_rate for rate in rates), policy


def test_own_functions_are_loaded_from_the_command_line_and_files(
    grid_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_rates.py").write_text(
        "def half(epoch, epochs):\n    return 0.5\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (policy,) = load_grid(None, ["python:own_rates:half"]).policies
    assert policy(3, 10) == 0.5
    assert "@" in str(policy)
    assert load_grid(grid_file("policies: ['python:own_rates:half']")).policies == (policy,)


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nfamilies: {fixed: {lr: *b}}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "a grid is written as name: value"),
        ("families:\n  fixed: {lr: [0.1, -1]}\n", 2, "lr=-1"),
        ("families:\n  fixed: {lr: 0.1}\n  cosin: {}\n", 3, "did you mean cosine?"),
        ("families:\n  warmup+cosin:\n    warmup.epochs: 3\n", 2, "did you mean cosine?"),
        ("families:\n  warmup: {epochs: 3}\n", 2, "write what follows the warmup"),
        ("families:\n  warmup+cosine:\n    initial_lr: 1\n", 3, "cosine.PARAMETER"),
        ("families:\n  warmup+cosine:\n    cosine.eta_min: 1\n", 2, "eta_min is final_lr here"),
        ("families:\n  fixed+fixed: {fixed.lr: 1}\n", 2, "for how many epochs"),
        ("families:\n  one_cycle: {three_phase: true}\n", 2, "three_phase is yes or no"),
        ("policies: ['python:nowhere:rate']\n", 1, "cannot be imported"),
        ("families:\n  fixed: {lr: 0.1, lr: 0.2}\n", 2, "twice"),
        ("policies:\n  - fixed\n  - fixed:lr=x\n", 3, "lr=x"),
        ("policies: fixed\n", 1, "list"),
        ("policies:\n  - {a: 1}\n", 2, "one value"),
        ("policies: [fixed]\nepochs: 3\n", 2, "options"),
        ("policies: [fixed]\noptions:\n  epoch: 3\n", 3, "epochs"),
        ("policies: [fixed]\noptions:\n  epochs: three\n", 3, "whole number"),
        ("policies: [fixed]\noptions:\n  follow_links: 1\n", 3, "true or false"),
        ("families:\n  fixed: {lr: [0.1, 0.2}\n", 2, "not YAML"),
        ("options: {epochs: 3}\n", 1, "no policy"),
        (LAUGHS, 2, "alias"),
        ("a: &a {b: *a}\n", 1, "alias"),
        (
            "families:\n  exp_decay: {initial_lr: [" + "1," * 200 + "], k: [" + "1," * 200 + "]}\n",
            2,
            "40000 policies",
        ),
    ],
)
def test_an_error_names_its_line(grid_file, text: str, line: int, reason: str) -> None:
    file = grid_file(text)
    with pytest.raises(UsageError) as caught:
        load_grid(file)
    message = str(caught.value)
    assert message.startswith(f"{file}, line {line}: ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False)])
def test_an_option_may_be_true_or_false(grid_file, text: str, value: bool) -> None:
    file = grid_file(f"policies: [fixed]\noptions: {{follow_links: {text}, duplicates: drop}}\n")
    assert load_grid(file).completed(Settings()) == Settings(follow_links=value, duplicates="drop")


def test_a_grid_that_does_not_exist_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"grid=nowhere\.yaml is not allowed: grid is seed, modern"
    ):
        load_grid("nowhere.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\x00\xfe")
    with pytest.raises(UsageError, match="not a YAML file"):
        load_grid(str(binary))


@pytest.mark.parametrize("text", ["", "0", "-1", "a", "1.5", "1,1", "1,,2", ",", "99999", "١"])
def test_seeds_that_are_not_allowed(text: str) -> None:
    with pytest.raises(UsageError, match="seeds="):
        parse_seeds(text)


def test_the_largest_count_of_seeds_is_ten_thousand() -> None:
    assert parse_seeds("10000") == tuple(range(10_000))
    with pytest.raises(UsageError, match="a count from 1 to 10000"):
        parse_seeds("10001")


@pytest.mark.parametrize(
    ("typed", "seeds", "epochs", "expected"),
    [
        ((), None, 50, ((0, 1), 7)),  # of the file
        (("epochs",), None, 50, ((0, 1), 50)),  # typed, though it is the default
        (("epochs",), "4,", 9, ((4,), 9)),
        ((), [3, 5], 50, ((3, 5), 7)),
    ],
)
def test_what_is_typed_goes_before_the_file(grid_file, typed, seeds, epochs, expected):
    file = grid_file("policies: [fixed]\noptions: {epochs: 7, seeds: 2}\n")
    settings = Settings(epochs=epochs)
    study = requested_study(file, (), settings, seeds=seeds, rerun="missing", typed=typed)
    assert (study.seeds, study.settings.epochs) == expected


def test_a_file_may_say_that_a_study_ends_early(grid_file):
    file = grid_file(
        "policies: [fixed, exp_decay]\noptions: {race: true, until_regret: 0.5, seeds: 10}\n"
    )

    def study(**given):
        return requested_study(file, (), Settings(), seeds=None, rerun="missing", typed=(), **given)

    assert (study().race, study().until_regret) == (True, 0.5)
    assert study(until_regret=1.0).until_regret == 1
    with pytest.raises(UsageError, match="line 1: race=2 is not allowed: race is true or false"):
        load_grid(grid_file("options: {race: 2}\npolicies: [fixed]\n"))


def test_a_file_for_images_is_refused_for_a_model_of_ones_own(grid_file) -> None:
    grid = load_grid(
        grid_file("options: {folds: 3, image_size: 64}\nfamilies:\n  fixed: {lr: [0.1]}\n")
    )
    with pytest.raises(UsageError, match="the option image_size=64 of the grid is one of images"):
        grid.completed(ModelSettings())
    assert grid.completed(ModelSettings(), keep=["image_size"]) == ModelSettings(folds=3)


def test_points_are_a_number() -> None:
    with pytest.raises(UsageError, match="until_regret=half is not allowed"):
        parse_points("half")


def test_without_a_grid_it_is_the_built_in_one_unless_policies_are_given():
    def policies(grid, *given):
        study = requested_study(grid, given, Settings(), seeds=None, rerun="missing", typed=())
        assert study.seeds == tuple(range(10))
        return study.policies

    assert policies(None) == SEED_GRID
    assert policies(None, "fixed:lr=3") == (Fixed(3.0),)
    assert policies("seed", "fixed:lr=3") == (*SEED_GRID, Fixed(3.0))
