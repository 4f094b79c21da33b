"""The command line: options, commands, exit codes, and what is printed.

In: what a person types. Out: results on standard output, messages on standard error, exit code 0
(done), 1 (the work failed) or 2 (wrong use). Wires the other packages, with no logic of its own.
"""

import sys

from lr_study.cli.platforms import why_unsupported

__all__ = ["main"]


def main() -> None:
    """Run the command line; exit with 0 done, 1 the work failed, 2 wrong use."""
    reason = why_unsupported(sys.platform)
    if reason is not None:
        sys.stderr.write(f"error: {reason}\n")
        sys.exit(1)
    from lr_study.cli import app

    app.main()
