"""The image results of a run in its store: a tag where they fit into one, else an artifact.

The tag of results that do not fit names the artifact and the SHA-256 of its text, under which the
text is kept in the cache folder: it is read from the store once.
"""

import hashlib
import json
import zlib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.runs import ImageResults, RunRecord, canonical_json
from lr_study.support import atomic_write, cache_dir, one_line
from lr_study.tracking.tags import (
    IMAGE_RESULTS_TAG,
    MAX_TAG_LENGTH,
    OLDER_MAX_TAG_LENGTH,
)

IMAGE_RESULTS_FILE = "image_results.json.gz"

_MAX_TEXT_BYTES = 1 << 28
"""More than the results of a hundred million images."""


def image_results_tag(results: ImageResults) -> str:
    """Return what the tag of a run holds: its results, or where they are."""
    text = results.to_text()
    return text if len(text) <= MAX_TAG_LENGTH else where_they_are(text)


def where_they_are(text: str) -> str:
    """Return a short tag for results that are in the artifact."""
    return canonical_json({"artifact": IMAGE_RESULTS_FILE, "sha256": _digest(text)})


def write_image_results(folder: Path, record: RunRecord) -> None:
    """Write the artifact of a run, unless any server takes its results as a tag."""
    if record.image_results is None:
        return
    text = record.image_results.to_text()
    if len(text) > OLDER_MAX_TAG_LENGTH:
        # Level 1, because what the text holds is compressed already.
        content = zlib.compress(text.encode("ascii"), 1, wbits=31)
        (folder / IMAGE_RESULTS_FILE).write_bytes(content)


def read_image_results(client: MlflowClient, run: Run) -> ImageResults | None:
    """Return the image results of a run; None if it has none.

    Raises
    ------
    ValueError
        If they cannot be read, or are not what its tag says.
    """
    tag = run.data.tags.get(IMAGE_RESULTS_TAG)
    if tag is None:
        return None
    about = json.loads(tag)
    if not isinstance(about, dict) or "artifact" not in about:
        return ImageResults.from_text(tag)
    digest = about.get("sha256")
    if not (isinstance(digest, str) and len(digest) == 64 and digest.isalnum()):
        raise ValueError("the tag of its image results names no SHA-256")
    return ImageResults.from_text(_cached_text(client, str(run.info.run_id), digest))


def _cached_text(client: MlflowClient, run_id: str, digest: str) -> str:
    file = cache_dir() / "image_results" / digest[:2] / f"{digest}.json"
    with suppress(OSError, ValueError):
        text = file.read_text(encoding="ascii")
        if _digest(text) == digest:
            return text
    text = _downloaded_text(client, run_id)
    if _digest(text) != digest:
        raise ValueError(f"artifact {IMAGE_RESULTS_FILE} is not that of its tag")
    with suppress(OSError), atomic_write(file) as aside:  # a cache that is read-only
        aside.write_text(text, encoding="ascii")
    return text


def _downloaded_text(client: MlflowClient, run_id: str) -> str:
    try:
        with TemporaryDirectory(prefix="lr-study-") as folder:
            content = Path(client.download_artifacts(run_id, IMAGE_RESULTS_FILE, folder))
            unpacker = zlib.decompressobj(wbits=31)
            text = unpacker.decompress(content.read_bytes(), _MAX_TEXT_BYTES)
    except Exception as error:  # MLflow passes on what disks, object stores and proxies raise
        raise ValueError(
            f"artifact {IMAGE_RESULTS_FILE} cannot be read: {one_line(error)}"
        ) from error
    if not unpacker.eof:
        raise ValueError(f"artifact {IMAGE_RESULTS_FILE} is cut, or too large")
    return text.decode("ascii")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("ascii", "replace")).hexdigest()
