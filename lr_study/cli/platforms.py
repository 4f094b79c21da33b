"""Which operating systems commands run on. Imports nothing: other packages may fail elsewhere."""


def why_unsupported(system: str) -> str | None:
    """Return why commands do not run on an operating system and what to do, or None if they do.

    Parameters
    ----------
    system
        As `sys.platform` names it.

    Examples
    --------
    >>> why_unsupported("linux"), why_unsupported("darwin")
    (None, None)
    """
    if system in ("win32", "cygwin", "msys"):
        return (
            "lr-study runs on Linux and macOS, not on Windows itself: install it in WSL "
            "(wsl --install), which is Linux on Windows"
        )
    return None
