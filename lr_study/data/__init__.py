"""Pictures: where they are, which of them can be used, and how they are divided.

From a value of ``--data`` to arrays, one step a module::

    locate ── scan ── select ── split
    (a folder) (ImageSet) (Selection) (Split)        load_image (path -> array)

`check_images` finds what `select` has to leave out. What takes long (hashing, decoding, the
sample) is kept in the cache folder and taken from there.
"""

from lr_study.data.image_set import ImageSet, scan
from lr_study.data.images import MAX_PIXELS, SUFFIXES, ImageError, load_image
from lr_study.data.left_out import check_images, read_left_out, write_left_out
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
    "load_image",
    "locate",
    "read_left_out",
    "scan",
    "select",
    "split",
    "write_left_out",
]
