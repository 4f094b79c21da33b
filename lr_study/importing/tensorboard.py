"""A folder of TensorBoard event files -> runs of ours in MLflow."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.importing.curves import WANTED, Curves, join
from lr_study.importing.declarations import FIELDS, Declared, Value
from lr_study.importing.event_files import NotAnEventFileError, Point, read_event_file
from lr_study.importing.layouts import Found, RunFiles, shown
from lr_study.importing.policy_choice import choose_policy
from lr_study.importing.publishing import ImportedRun, publishing
from lr_study.runs import UNKNOWN
from lr_study.support import LrStudyError, progress_bar

_DONE = {
    "added": "imported",
    "completed": "completed (had grown)",
    "replaced": "imported anew (declared otherwise before)",
    "unchanged": "there already",
}


@dataclass
class Outcome:
    """What an import did: the runs that it wrote, how many of each kind, and what is to be said."""

    written: list[ImportedRun] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield a line a run that was written, and one with the numbers of all."""
        for run in self.written:
            epochs = f"{run.protocol['epochs']} epochs"
            yield f"{run.name}: {run.choice.text} (told by: {run.choice.told_by}), {epochs}"
        yield ", ".join(
            f"{self.counts[kind]} {'run' if self.counts[kind] == 1 else 'runs'} {words}"
            for kind, words in _DONE.items()
            if self.counts[kind] or kind == "added"
        )


def import_tensorboard(
    client: MlflowClient,
    experiment: Experiment,
    found: Found,
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
) -> Outcome:
    """Import the runs that `find_runs` found into an experiment.

    Each becomes one finished run there, whatever was imported before: what is there already is
    left alone, what has grown is completed, and what an import that was cut off left behind is
    written anew. Files that cannot be used, or not in full, get a remark each.

    Parameters
    ----------
    mapping
        What is declared of single runs, by their path below the folder or its last part.
    protocol
        Protocol fields declared of all runs.

    Raises
    ------
    LrStudyError
        If none of the runs can be imported, or another import into the experiment is running.
    """
    outcome = Outcome(remarks=[f"{path}: {reason}" for path, reason in found.refused])
    _name_those_not_there(outcome, mapping, found.runs)
    with (
        publishing(client, experiment) as published,
        progress_bar("importing", len(found.runs), "runs") as bar,
    ):
        for files in found.runs:
            run = _read(files, found.root, mapping, protocol, outcome.remarks)
            if run is not None:
                done, run = published.publish(run)
                outcome.counts[done] += 1
                _tell(outcome, done, run)
            bar.advance(1)
    if not outcome.counts:
        told = "; ".join(outcome.remarks[:3])
        raise LrStudyError(f"none of {len(found.runs)} runs can be imported: {told}")
    return outcome


def _name_those_not_there(
    outcome: Outcome, mapping: Mapping[str, Declared], runs: tuple[RunFiles, ...]
) -> None:
    names = {name for run in runs for name in (run.name, run.name.rpartition("/")[2])}
    strangers = sorted(ascii(name) for name in mapping if name not in names)
    if strangers:
        outcome.remarks.append(f"declared, but not there: {', '.join(strangers)}")


def _read(
    files: RunFiles,
    root: Path,
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
    remarks: list[str],
) -> ImportedRun | None:
    """Read one run; None, with a remark, if it lacks what a run of ours has."""

    def points(paths: list[Path]) -> Iterator[tuple[Point, ...]]:
        for path in paths:
            try:
                events = read_event_file(path, WANTED)
            except NotAnEventFileError as error:
                remarks.append(f"{shown(path, root)}: {error}")
                continue
            if events.damage:
                remarks.append(f"{shown(path, root)}: {events.damage}")
            yield events.points

    curves = join(points(files.train), points(files.validation), points(files.both))
    reason = _why_unusable(curves)
    if reason:
        remarks.append(f"{files.name}: not imported: {reason}")
        return None
    remarks += [f"{files.name}: {text}" for text in _gaps(curves)]
    short_name = files.name.rpartition("/")[2]
    declared = mapping.get(files.name) or mapping.get(short_name) or Declared()
    choice = choose_policy(files.name, curves.rates(), declared.policy)
    if choice.remark:
        remarks.append(f"{files.name}: {choice.remark}")
    fields = dict.fromkeys(FIELDS, UNKNOWN) | {**protocol} | {**declared.protocol}
    return ImportedRun(files.name, curves, choice, {**fields, "epochs": curves.epochs[-1]})


def _why_unusable(curves: Curves) -> str | None:
    lacking = [name for name in ("val_accuracy", "val_loss") if not curves.points[name]]
    if lacking:
        return f"it has no {' and no '.join(lacking)}"
    if not curves.epochs:
        return "no epoch has both val_accuracy and val_loss"
    if 2 * len(curves.epochs) < curves.epochs[-1]:
        return (
            f"its {len(curves.epochs)} steps up to {curves.epochs[-1] - 1} are not those of epochs"
        )
    return None


def _gaps(curves: Curves) -> Iterator[str]:
    """Say which epochs lack what, up to the last that counts: later ones may be yet to come."""
    last = curves.epochs[-1]
    counting = set(curves.epochs)
    missing = [epoch for epoch in range(1, last + 1) if epoch not in counting]
    if missing:
        yield f"left out, for lack of val_accuracy or val_loss: {_epochs(missing)}"
    for name in ("loss", "accuracy", "learning_rate"):
        points = curves.points[name]
        absent = [epoch for epoch in curves.epochs if epoch not in points]
        if points and absent:
            yield f"no {name} in {_epochs(absent)}"
        if name != "loss" and any(not math.isfinite(point.value) for point in points.values()):
            yield f"{name} is not a number in some epochs"


def _epochs(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"epoch{'' if len(numbers) == 1 else 's'} {listed}{more}"


def _tell(outcome: Outcome, done: str, run: ImportedRun) -> None:
    if done in ("added", "completed", "replaced"):
        outcome.written.append(run)
    elif done == "fewer":
        outcome.remarks.append(f"{run.name}: less of it is left than was imported, which stays")
    elif done == "busy":
        outcome.remarks.append(
            f"{run.name}: another process is writing it; if there is none, delete the run in MLflow"
        )
