"""The learning rates of policies at each step of a run, as a table, CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.report.tables import PLAIN, Column, Display, table_of
from lr_study.support import UsageError, whole_number

RATE_FORMATS = ("table", "csv", "json")

MAX_RATES = 10_000_000
"""More would not fit into the memory of every machine."""

COLUMNS = ("policy", "epoch", "step", "learning_rate")


@dataclass(frozen=True)
class PolicyRates:
    """The rates of a policy in a run.

    Attributes
    ----------
    rates
        For each epoch, the rates of its steps: (epochs, steps per epoch).
    """

    policy: Policy
    rates: Sequence[Sequence[float]]

    def steps(self) -> Iterator[tuple[int, int, float]]:
        """Yield the epoch, from 1, the step, from 0 over the whole run, and the rate."""
        step = 0
        for epoch, rates in enumerate(self.rates, start=1):
            for rate in rates:
                yield epoch, step, rate
                step += 1


def policy_rates(
    policies: Sequence[Policy], epochs: int, steps_per_epoch: int
) -> list[PolicyRates]:
    """Return the rates of policies at each step of a run.

    Of a policy that reads a metric, such as ``plateau``, they are those of a run whose metric
    improves in every epoch.

    Raises
    ------
    UsageError
        If a number is not allowed, a policy does not fit into the run, or an own function fails.

    Examples
    --------
    >>> from lr_study.policies import parse
    >>> (line,) = policy_rates([parse("linear:initial_lr=1")], epochs=2, steps_per_epoch=2)
    >>> list(line.steps())
    [(1, 0, 1.0), (1, 1, 0.75), (2, 2, 0.5), (2, 3, 0.25)]
    """
    whole_number("epochs", epochs, 1)
    whole_number("steps_per_epoch", steps_per_epoch, 1)
    number = len(policies) * epochs * steps_per_epoch
    if number > MAX_RATES:
        raise UsageError(
            f"epochs={epochs} and steps_per_epoch={steps_per_epoch} are not allowed together: "
            f"{number} rates exceed the limit of {MAX_RATES}"
        )
    for policy in policies:
        policy.require_fit(epochs)
    return [
        PolicyRates(
            policy, [policy.step_rates(epoch, epochs, steps_per_epoch) for epoch in range(epochs)]
        )
        for policy in policies
    ]


def depends_on_run(policies: Sequence[Policy]) -> Iterator[str]:
    """Yield a line for each policy whose rates depend on a metric of the run.

    >>> from lr_study.policies import parse
    >>> list(depends_on_run([parse("fixed"), parse("plateau")]))  # doctest: +ELLIPSIS
    ['note: the rates of plateau:initial_lr=0.1,... depend on the run: ...']
    """
    for policy in policies:
        if policy.reads:
            yield (
                f"note: the rates of {policy} depend on the run: shown are those of a run whose "
                f"{policy.reads} improves in every epoch"
            )


def rates_text(
    lines: Sequence[PolicyRates], output_format: str, *, display: Display = PLAIN
) -> str:
    """Return rates in one of ``RATE_FORMATS``; a table has a line for each epoch."""
    if output_format == "csv":
        return rates_csv(lines)
    if output_format == "json":
        return rates_json(lines)
    return "\n\n".join(rates_table(line, display) for line in lines)


def rates_csv(lines: Sequence[PolicyRates]) -> str:
    """Return one line for each policy and step, with every digit of its rate."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        policy = str(line.policy)
        writer.writerows((policy, *step[:2], repr(step[2])) for step in line.steps())
    return file.getvalue().rstrip("\n")


def rates_json(lines: Sequence[PolicyRates]) -> str:
    """Return a list of one object for each policy and step, with the columns of the CSV."""
    return json.dumps(
        [
            dict(zip(COLUMNS, (str(line.policy), *step), strict=True))
            for line in lines
            for step in line.steps()
        ]
    )


def rates_table(line: PolicyRates, display: Display = PLAIN) -> str:
    """Return the first and the last rate of each epoch below the policy's text."""
    steps = len(line.rates[0])
    columns = [Column("epoch", [str(epoch) for epoch in range(1, len(line.rates) + 1)])]
    if steps > 1 and line.policy.changes_by_step:
        firsts = range(0, len(line.rates) * steps, steps)
        columns += [
            Column("steps", [f"{first}-{first + steps - 1}" for first in firsts]),
            Column("first rate", [f"{rates[0]:.6g}" for rates in line.rates]),
            Column("last rate", [f"{rates[-1]:.6g}" for rates in line.rates]),
        ]
    else:
        columns.append(Column("learning rate", [f"{rates[0]:.6g}" for rates in line.rates]))
    return f"{line.policy}\n{table_of(columns, display)}"
