"""Pictures: where they are, which of them can be used, and how they are divided.

From a value of ``--data`` to arrays, one step a module::

    locate ── scan ── select ── split
    (a folder) (ImageSet) (Selection) (Split)        load_picture (path -> array)

`check_pictures` finds what `select` has to leave out. What takes long (hashing, decoding, the
sample) is kept in the cache folder and taken from there.
"""

from lr_study.data.image_set import ImageSet, scan
from lr_study.data.left_out import check_pictures, read_left_out, write_left_out
from lr_study.data.pictures import MAX_PIXELS, SUFFIXES, PictureError, load_picture
from lr_study.data.selection import Selection, select
from lr_study.data.sources import locate
from lr_study.data.split import Split, split

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "ImageSet",
    "PictureError",
    "Selection",
    "Split",
    "check_pictures",
    "load_picture",
    "locate",
    "read_left_out",
    "scan",
    "select",
    "split",
    "write_left_out",
]
