"""What is to be known about a data set, found without training on it."""

from collections.abc import Iterator

from lr_study.data import check_images, find_copies, find_similar, read_remarks, remark_lines
from lr_study.report import left_out_lines
from lr_study.runs import Settings
from lr_study.studies.image_data import data_lines, list_images, require_usable, use_images

_SIZE = 64
"""Pixels along each side that images are decoded to; whether they can be does not depend on it."""


def check_data(settings: Settings) -> Iterator[str]:
    """Yield lines about classes, files that are not used, damage, copies and similar images.

    Each is yielded as soon as it is known; every image is decoded.

    Raises
    ------
    UsageError
        If the data set cannot be used, after everything else was yielded if it could be listed.
    LrStudyError
        If an image cannot be read at the moment.
    """
    image_set = list_images(settings)
    yield from data_lines(image_set)
    left_out = check_images(image_set, _SIZE)
    yield from left_out_lines(left_out)
    yield from remark_lines(image_set, read_remarks(image_set.fingerprint))
    test_left_out: dict[str, str] = {}
    if image_set.test_set is not None:
        test_left_out = check_images(image_set.test_set, _SIZE)
        yield from (f"test set: {line}" for line in left_out_lines(test_left_out))
    usable = len(image_set.paths) - len(left_out)
    yield from find_copies(image_set, left_out).lines(usable, dropped=False)
    yield from find_similar(image_set, left_out).lines()
    require_usable(settings, image_set)
    use_images(settings, image_set, left_out, test_left_out)
