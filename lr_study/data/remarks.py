"""Lines about a data set that is used, but perhaps not as its owner thinks."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from lr_study.data.image_set import ImageSet
from lr_study.data.images import Remark

_CONSEQUENCES = {
    Remark.TRANSPARENT: "are wholly transparent, so they are plain white: nothing can be learned "
    "from them; save them without the alpha channel",
    Remark.TWELVE_BITS: "have 16 bits per channel but no value above 4095, so they are nearly "
    "black, as the upper 8 bits are used; multiply 12-bit values by 16",
}


def remark_lines(image_set: ImageSet, remarks: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each kind of remark, and one for classes with nearly the same name.

    Parameters
    ----------
    image_set
        All images.
    remarks
        The `Remark` on each path that has one, from `read_remarks`.
    """
    for remark, consequence in _CONSEQUENCES.items():
        paths = sorted(path for path, of_path in remarks.items() if of_path == remark)
        if paths:
            count = f"{len(paths)} of {len(image_set.paths)} images"
            yield f"{count} (such as {_shown(paths[0])}) {consequence}"
    for names in _alike(image_set.class_names):
        yield (
            f"classes {' and '.join(map(_shown, names))} differ only in case, blanks or Unicode "
            "form: they are used as separate classes; to make them one, move the images into one "
            "folder"
        )


def _alike(class_names: Sequence[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name in class_names:
        key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        groups.setdefault(key, []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def _shown(name: str) -> str:
    """Show a name so that blanks and Unicode forms can be told apart."""
    return ascii(name)
