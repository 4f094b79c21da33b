"""Opening files of unknown origin without blocking."""

import os
import stat
from io import BufferedReader

# To open a named pipe waits for its writer, perhaps for ever; with O_NONBLOCK it does not, and
# regular files behave the same with it. Windows lacks the flag, and needs O_BINARY instead.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a regular file for reading in binary.

    The file is judged after it is open, so that nothing can take its place in between.

    Parameters
    ----------
    path
        The file. A link is followed.

    Raises
    ------
    OSError
        It cannot be opened, or is a folder, a named pipe, a socket or a device.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
