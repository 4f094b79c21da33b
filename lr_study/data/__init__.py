"""Image data sets: locating them, listing their images, and splitting them.

In: the value of ``data`` (``sample``, ``oregon`` or a folder with one folder per class), the
fractions and random generators of a split. Out: an `ImageSet`, the `Selection` of its images that
a study uses, a `Split` into training, validation and test set, and images as arrays.

One module per step::

    locate ──> scan ──> select ──> split          load_image
    (folder)   (ImageSet) (Selection) (Split)     (path to array)

`check_images` finds the images that `select` excludes; `decoded_fingerprint` tells whether another
decoder made other pixels of them. The results of slow steps (hashing,
decoding, writing the sample) are kept in the cache folder.
"""

from lr_study.data.decoded import (
    combine_pixels,
    decoded_fingerprint,
    digest_of_pixels,
    first_decoder,
    record_pixels,
    recorded_pixels,
)
from lr_study.data.image_set import ImageSet, scan
from lr_study.data.images import MAX_PIXELS, SUFFIXES, ImageError, decoder, load_image
from lr_study.data.left_out import check_images, read_left_out, read_remarks, write_left_out
from lr_study.data.remarks import remark_lines
from lr_study.data.selection import Selection, select
from lr_study.data.sources import locate
from lr_study.data.splitting import Split, split

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "ImageError",
    "ImageSet",
    "Selection",
    "Split",
    "check_images",
    "combine_pixels",
    "decoded_fingerprint",
    "decoder",
    "digest_of_pixels",
    "first_decoder",
    "load_image",
    "locate",
    "read_left_out",
    "read_remarks",
    "record_pixels",
    "recorded_pixels",
    "remark_lines",
    "scan",
    "select",
    "split",
    "write_left_out",
]
