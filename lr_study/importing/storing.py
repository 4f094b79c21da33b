"""Store assembled runs, and say what became of each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.importing.assembling import Assembled
from lr_study.importing.imported_run import ImportedRun
from lr_study.importing.publishing import publishing
from lr_study.support import progress_bar
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
            seed = "" if run.seed is None else f", seed {run.seed}"
            policy = f"{run.choice.text} (policy from: {run.choice.source})"
            yield f"{run.name}: {policy}{seed}, {run.protocol['epochs']} epochs"
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
                f"{run.name}: another process is importing it; if that has ended, delete the run "
                "in MLflow"
            )


@own_settings()
def store_runs(client: MlflowClient, experiment: Experiment, assembled: Assembled) -> Outcome:
    """Store runs in an experiment, each once, however often it is imported.

    A run that is stored already stays as it is, one that has grown is completed, one whose
    declarations have changed is replaced, and one that an interrupted import left begins anew.

    Raises
    ------
    LrStudyError
        If another import into the experiment is running.
    """
    outcome = Outcome(warnings=list(assembled.warnings))
    with (
        publishing(client, experiment) as imported,
        progress_bar("importing", len(assembled.runs), "runs") as bar,
    ):
        for run in assembled.runs:
            outcome.add(*imported.publish(run))
            bar.advance(1)
    return outcome
