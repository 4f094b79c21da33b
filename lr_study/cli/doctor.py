"""What is installed, which device trains, and where files are kept."""

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator

import lr_study
from lr_study.support import LrStudyError, cache_dir
from lr_study.tracking import MissingStoreError, connect, resolve_tracking_uri

_PACKAGES = ("tensorflow", "keras", "mlflow", "numpy", "pandas", "scipy", "matplotlib", "typer")


def findings(tracking_uri: str | None) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each finding.

    Raises
    ------
    LrStudyError
        If the cache cannot be written or the store cannot be used.
    """
    yield "lr-study", lr_study.__version__
    yield "environment", sys.prefix
    yield "python", platform.python_version()
    for package in _PACKAGES:
        yield package, importlib.metadata.version(package)
    from lr_study.support import device_name

    yield "trains on", device_name()
    cache = cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    if not os.access(cache, os.W_OK):
        raise LrStudyError(f"the cache {cache} cannot be written: set LR_STUDY_CACHE to another")
    yield "cache", f"{cache}, {_mebibytes(cache):.0f} MiB"
    uri = resolve_tracking_uri(tracking_uri)
    try:
        connect(uri)
    except MissingStoreError:
        yield "store", f"{uri}, created by the first run"
    else:
        yield "store", uri


def _mebibytes(folder: os.PathLike[str]) -> float:
    return sum(
        os.path.getsize(os.path.join(base, name))  # noqa: PTH118, PTH202
        for base, _, names in os.walk(folder)
        for name in names
        if not os.path.islink(os.path.join(base, name))  # noqa: PTH114, PTH118
    ) / (1 << 20)
