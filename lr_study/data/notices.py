"""What a user should know about a data set before anything is trained, in lines of text."""

from collections.abc import Mapping, Sequence

from lr_study.support import utf8_text

LINK_OUT = "a link out of the folder"
"""The reason for a link that ``--follow-links`` follows."""

_MAX_CLASSES = 10
_MAX_NAMES = 3


def printable(text: str) -> str:
    r"""Return a name in characters that every terminal can show.

    >>> printable("a\nb")
    'a?b'
    """
    return "".join(c if c.isprintable() else "?" for c in utf8_text(text))


def classes_line(name: str, counts: Mapping[str, int]) -> str:
    """Return how many images each class has; only the first ten classes are named.

    >>> classes_line("pets", {"cat": 6, "dog": 5})
    'pets: 11 images in 2 classes: cat 6, dog 5'
    """
    parts = [f"{printable(name)} {count}" for name, count in list(counts.items())[:_MAX_CLASSES]]
    if len(counts) > _MAX_CLASSES:
        sizes = counts.values()
        rest = len(counts) - _MAX_CLASSES
        parts.append(f"and {rest} more (each class has {min(sizes)} to {max(sizes)} images)")
    total = sum(counts.values())
    return f"{name}: {total} images in {len(counts)} classes: {', '.join(parts)}"


def skipped_line(skipped: Mapping[str, str]) -> str:
    """Return how many files are not used for which reason; empty if there are none.

    >>> skipped_line({"dog/a.txt": "not an image", "dog/b.txt": "not an image"})
    "2 files are not used: 2 not an image, such as 'dog/a.txt'"
    """
    if not skipped:
        return ""
    examples: dict[str, list[str]] = {}
    for path, reason in skipped.items():
        examples.setdefault(reason, []).append(path)
    parts = [
        f"{len(paths)} {reason}, such as {printable(paths[0])!r}"
        for reason, paths in sorted(examples.items(), key=lambda item: -len(item[1]))
    ]
    advice = "; --follow-links follows links" if LINK_OUT in examples else ""
    noun = "file is" if len(skipped) == 1 else "files are"
    return f"{len(skipped)} {noun} not used: {'; '.join(parts)}{advice}"


def empty_classes_line(names: Sequence[str]) -> str:
    """Return which folders have no image and are no classes; empty if there are none.

    >>> empty_classes_line(["bird"])
    "1 folder has no images and is not a class: 'bird'"
    """
    if not names:
        return ""
    if len(names) == 1:
        return f"1 folder has no images and is not a class: {printable(names[0])!r}"
    return f"{len(names)} folders have no images and are not classes: {listed(names)}"


def listed(names: Sequence[str]) -> str:
    """Return the first names, quoted.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ("'a' and 'b'", "'a', 'b', 'c' and 2 more")
    """
    shown = [repr(printable(name)) for name in names[:_MAX_NAMES]]
    more = len(names) - _MAX_NAMES
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
