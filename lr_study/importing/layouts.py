"""Find the event files below a folder, and the run that each belongs to.

Three layouts are recognised: that of Keras's callback, ``NAME/train`` and ``NAME/validation`` at
any depth with any number of files each; single files with ``train`` or ``valid`` in their names,
which belong together if the rest of their names is equal; and a folder whose files contain both.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lr_study.importing.event_files import starts_like_an_event_file
from lr_study.support import UsageError

_ROLE_FOLDER = re.compile(r"(train(?:ing)?)|(valid(?:ation)?|val)", re.IGNORECASE)
_ROLE_FILE = re.compile(
    r"^(?P<train>train(?:ing)?)|^valid(?:ation)?"
    r"|(?:^|(?<=[._\- ]))(?:(?P<later>train(?:ing)?)|valid(?:ation)?|val)(?=[._\- ]|$)",
    re.IGNORECASE,
)
# Everything from here on is added by the writer: a time, a host name, a number.
_EVENTS = re.compile(r"(events\.out\.)?tfevents.*", re.IGNORECASE)
_SEPARATORS = "._- "


@dataclass
class RunFiles:
    """The event files of one run.

    Attributes
    ----------
    name
        The path of the run below the folder.
    train, validation, both
        The files with the curves of the training set, of the validation set, and of both.
    """

    name: str
    train: list[Path] = field(default_factory=list)
    validation: list[Path] = field(default_factory=list)
    both: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class FoundRuns:
    """The runs below a folder.

    Attributes
    ----------
    root
        The folder, with links resolved.
    runs
        The runs, sorted by name.
    skipped
        Paths that were not read, for display, each with the reason.
    """

    root: Path
    runs: tuple[RunFiles, ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _EventFile:
    """An event file: its path, the file it is or links to, and what its name says it contains."""

    path: Path
    target: Path
    role: re.Match[str] | None


@dataclass(frozen=True)
class _Skipped:
    path: Path
    reason: str


_OUTSIDE = "a link that leads out of the folder: skipped"


def find_runs(logdir: Path) -> FoundRuns:
    """Find the event files below a folder, and group them into runs.

    An event file either has ``tfevents`` in its name, as all writers of event files ensure, or has
    ``train`` or ``valid`` in its name and starts like an event file. Links to folders are not
    followed; links that lead out of ``logdir``, to folders or to event files, are skipped.

    Raises
    ------
    UsageError
        If ``logdir`` is not a folder, or contains no readable event file.
    """
    if not logdir.is_dir():
        raise UsageError(f"logdir={logdir} is not a folder: logdir is a folder of event files")
    root = logdir.resolve()
    runs: dict[tuple[Path, str], RunFiles] = {}
    skipped: list[tuple[str, str]] = []
    for entry in _walk(root):
        if isinstance(entry, _Skipped):
            skipped.append((display_path(entry.path, root), entry.reason))
        else:
            _add(runs, entry, root)
    if not runs:
        reasons = "".join(f"; {path}: {reason}" for path, reason in skipped[:3])
        raise UsageError(
            f"logdir={logdir} contains no event file (events.out.tfevents...) that can be "
            f"read{reasons}"
        )
    return FoundRuns(root, tuple(sorted(runs.values(), key=lambda run: run.name)), tuple(skipped))


def display_path(path: Path, root: Path) -> str:
    """Return a path below ``root`` as one printable line, whatever characters it contains.

    >>> display_path(Path("/logs/a/b"), Path("/logs"))
    'a/b'
    """
    return _printable(path.relative_to(root).as_posix())


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]


def _walk(root: Path) -> Iterator[_EventFile | _Skipped]:
    """Yield the event files below a folder and the paths that are skipped."""
    unreadable: list[_Skipped] = []

    def on_error(error: OSError) -> None:
        path = Path(error.filename or root)
        unreadable.append(_Skipped(path, f"cannot be read: {error.strerror or error}"))

    for folder, folders, files in os.walk(root, onerror=on_error):
        folders.sort()
        for name in folders:
            path = Path(folder, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                yield _Skipped(path, _OUTSIDE)
        for name in sorted(files):
            entry = _classify(Path(folder, name), root)
            if entry is not None:
                yield entry
    yield from unreadable


def _classify(path: Path, root: Path) -> _EventFile | _Skipped | None:
    """Return the event file at a path, why it is skipped, or None if it is another file."""
    role = _ROLE_FILE.search(_EVENTS.sub("", path.name))
    is_named_as_event_file = bool(_EVENTS.search(path.name))
    if not (role or is_named_as_event_file):
        return None
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError for a link to itself
        return _Skipped(path, "a broken link: skipped")
    if not target.is_relative_to(root):
        return _Skipped(path, _OUTSIDE)
    if is_named_as_event_file or starts_like_an_event_file(target):
        return _EventFile(path, target, role)
    return None


def _add(runs: dict[tuple[Path, str], RunFiles], file: _EventFile, root: Path) -> None:
    """Add an event file to the run that its name, or else its folder, belongs to."""
    folder, rest, role = file.path.parent, "", file.role
    is_train = False
    if role:
        is_train = bool(role["train"] or role["later"])
        stem = _EVENTS.sub("", file.path.name)
        rest = (stem[: role.start()].rstrip(_SEPARATORS) + stem[role.end() :]).strip(_SEPARATORS)
    elif folder != root:
        role = _ROLE_FOLDER.fullmatch(folder.name)
        is_train = bool(role and role[1])
        folder = folder.parent if role else folder
    run = runs.setdefault((folder, rest), RunFiles(_name(folder, rest, root)))
    files = run.both if role is None else run.train if is_train else run.validation
    files.append(file.target)


def _name(folder: Path, rest: str, root: Path) -> str:
    """Return the path of a run below the root; for the root itself, the name of the root."""
    below = display_path(folder, root)
    parts = [part for part in (below, _printable(rest)) if part not in ("", ".")]
    return "/".join(parts) or _printable(root.name) or "logdir"
