"""Image data sets: locating them, listing their images, and splitting them.

In: the value of ``data`` (``sample``, ``oregon`` or a folder with one folder per class), the
fractions and random generators of a split, or the number of folds. Out: an `ImageSet`, the
`Selection` of its images that a study uses, a `Split` into training, validation and test set, and
images as arrays.

One module per step::

    locate ──> scan ──> select ──> split          load_image
    (folder)   (ImageSet) (Selection) (Split)     (path to array)

Instead of `split`, `Folds` divides a selection into folds, one of which validates under each seed.
`check_images` finds the images that `select` excludes, `find_copies` those of equal content, and
`find_similar` those that look alike; `decoded_fingerprint` tells whether another decoder made other
pixels of them. The results of slow steps (hashing, decoding, writing the sample) are kept in the
cache folder.
"""

from lr_study.data.copies import Copies, content_groups, find_copies
from lr_study.data.decoded import (
    combine_pixels,
    decoded_fingerprint,
    digest_of_pixels,
    first_decoder,
    record_pixels,
    recorded_pixels,
)
from lr_study.data.folds import Folds, Together, keep_together
from lr_study.data.image_set import ImageSet, scan
from lr_study.data.images import MAX_PIXELS, SUFFIXES, ImageError, decode_image, decoder, load_image
from lr_study.data.layouts import inner_split
from lr_study.data.left_out import check_images, read_left_out, read_remarks, write_left_out
from lr_study.data.notices import classes_line, empty_classes_line, listed, skipped_line
from lr_study.data.remarks import remark_lines
from lr_study.data.remembered import RememberedImages
from lr_study.data.selection import Selection, require_same_classes, select, select_test
from lr_study.data.similar import SimilarImages, find_similar, similar_groups
from lr_study.data.sources import locate, locate_folder
from lr_study.data.splitting import Split, split, split_test

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "Copies",
    "Folds",
    "ImageError",
    "ImageSet",
    "RememberedImages",
    "Selection",
    "SimilarImages",
    "Split",
    "Together",
    "check_images",
    "classes_line",
    "combine_pixels",
    "content_groups",
    "decode_image",
    "decoded_fingerprint",
    "decoder",
    "digest_of_pixels",
    "empty_classes_line",
    "find_copies",
    "find_similar",
    "first_decoder",
    "inner_split",
    "keep_together",
    "listed",
    "load_image",
    "locate",
    "locate_folder",
    "read_left_out",
    "read_remarks",
    "record_pixels",
    "recorded_pixels",
    "remark_lines",
    "require_same_classes",
    "scan",
    "select",
    "select_test",
    "similar_groups",
    "skipped_line",
    "split",
    "split_test",
    "write_left_out",
]
