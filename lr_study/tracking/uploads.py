"""Folders of files, uploaded to a run; a failure is the store's, or that of its artifacts."""

from pathlib import Path

from mlflow import MlflowClient

from lr_study.support import LrStudyError, mask, one_line


class ArtifactError(LrStudyError):
    """The store answers, but files cannot be written to where it keeps the artifacts of a run.

    Attributes
    ----------
    run_id
        The run whose files could not be written.
    """

    def __init__(self, run_id: str, place: str, error: BaseException) -> None:
        super().__init__(f"artifacts cannot be written to {mask(place)}: {one_line(error)}")
        self.run_id = run_id


def log_files(client: MlflowClient, run_id: str, folder: Path) -> None:
    """Log all files in a folder to a run.

    Raises
    ------
    ArtifactError
        If they cannot be written though the store answers. Where it does not answer either, what
        it raises is passed on.
    """
    try:
        client.log_artifacts(run_id, str(folder))
    except Exception as error:  # MLflow passes on what disks, object stores and proxies raise
        cause = error
    else:
        return
    run = client.get_run(run_id)
    raise ArtifactError(run_id, str(run.info.artifact_uri), cause) from cause
