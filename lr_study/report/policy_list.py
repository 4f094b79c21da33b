"""The policy families in lines of text: formulas, parameters, defaults, and what is allowed."""

import textwrap
from collections.abc import Iterator

from lr_study.policies import FAMILIES, Policy, Warmup
from lr_study.report.tables import MIN_WIDTH

_NAME = 18
_DEFAULT = 15

_HEAD = (
    "Policies are written as family:parameter=value,... Parameters that are left out have the "
    "defaults below. epoch counts from 0; epochs is how many the run has."
)

_FORMS = (
    (
        "The learning rate changes each epoch or each step, as is said above of each family; "
        "every=step or every=epoch sets the other:",
        ("exp_decay:initial_lr=0.1,k=0.1,every=step", "cosine:initial_lr=0.1,every=epoch"),
    ),
    (
        "Policies one after the other are joined by +. Each but the last has a length, in epochs "
        "or as a percentage of the run's: epochs of a warmup, for of others. The last has the "
        "rest of the run, which is its number of epochs:",
        ("warmup:epochs=5+cosine:initial_lr=0.1", "fixed:lr=0.1,for=60%+linear:initial_lr=0.1"),
    ),
    (
        "A function of your own is called with the epoch, which is a fraction with every=step, "
        "and the number of epochs, and returns the learning rate. Its module is in the current "
        "folder or on PYTHONPATH:",
        ("python:MODULE:FUNCTION", "python:MODULE:FUNCTION,every=step"),
    ),
    (
        "The rates of policies at each step, and a figure of them:",
        ("lr-study policies POLICY... --epochs 50 --steps-per-epoch 100 --plot rates.svg",),
    ),
)


def policies_text(width: int = MIN_WIDTH) -> str:
    """Return the families, and what else a policy is written with, in lines of a width.

    Parameters
    ----------
    width
        Of the terminal, in columns; lines are at least 80 wide.
    """
    width = max(MIN_WIDTH, width)
    lines: list[str] = [*textwrap.wrap(_HEAD, width), ""]
    for cls in (*FAMILIES.values(), Warmup):
        lines += [*_family(cls(), width), ""]
    for explanation, examples in _FORMS:
        lines += [*textwrap.wrap(explanation, width), *(f"  {text}" for text in examples), ""]
    return "\n".join(lines[:-1])


def _family(default: Policy, width: int) -> Iterator[str]:
    """A family's formula, and a line, or several, for each of its parameters."""
    head = f"{default.family} (each {default.every}): rate = {default.formula}"
    yield from textwrap.wrap(head, width, subsequent_indent="    ", break_long_words=False)
    for name, text in default.texts().items():
        start = f"  {name:<{_NAME}}{text:<{_DEFAULT}}"
        indent = " " * len(start)
        yield from textwrap.wrap(
            default.allowed(name),
            width,
            initial_indent=start,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
