"""The text of suggested commands."""

import pytest
from records import frame, make_record

from lr_study.comparison import compare
from lr_study.report.commands import Commands, origin_of
from lr_study.runs import parse_seeds
from lr_study.runs.built_in_grids import MODERN_GRID

POLICIES = ("fixed:lr=0.1", "fixed:lr=0.01", "fixed:lr=0.001")


def commands(seeds=(0, 1), tracking_uri: str | None = None, **options: object) -> Commands:
    """Commands for a ranking that ``fixed:lr=0.1`` leads."""
    runs = frame(
        *(
            make_record(policy, seed, accuracies=(0.1, 0.9 - rank / 10), losses=(1, 1), data="pets")
            for rank, policy in enumerate(POLICIES)
            for seed in seeds
        )
    )
    runs["options"] = [options] * len(runs)
    comparison = compare(runs, experiment="my runs")
    return Commands(comparison, comparison.protocols[0], origin_of(comparison, runs, tracking_uri))


SHARED = (
    "--backbone efficientnet-lite0 --image-size 64 --epochs 2 --resampling splits "
    "--experiment 'my runs'"
)


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (commands(), f"fixed:lr=1.0 --seeds 2 --data path/to/pets {SHARED}"),
        (
            commands(data="/a b/pets", follow_links=True),
            f"fixed:lr=1.0 --seeds 2 --data '/a b/pets' {SHARED}".replace(
                " --experiment", " --follow-links --experiment"
            ),
        ),
        (
            commands(data="/pets/train", test_data="/pets/test"),
            f"fixed:lr=1.0 --seeds 2 --data /pets/train --test-data /pets/test {SHARED}",
        ),
        (
            commands((3, 5), "http://ann:secret@host:5000", weights="random"),
            f"fixed:lr=1.0 --seeds 3,5 --data path/to/pets {SHARED}".replace(
                "lite0", "lite0 --weights random"
            )
            + " --tracking-uri 'http://***@host:5000'",
        ),
    ],
)
def test_the_next_command_goes_beyond_the_edge(made: Commands, line: str) -> None:
    assert made.next() == f"lr-study study --policy {line}"


def test_a_single_seed_is_not_typed_as_a_count() -> None:
    line, _ = commands(seeds=(5,)).reproduce()
    assert "--seeds 5, --data" in line
    assert parse_seeds("5,") == (5,)


def test_single_runs_are_repeated_and_extended_at_once() -> None:
    policies = " ".join(f"--policy {policy}" for policy in (*POLICIES, "fixed:lr=1.0"))
    assert commands(seeds=(0,)).next() == (
        f"lr-study study {policies} --seeds 10 --data path/to/pets {SHARED}"
    )


def of_policies(*policies: str, seeds: tuple[int, ...] = (0, 1)) -> Commands:
    """Commands for a ranking of policies, the first the best."""
    records = [
        make_record(policy, seed, accuracies=(0.1, 0.9 - rank / 100), losses=(1, 1))
        for rank, policy in enumerate(policies)
        for seed in seeds
    ]
    comparison = compare(frame(*records), experiment="x")
    return Commands(comparison, comparison.protocols[0])


def test_compositions_and_built_in_grids_are_reproduced() -> None:
    warm = "warmup:epochs=50%,start=0.0+cosine:initial_lr=0.1,final_lr=0.0"
    line, _ = of_policies(warm, "fixed:lr=0.1").reproduce()
    assert f"--policy fixed:lr=0.1 --policy {warm} --seeds 2" in line
    assert f"--policy {warm} " in str(of_policies(warm, "fixed:lr=0.1", seeds=(0,)).next())
    line, _ = of_policies(*map(str, MODERN_GRID)).reproduce()
    assert line.startswith("lr-study study --grid modern --seeds 2 ")
    line, _ = of_policies(*map(str, MODERN_GRID[1:])).reproduce()
    assert "--grid" not in line


def test_a_folder_that_runs_do_not_agree_on_is_not_named() -> None:
    runs = frame(*(make_record("fixed", seed, data="pets") for seed in (0, 1)))
    runs["options"] = [{"data": "/a/pets"}, {"data": "/b/pets"}]
    assert origin_of(compare(runs), runs).options == {}


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        ({"resampling": "folds", "folds": 5, "val_fraction": 0.0}, ""),
        (
            {"resampling": "folds", "folds": 4, "stratified": True, "val_fraction": 0.0},
            " --folds 4 --stratify",
        ),
        ({"val_fraction": 0.3}, " --resampling splits --val-fraction 0.3"),
    ],
)
def test_a_command_divides_images_as_its_runs_did(protocol: dict, options: str) -> None:
    runs = frame(*(make_record(seed=seed, **protocol) for seed in range(2)))
    comparison = compare(runs)
    line = Commands(comparison, comparison.protocols[0]).study(["fixed"], [0, 1])
    assert line == (
        "lr-study study --policy fixed --seeds 2 --backbone efficientnet-lite0 --image-size 64 "
        f"--epochs 4{options}"
    )
