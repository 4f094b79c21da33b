"""Whole Keras models, built from the trained weights that every run keeps."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus
from mlflow.exceptions import MlflowException

from lr_study.comparison import Comparison, first_of_each_family
from lr_study.features import resolve_weights
from lr_study.runs import BACKBONES, KERAS_PREFIX, Settings
from lr_study.studies.classifier import Classifier, Description, write_description
from lr_study.studies.winners import Winner
from lr_study.studies.workload import StudyWorkload
from lr_study.support import LrStudyError, UsageError, atomic_write, one_line, require_model_name
from lr_study.tracking import (
    PROTOCOL_TAG,
    log_classifier,
    log_model,
    own_settings,
    policy_of,
    register_model,
    stored_options,
    stored_protocol,
)
from lr_study.training import HEAD_FILE, read_head

_SERVED = Path(__file__).with_name("served_classifier.py")


@own_settings()
def load_run_classifier(client: MlflowClient, run_id: str, weights: str | None) -> Classifier:
    """Build the classifier of a run: backbone and softmax head, with the weights it trained.

    Parameters
    ----------
    weights
        Where the backbone's weights are: ``imagenet``, ``random`` or a file; None for where the
        run had them. They must be those that the run was trained with.

    Raises
    ------
    UsageError
        If the store has no such run of lr-study, or the weights are not those of the run.
    """
    return _trained(client, run_id, weights)[0]


@own_settings()
def save_model(client: MlflowClient, run_id: str, weights: str | None, output: Path) -> None:
    """Build the classifier of a run, and save it as a ``.keras`` file.

    The model takes images of any size, and prepares them itself; the file holds the class names
    too.

    Parameters
    ----------
    weights
        See `load_run_classifier`.

    Raises
    ------
    UsageError
        As `load_run_classifier`, or if the file's name does not end in ``.keras``.
    """
    if output.suffix != ".keras":
        raise UsageError(f"output={output} is not allowed: the name ends in .keras")
    classifier, policy = _trained(client, run_id, weights)
    with atomic_write(output) as aside:
        file = aside.with_name(f"{aside.name}.keras")  # Keras goes by the end of the name
        _write(file, classifier, run_id, policy)
        file.rename(aside)


@own_settings()
def register_classifier(
    client: MlflowClient,
    name: str,
    run_id: str,
    *,
    weights: str | None = None,
    chosen: Winner | None = None,
) -> str:
    """Register the classifier of a run under a name, as its champion; return the version.

    ``mlflow.pyfunc.load_model(f"models:/{name}@champion")`` then takes paths of images, or their
    content; the version says by which ranking it was ``chosen``.

    Raises
    ------
    UsageError
        As `load_run_classifier`, or if the name is not allowed.
    LrStudyError
        If the store does not take the model.
    """
    require_model_name(name)
    classifier, policy = _trained(client, run_id, weights)
    with TemporaryDirectory(prefix="lr-study-") as folder:
        file = Path(folder) / "classifier.keras"
        _write(file, classifier, run_id, policy)
        try:
            model_id = log_classifier(client, run_id, _SERVED, file)
        except (MlflowException, OSError) as error:
            raise LrStudyError(f"the model cannot be logged ({one_line(error)})") from error
    tags = {"lr_study.run_id": run_id, "lr_study.policy": policy}
    if chosen is not None:
        tags |= {
            "lr_study.experiment": chosen.experiment,
            "lr_study.verdict": chosen.verdict,
            "lr_study.protocol_id": chosen.protocol_id,
        }
    return register_model(
        client,
        name,
        run_id,
        model_id,
        description=f"lr-study chose {chosen}" if chosen else f"{policy}, run {run_id}, by hand",
        tags=tags,
    )


def _write(file: Path, classifier: Classifier, run_id: str, policy: str) -> None:
    from lr_study.training import with_preprocessing

    size = classifier.image_size
    with_preprocessing(classifier.model, size).save(file)
    write_description(file, Description(classifier.class_names, size, run_id, policy))


def _trained(client: MlflowClient, run_id: str, weights: str | None) -> tuple[Classifier, str]:
    """The classifier of a run, which maps square images; and the run's policy."""
    try:
        run = client.get_run(run_id)
        run.data.tags[PROTOCOL_TAG]
    except (MlflowException, KeyError):
        raise UsageError(
            f"run {run_id!r} is not a run of lr-study in {client.tracking_uri}: "
            "lr-study compare --format json and MLflow's pages show the ids"
        ) from None
    protocol = stored_protocol(run, ("backbone", "weights", "image_size"))
    backbone = str(protocol["backbone"])
    if backbone not in BACKBONES and not backbone.startswith(KERAS_PREFIX):
        raise UsageError(
            f"run {run_id} was trained with the backbone {backbone!a}: models of "
            f"{', '.join(BACKBONES)} and {KERAS_PREFIX}NAME can be built"
        )
    given = weights or str(stored_options(run).get("weights", Settings.weights))
    found = resolve_weights(backbone, given)
    if found.digest != protocol["weights"]:
        raise UsageError(
            f"weights={given} are {found.digest}, but the run was trained with "
            f"{ascii(protocol['weights'])[1:-1]}: give that file with --weights FILE"
        )
    head, class_names = read_head(_download(client, run_id, HEAD_FILE))
    from lr_study.training import build_model

    size = protocol["image_size"]
    try:
        model = build_model(backbone, found, size, head)
    except UsageError:
        raise
    except LrStudyError as error:
        raise LrStudyError(f"{HEAD_FILE} of run {run_id} cannot be used: {error}") from error
    return Classifier(model, class_names, size), policy_of(run)


def log_models(
    client: MlflowClient,
    runs: pd.DataFrame,
    ranking: Comparison,
    workload: StudyWorkload,
    which: str,
) -> None:
    """Log whole models to runs that have none: of the best policy of each family, or of all.

    Of a best policy, the run under the first common seed gets its model. ``which`` is ``best``,
    ``all`` or ``none``.
    """
    for run_id in _selected(runs, ranking, which):
        if not _has_model(client, run_id):
            model = workload.build_model(_download(client, run_id, workload.model_file))
            log_model(client, run_id, model)


def _has_model(client: MlflowClient, run_id: str) -> bool:
    """Whether a run has a model that was saved completely."""
    return any(
        client.get_logged_model(output.model_id).status == LoggedModelStatus.READY
        for output in client.get_run(run_id).outputs.model_outputs
    )


def _selected(runs: pd.DataFrame, ranking: Comparison, which: str) -> list[str]:
    if which == "none" or not ranking.protocols:
        return []
    if which == "all":
        counted = runs[runs["excluded"].isna()].sort_values("end_time")
        return [str(run_id) for run_id in counted.drop_duplicates("cell")["run_id"]]
    ranked = ranking.ranked(runs).set_index(["policy", "seed"])["run_id"]
    best = first_of_each_family(ranking.protocols[0].rows)
    return [str(ranked[row.policy, row.seeds[0]]) for row in best.values()]


def _download(client: MlflowClient, run_id: str, name: str) -> bytes:
    with TemporaryDirectory(prefix="lr-study-") as folder:
        try:
            return Path(client.download_artifacts(run_id, name, folder)).read_bytes()
        except (MlflowException, OSError) as error:
            raise LrStudyError(f"run {run_id} has no {name} that can be read: {error}") from error
