"""Import a folder of TensorBoard event files as runs in MLflow."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.importing.curves import TAGS, Curves, join
from lr_study.importing.declarations import FIELDS, Declared, Value
from lr_study.importing.event_files import NotAnEventFileError, Point, read_event_file
from lr_study.importing.layouts import FoundRuns, RunFiles, display_path
from lr_study.importing.policy_choice import choose_policy
from lr_study.importing.publishing import ImportedRun, publishing
from lr_study.runs import UNKNOWN
from lr_study.support import LrStudyError, progress_bar
from lr_study.tracking import own_settings

_SUMMARIES = {
    "added": "imported",
    "completed": "completed with new epochs",
    "replaced": "imported again with other declarations",
    "unchanged": "already imported",
}


@dataclass
class Outcome:
    """The result of an import.

    Attributes
    ----------
    written
        The runs that were stored or completed.
    counts
        The number of runs by outcome, as `ImportedRuns.publish` returns it.
    warnings
        One line for each problem.
    """

    written: list[ImportedRun] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield a line for each run that was written, and a summary."""
        for run in self.written:
            epochs = f"{run.protocol['epochs']} epochs"
            yield f"{run.name}: {run.choice.text} (policy from: {run.choice.source}), {epochs}"
        yield ", ".join(
            f"{self.counts[kind]} {'run' if self.counts[kind] == 1 else 'runs'} {summary}"
            for kind, summary in _SUMMARIES.items()
            if self.counts[kind] or kind == "added"
        )

    def add(self, kind: str, run: ImportedRun) -> None:
        """Count a run, and record it as written or warn that it was not."""
        self.counts[kind] += 1
        if kind in ("added", "completed", "replaced"):
            self.written.append(run)
        elif kind == "fewer":
            self.warnings.append(
                f"{run.name}: fewer points than already imported; kept the stored run"
            )
        elif kind == "busy":
            self.warnings.append(
                f"{run.name}: another process is importing it; if there is none, delete the run in "
                "MLflow"
            )


@own_settings()
def import_tensorboard(
    client: MlflowClient,
    experiment: Experiment,
    found: FoundRuns,
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
) -> Outcome:
    """Import the runs that `find_runs` returned into an experiment.

    Each becomes one finished run, however often it is imported: a run that is stored already stays
    as it is, one that has grown is completed, and one that an interrupted import left is imported
    again. There is a warning for each file that is unusable or damaged.

    Parameters
    ----------
    client, experiment
        Where to store the runs.
    found
        The runs to import.
    mapping
        Declarations of single runs, by their path below the folder or its last part.
    protocol
        Protocol fields of all runs.

    Raises
    ------
    LrStudyError
        If no run can be imported, or another import into the experiment is running.
    """
    outcome = Outcome(warnings=[f"{path}: {reason}" for path, reason in found.skipped])
    outcome.warnings += _unknown_names(mapping, found.runs)
    with (
        publishing(client, experiment) as imported,
        progress_bar("importing", len(found.runs), "runs") as bar,
    ):
        for files in found.runs:
            run = _read(files, found.root, mapping, protocol, outcome.warnings)
            if run is not None:
                outcome.add(*imported.publish(run))
            bar.advance(1)
    if not outcome.counts:
        reasons = "; ".join(outcome.warnings[:3])
        raise LrStudyError(f"none of {len(found.runs)} runs can be imported: {reasons}")
    return outcome


def _unknown_names(mapping: Mapping[str, Declared], runs: tuple[RunFiles, ...]) -> Iterator[str]:
    names = {name for run in runs for name in (run.name, run.name.rpartition("/")[2])}
    unknown = sorted(ascii(name) for name in mapping if name not in names)
    if unknown:
        yield f"declared but not found: {', '.join(unknown)}"


def _read(
    files: RunFiles,
    root: Path,
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
    warnings: list[str],
) -> ImportedRun | None:
    """Read a run; None, with a warning, if it cannot be imported."""

    def points(paths: list[Path]) -> Iterator[tuple[Point, ...]]:
        for path in paths:
            try:
                events = read_event_file(path, TAGS)
            except NotAnEventFileError as error:
                warnings.append(f"{display_path(path, root)}: {error}")
                continue
            if events.damage:
                warnings.append(f"{display_path(path, root)}: {events.damage}")
            yield events.points

    curves = join(points(files.train), points(files.validation), points(files.both))
    reason = _reason_unusable(curves)
    if reason:
        warnings.append(f"{files.name}: not imported: {reason}")
        return None
    if curves.problem:
        warnings.append(f"{files.name}: {curves.problem}")
    warnings += [f"{files.name}: {gap}" for gap in _gaps(curves)]
    short_name = files.name.rpartition("/")[2]
    declared = mapping.get(files.name) or mapping.get(short_name) or Declared()
    choice = choose_policy(files.name, curves.logged_rates(), declared.policy)
    if choice.reading in ("next", "step from 1"):
        # The metric is the rate of an epoch's last step, which these are not.
        curves = curves.without_rates()
    if choice.warning:
        warnings.append(f"{files.name}: {choice.warning}")
    fields = dict.fromkeys(FIELDS, UNKNOWN) | {**protocol} | {**declared.protocol}
    return ImportedRun(files.name, curves, choice, {**fields, "epochs": curves.epochs[-1]})


def _reason_unusable(curves: Curves) -> str | None:
    missing = [name for name in ("val_accuracy", "val_loss") if not curves.points[name]]
    if missing:
        return f"it has no {' and no '.join(missing)}"
    if not curves.epochs:
        return "no epoch has both val_accuracy and val_loss"
    if 2 * len(curves.epochs) < curves.epochs[-1]:
        return (
            f"its {len(curves.epochs)} steps up to {curves.epochs[-1] - 1} are too sparse to be "
            "epochs"
        )
    return None


def _gaps(curves: Curves) -> Iterator[str]:
    """Describe the missing values up to the last complete epoch; later ones may be yet to come."""
    last = curves.epochs[-1]
    complete = set(curves.epochs)
    skipped = [epoch for epoch in range(1, last + 1) if epoch not in complete]
    if skipped:
        yield f"skipped {_epochs(skipped)}: no val_accuracy or no val_loss"
    for name in ("loss", "accuracy", "learning_rate"):
        points = curves.points[name]
        missing = [epoch for epoch in curves.epochs if epoch not in points]
        if points and missing:
            yield f"no {name} in {_epochs(missing)}"
        if name != "loss" and any(not math.isfinite(point.value) for point in points.values()):
            yield f"{name} is infinite or NaN in some epochs"


def _epochs(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"epoch{'' if len(numbers) == 1 else 's'} {listed}{more}"
