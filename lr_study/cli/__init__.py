"""The command line: options, commands, exit codes, and what is printed.

In: what a person types. Out: results on standard output, messages on standard error, exit code 0
(done), 1 (the work failed) or 2 (wrong use). Wires the other packages, with no logic of its own.
"""

from lr_study.cli.app import main

__all__ = ["main"]
