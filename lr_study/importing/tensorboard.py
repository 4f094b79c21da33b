"""Read runs from a folder of TensorBoard event files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lr_study.importing.assembling import Assembled, assemble
from lr_study.importing.declarations import Declared, Value, declared_for
from lr_study.importing.event_files import EventFile, NotAnEventFileError, read_event_file
from lr_study.importing.joining import Wanted, join
from lr_study.importing.layouts import FoundRuns, RunFiles, display_path
from lr_study.importing.read_runs import ReadRun
from lr_study.support import progress_bar

_MAX_LISTED = 12


def read_tensorboard(
    found: FoundRuns,
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
    tags: Mapping[str, str] | None = None,
) -> Assembled:
    """Read the runs that `find_runs` returned.

    There is a warning for each file that is unusable or damaged.

    Parameters
    ----------
    found
        The runs to read.
    mapping
        Declarations of single runs, by their path below the folder, its last part or a pattern.
    protocol
        Protocol fields of all runs.
    tags
        The tag of a curve, by the curve, for runs that declare no other.

    Raises
    ------
    LrStudyError
        If no run can be imported.
    """
    warnings = [f"{path}: {reason}" for path, reason in found.skipped]
    read = []
    with progress_bar("reading", len(found.runs), "runs") as bar:
        for files in found.runs:
            names = {**(tags or {}), **declared_for(mapping, files.name).metrics}
            read.append(_read(files, found.root, Wanted(names), warnings))
            bar.advance(1)
    return assemble(read, mapping, protocol, warnings)


def _read(files: RunFiles, root: Path, wanted: Wanted, warnings: list[str]) -> ReadRun:
    tags: set[str] = set()

    def events(paths: list[Path]) -> Iterator[EventFile]:
        for path in paths:
            try:
                file = read_event_file(path, wanted)
            except NotAnEventFileError as error:
                warnings.append(f"{display_path(path, root)}: {error}")
                continue
            if file.damage:
                warnings.append(f"{display_path(path, root)}: {file.damage}")
            tags.update(file.other_tags, (point.tag for point in file.points))
            yield file

    curves = join(events(files.train), events(files.validation), events(files.both), wanted)
    if not curves.points["val_accuracy"] and tags:
        curves = curves.refused(f"it has no val_accuracy: {_choice_of(tags, files, root)}")
    return ReadRun("tensorboard", files.name, curves, notes=tuple(files.notes))


def _choice_of(tags: set[str], files: RunFiles, root: Path) -> str:
    """Say what there is, and how to say which of it is the validation accuracy."""
    shown = ", ".join(sorted(tags)[:_MAX_LISTED])
    more = f" and {len(tags) - _MAX_LISTED} more" if len(tags) > _MAX_LISTED else ""
    paths = (*files.train, *files.validation, *files.both)
    folders = sorted({display_path(path.parent, root) for path in paths})
    return (
        f"there are the tags {shown}{more} in {', '.join(folders[:5])}; name one with "
        "--tag val_accuracy=TAG, or a folder with --validation-folder NAME"
    )
