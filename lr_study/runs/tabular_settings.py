"""What runs on a table need besides their policy and seed."""

from dataclasses import dataclass, fields
from pathlib import Path

from lr_study.runs.settings import ModelSettings, Settings
from lr_study.support import UsageError, utf8_text

TABULAR = "tabular"
"""The workload of tables, by its name on the command line."""


@dataclass(frozen=True)
class TabularSettings(ModelSettings):
    """What a run on a table needs besides its policy and seed.

    Attributes
    ----------
    data
        A CSV or Parquet file.
    target
        The column to predict.
    hidden
        The units of the hidden layers, separated by commas; empty for none.
    task
        ``classification`` or ``regression``; ``auto`` decides by the values of the target.
    optimizer
        One of ``OPTIMIZERS``.

    Raises
    ------
    UsageError
        If a value is not allowed.

    Examples
    --------
    >>> TabularSettings(data="iris.csv", target="species", hidden="32,16").layers
    (32, 16)
    """

    workload: str = TABULAR
    data: str = ""
    target: str = ""
    hidden: str = "64,64"
    task: str = "auto"
    optimizer: str = Settings.optimizer

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, example in (("data", "train.csv"), ("target", "species")):
            if not getattr(self, name):
                raise UsageError(
                    f"{name} is missing: a table is trained on with --data FILE --target COLUMN, "
                    f"such as --{name} {example}"
                )
        _ = self.layers  # says what is not allowed

    @property
    def layers(self) -> tuple[int, ...]:
        """The units of each hidden layer."""
        parts = [part.strip() for part in self.hidden.split(",")] if self.hidden.strip() else []
        if not all(part.isascii() and part.isdecimal() and int(part) > 0 for part in parts):
            raise UsageError(
                f"hidden={self.hidden} is not allowed: it is whole numbers above 0, separated by "
                "commas, such as 64,64"
            )
        return tuple(map(int, parts))

    def options(self) -> dict[str, object]:
        """Return the options that give the same runs again, in any folder."""
        usual = {field.name: field.default for field in fields(self)}
        as_protocol = ("folds", "stratify", "resampling", "workload")
        values = {
            name: value
            for name in usual
            if name not in as_protocol and (value := getattr(self, name)) != usual[name]
        }
        file = utf8_text(str(Path(self.data).expanduser().absolute()))
        return {"workload": self.workload, **values, "data": file}


def tabular_settings(settings: Settings, *, target: str, hidden: str, task: str) -> TabularSettings:
    """Return the settings of runs on a table, from options that were made for images.

    Raises
    ------
    UsageError
        If an option differs from its default that only images have.
    """
    known = {field.name for field in fields(TabularSettings)}
    shared = [field.name for field in fields(Settings) if field.name in known]
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name not in shared and value != field.default:
            raise UsageError(
                f"{field.name}={value} is not allowed with --workload {TABULAR}: it is an option "
                "of images"
            )
    values = {name: getattr(settings, name) for name in shared}
    if values["data"] == Settings.data:
        values["data"] = ""
    return TabularSettings(**values, target=target, hidden=hidden, task=task)
