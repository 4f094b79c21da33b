"""Find the event files below a folder, and the run that each belongs to.

These layouts are recognised: that of Keras's callback, ``NAME/train`` and ``NAME/validation`` at
any depth with any number of files each, also as ``NAME_train`` and ``NAME_val``, and with a folder
``eval`` or ``test`` in place of ``validation``; ``NAME`` with a folder ``eval`` in it; single files
with ``train`` or ``valid`` in their names, which belong together if the rest of their names is
equal; and a folder whose files contain both. A folder ``train`` without one beside it that
validates is a run like any other.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lr_study.importing.event_files import starts_like_an_event_file
from lr_study.support import UsageError

_ROLE_FOLDER = re.compile(
    r"(?:(?P<stem>.+)[._-])?"
    r"(?:(?P<train>train(?:ing)?)|(?P<validation>valid(?:ation)?|val)"
    r"|(?P<eval>eval(?:uation)?)|(?P<test>test))",
    re.IGNORECASE,
)
_VALIDATING = ("validation", "eval", "test")
"""The roles of folders that validate; the first of them that a run has is read."""
_ROLE_FILE = re.compile(
    r"^(?P<train>train(?:ing)?)|^valid(?:ation)?"
    r"|(?:^|(?<=[._\- ]))(?:(?P<later>train(?:ing)?)|valid(?:ation)?|val)(?=[._\- ]|$)",
    re.IGNORECASE,
)
# Everything from here on is added by the writer: a time, a host name, a number.
_EVENTS = re.compile(r"(events\.out\.)?tfevents.*", re.IGNORECASE)
_SEPARATORS = "._- "
# A table or a program that is named after the event file which it was made from, or reads.
_OTHER_KINDS = frozenset({".csv", ".tsv", ".txt", ".json", ".md", ".go", ".py", ".zip", ".png"})


@dataclass
class RunFiles:
    """The event files of one run.

    Attributes
    ----------
    name
        The path of the run below the folder.
    train, validation, both
        The files with the curves of the training set, of the validation set, and of both.
    notes
        What was assumed about them, a line each.
    """

    name: str
    train: list[Path] = field(default_factory=list)
    validation: list[Path] = field(default_factory=list)
    both: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


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


def find_runs(logdir: Path, validation_folder: str | None = None) -> FoundRuns:
    """Find the event files below a folder, and group them into runs.

    An event file either has ``tfevents`` in its name, as all writers of event files ensure, or has
    ``train`` or ``valid`` in its name and starts like an event file. Links to folders are not
    followed; links that lead out of ``logdir``, to folders or to event files, are skipped.

    Parameters
    ----------
    validation_folder
        The name of the folders with the curves of the validation set, if it is another.

    Raises
    ------
    UsageError
        If ``logdir`` is not a folder, or contains no readable event file.
    """
    if not logdir.exists():
        raise UsageError(f"logdir={logdir} does not exist: logdir is a folder of event files")
    if not logdir.is_dir():
        raise UsageError(f"logdir={logdir} is not a folder: logdir is a folder of event files")
    root = logdir.resolve()
    runs: dict[tuple[Path, str], RunFiles] = {}
    folders: dict[Path, list[Path]] = {}
    skipped: list[tuple[str, str]] = []
    for entry in _walk(root):
        if isinstance(entry, _Skipped):
            skipped.append((display_path(entry.path, root), entry.reason))
        elif entry.role:
            _add_by_name(runs, entry, entry.role, root)
        else:
            folders.setdefault(entry.path.parent, []).append(entry.target)
    _add_folders(runs, folders, root, validation_folder)
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
    return printable(path.relative_to(root).as_posix())


def printable(text: str) -> str:
    r"""Return a text as one printable line.

    >>> printable("a b"), printable("a\nb")
    ('a b', 'a\\nb')
    """
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
    is_other_kind = path.suffix.lower() in _OTHER_KINDS
    is_named_as_event_file = bool(_EVENTS.search(path.name)) and not is_other_kind
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


def _add_by_name(
    runs: dict[tuple[Path, str], RunFiles], file: _EventFile, role: re.Match[str], root: Path
) -> None:
    """Add a file whose name says of which set it is to the run that the rest of the name gives."""
    stem = _EVENTS.sub("", file.path.name)
    rest = (stem[: role.start()].rstrip(_SEPARATORS) + stem[role.end() :]).strip(_SEPARATORS)
    folder = file.path.parent
    run = runs.setdefault((folder, rest), RunFiles(_name(folder, rest, root)))
    (run.train if role["train"] or role["later"] else run.validation).append(file.target)


def _add_folders(
    runs: dict[tuple[Path, str], RunFiles],
    folders: Mapping[Path, list[Path]],
    root: Path,
    validation_folder: str | None,
) -> None:
    """Add the files whose folders say of which set they are, and those of folders with both."""
    groups: dict[Path, dict[str, Path]] = {}
    for folder in folders:
        home, role = _role_of(folder, root, validation_folder)
        groups.setdefault(home, {})[role] = folder
    for home, by_role in groups.items():
        validating = [role for role in _VALIDATING if role in by_role]
        is_sure = validating and (
            validating[0] == "validation" or "train" in by_role or "both" in by_role
        )
        if not is_sure:  # none says what the others are: each is a run
            for folder in by_role.values():
                _run_at(runs, folder, root).both += folders[folder]
            continue
        run = _run_at(runs, home, root)
        run.train += folders[by_role["train"]] if "train" in by_role else []
        run.both += folders[by_role["both"]] if "both" in by_role else []
        run.validation += folders[by_role[validating[0]]]
        if validating[0] == "test":
            run.notes.append(
                "its validation curves are those of its test folder, as it has no other"
            )
        for role in validating[1:]:
            shown = display_path(by_role[role], root)
            run.notes.append(f"{shown} is not read: {by_role[validating[0]].name} validates")


def _role_of(folder: Path, root: Path, validation_folder: str | None) -> tuple[Path, str]:
    """Return the folder of the run that a folder belongs to, and its role in it."""
    if folder == root:
        return folder, "both"
    if validation_folder is not None and folder.name == validation_folder:
        return folder.parent, "validation"
    match = _ROLE_FOLDER.fullmatch(folder.name)
    if match is None:
        return folder, "both"
    role = next(name for name in ("train", *_VALIDATING) if match[name])
    if validation_folder is not None and role in _VALIDATING:
        return folder, "both"
    return (folder.parent / match["stem"] if match["stem"] else folder.parent), role


def _run_at(runs: dict[tuple[Path, str], RunFiles], folder: Path, root: Path) -> RunFiles:
    return runs.setdefault((folder, ""), RunFiles(_name(folder, "", root)))


def _name(folder: Path, rest: str, root: Path) -> str:
    """Return the path of a run below the root; for the root itself, the name of the root."""
    below = display_path(folder, root)
    parts = [part for part in (below, printable(rest)) if part not in ("", ".")]
    return "/".join(parts) or printable(root.name) or "logdir"
