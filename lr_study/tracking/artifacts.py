"""Files that are logged to a run, beside those that its trainer writes."""

from collections.abc import Mapping
from pathlib import Path

from lr_study.report import curve_figures
from lr_study.runs import RunRecord


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names into a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_curves(folder: Path, record: RunRecord) -> None:
    """Write ``figures/accuracy.svg`` (or another metric), ``loss.svg``, ``learning_rate.svg``."""
    (folder / "figures").mkdir()
    for name, figure in curve_figures(record.epochs, record.protocol.ranked_by).items():
        figure.savefig(folder / "figures" / f"{name}.svg", metadata={"Date": None})
