"""Names of files and words of the command line as text, in a locale that is not UTF-8 too."""

import os
import sys


def utf8_text(text: str) -> str:
    """Return a text that the system gave as what its bytes are in UTF-8, if they are.

    Python decodes names in the encoding of the locale. Records, reports and fingerprints must not
    depend on that. Files are still opened by the names that Python gave.

    Examples
    --------
    >>> utf8_text("собаки")
    'собаки'
    """
    if text.isascii() or sys.getfilesystemencoding() == "utf-8":
        return text
    try:
        return os.fsencode(text).decode()
    except UnicodeError:
        return text
