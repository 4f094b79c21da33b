"""What a user may rely on in the settings of runs on a table."""

import pytest

from lr_study.runs import Settings, TabularSettings, tabular_settings
from lr_study.support.errors import UsageError

OF_TABLES = {"target": "species", "hidden": "64,64", "task": "auto"}


def test_options_of_images_that_tables_have_too_are_taken_over() -> None:
    given = Settings(data="irises.csv", epochs=3, batch_size=8, optimizer="sgd", stratify=True)
    settings = tabular_settings(given, **OF_TABLES | {"hidden": " 32, 16 "})
    assert (settings.epochs, settings.batch_size, settings.optimizer) == (3, 8, "sgd")
    assert (settings.data, settings.stratify, settings.layers) == ("irises.csv", True, (32, 16))
    assert tabular_settings(given, **OF_TABLES | {"hidden": ""}).layers == ()


def test_the_same_runs_can_be_had_from_any_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = TabularSettings(data="irises.csv", target="species", epochs=3)
    assert settings.options() == {
        "workload": "tabular",
        "data": str(tmp_path / "irises.csv"),
        "target": "species",
        "epochs": 3,
    }


@pytest.mark.parametrize(
    ("of_images", "of_tables", "line"),
    [
        ({}, {}, "data is missing: a table is trained on with --data FILE --target COLUMN"),
        ({"data": "a.csv"}, {"target": ""}, "target is missing"),
        ({"data": "a.csv"}, {"hidden": "64,0"}, "hidden=64,0 is not allowed: it is whole numbers"),
        ({"data": "a.csv"}, {"hidden": "64,"}, "hidden=64, is not allowed"),
        ({"data": "a.csv"}, {"hidden": "²"}, "hidden=² is not allowed"),
        ({"data": "a.csv"}, {"task": "ranking"}, "task=ranking is not allowed: task is one of"),
        ({"data": "a.csv", "image_size": 64}, {}, "image_size=64 is not allowed with --workload"),
        ({"data": "a.csv", "resampling": "splits"}, {}, "resampling=splits is not allowed"),
    ],
)
def test_what_is_not_allowed_is_one_line(of_images, of_tables, line) -> None:
    with pytest.raises(UsageError, match=f"^{line}") as caught:
        tabular_settings(Settings(**of_images), **OF_TABLES | of_tables)
    assert "\n" not in str(caught.value)
