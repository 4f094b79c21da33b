"""Which files below a folder are event files, and of which run.

Known are the layout of Keras's callback, ``NAME/train`` and ``NAME/validation`` at any depth with
any number of files each; single files whose names say ``train`` and ``valid``, and belong together
by the rest of their names; and a folder whose files hold both.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from lr_study.importing.event_files import begins_with_a_record
from lr_study.support import UsageError

_ROLE_FOLDER = re.compile(r"(train(?:ing)?)|(valid(?:ation)?|val)", re.IGNORECASE)
_ROLE_FILE = re.compile(
    r"^(?P<train>train(?:ing)?)|^valid(?:ation)?"
    r"|(?:^|(?<=[._\- ]))(?:(?P<later>train(?:ing)?)|valid(?:ation)?|val)(?=[._\- ]|$)",
    re.IGNORECASE,
)
# What stands from here on is the writer's: a time, the name of a host, a number.
_EVENTS = re.compile(r"(events\.out\.)?tfevents.*", re.IGNORECASE)
_SEPARATORS = "._- "


@dataclass
class RunFiles:
    """The event files of one run, by what they hold; ``name`` is its path below the folder."""

    name: str
    train: list[Path] = field(default_factory=list)
    validation: list[Path] = field(default_factory=list)
    both: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The runs below a folder, by name, and what was refused: shown path and reason."""

    root: Path
    runs: tuple[RunFiles, ...]
    refused: tuple[tuple[str, str], ...]


def find_runs(logdir: Path) -> Found:
    """Find the event files below a folder and divide them into runs.

    A file is one if its name says ``tfevents``, as all that write such files see to, or if its
    name says ``train`` or ``valid`` and it begins as such a file does. Links to folders are not
    followed. Those that lead out of ``logdir``, to folders or to event files, are refused.

    Raises
    ------
    UsageError
        If ``logdir`` is no folder, or holds no event file.
    """
    if not logdir.is_dir():
        raise UsageError(f"logdir={logdir} is not allowed: it is a folder of event files")
    root = logdir.resolve()
    runs: dict[tuple[Path, str], RunFiles] = {}
    refused: list[tuple[str, str]] = []

    def on_error(error: OSError) -> None:
        path = Path(error.filename or root)
        refused.append((shown(path, root), f"cannot be read: {error.strerror or error}"))

    for folder, folders, files in os.walk(root, onerror=on_error):
        folders.sort()
        for name in folders:
            path = Path(folder, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                refused.append((shown(path, root), "a link that leads out of the folder: not read"))
        for name in sorted(files):
            path, role = Path(folder, name), _role_of_file(name)
            if not (role or _EVENTS.search(name)):
                continue
            try:
                target = path.resolve(strict=True)
            except (OSError, RuntimeError):  # a link to nothing, or to itself
                refused.append((shown(path, root), "a link to nothing: not read"))
                continue
            if not target.is_relative_to(root):
                refused.append((shown(path, root), "a link that leads out of the folder: not read"))
            elif _EVENTS.search(name) or begins_with_a_record(target):
                _add(runs, path, target, role, root)
    ordered = sorted(runs.values(), key=lambda run: run.name)
    if not ordered:
        told = "".join(f"; {where}: {why}" for where, why in refused[:3])
        raise UsageError(
            f"logdir={logdir} is not allowed: it holds no event file (events.out.tfevents...) "
            f"that can be read{told}"
        )
    return Found(root, tuple(ordered), tuple(refused))


def shown(path: Path, root: Path) -> str:
    """Return a path below ``root`` as one line that can be printed, whatever it is made of.

    >>> shown(Path("/logs/a/b"), Path("/logs"))
    'a/b'
    """
    return _printable(path.relative_to(root).as_posix())


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]


def _role_of_file(name: str) -> re.Match[str] | None:
    return _ROLE_FILE.search(_EVENTS.sub("", name))


def _add(
    runs: dict[tuple[Path, str], RunFiles],
    path: Path,
    target: Path,
    role: re.Match[str] | None,
    root: Path,
) -> None:
    """Add a file to the run that its name or its folder tells."""
    folder, rest = path.parent, ""
    trains = False
    if role:
        trains = bool(role["train"] or role["later"])
        stem = _EVENTS.sub("", path.name)
        rest = (stem[: role.start()].rstrip(_SEPARATORS) + stem[role.end() :]).strip(_SEPARATORS)
    elif folder != root:
        role = _ROLE_FOLDER.fullmatch(folder.name)
        trains = bool(role and role[1])
        folder = folder.parent if role else folder
    run = runs.setdefault((folder, rest), RunFiles(_name(folder, rest, root)))
    files = run.both if role is None else run.train if trains else run.validation
    files.append(target)


def _name(folder: Path, rest: str, root: Path) -> str:
    """The path below the root; of the root itself, its last part."""
    below = shown(folder, root)
    parts = [part for part in (below, _printable(rest)) if part not in ("", ".")]
    return "/".join(parts) or _printable(root.name) or "logdir"
