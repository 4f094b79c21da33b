"""Make runs of ours from runs that were read: policy, seed and protocol, and each training once."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lr_study.importing.declarations import (
    BY_ORDER,
    FIELDS,
    Declared,
    Value,
    declared_for,
    is_pattern,
)
from lr_study.importing.guessing import protocol_of
from lr_study.importing.imported_run import ImportedRun
from lr_study.importing.policy_choice import Choice, choose_policy
from lr_study.importing.read_runs import ReadRun
from lr_study.importing.templates import MissingParamError, filled_in
from lr_study.policies import policy_or_none
from lr_study.runs import UNKNOWN, VALIDATED_EVERY, canonical_json, first_gap
from lr_study.support import LrStudyError

_MAX_REASONS = 10
_MAX_SEED = 2**63 - 1


@dataclass
class Assembled:
    """The runs to store, and a line for each problem.

    Attributes
    ----------
    runs
        The runs.
    warnings
        What was left out, assumed or contradicts.
    """

    runs: list[ImportedRun] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def assemble(
    read: Iterable[ReadRun],
    mapping: Mapping[str, Declared],
    protocol: Mapping[str, Value],
    warnings: Sequence[str] = (),
) -> Assembled:
    """Make runs of ours from runs that were read.

    Parameters
    ----------
    read
        The runs.
    mapping
        What is declared of single runs, by name or pattern.
    protocol
        Protocol fields of all runs.
    warnings
        What is known already to be wrong.

    Raises
    ------
    LrStudyError
        If none can be imported.
    """
    found = list(read)
    assembled = Assembled(warnings=[*warnings, *_unknown_names(mapping, found)])
    by_order: list[ImportedRun] = []
    for each in found:
        declared = declared_for(mapping, each.name)
        run = _assemble(each, declared, protocol, assembled.warnings)
        if run is not None:
            (by_order if declared.seed == BY_ORDER else assembled.runs).append(run)
    assembled.runs += _with_seeds_by_order(_once(by_order, assembled.warnings))
    if by_order:
        assembled.warnings.append(
            "seeds are given by the order of names: runs of one place may have nothing in common"
        )
    assembled.runs = _once(assembled.runs, assembled.warnings)
    assembled.warnings += _same_seeds(assembled.runs)
    if not assembled.runs:
        shown = assembled.warnings[:_MAX_REASONS]
        more = len(assembled.warnings) - len(shown)
        reasons = "; ".join([*shown, f"and {more} more"] if more > 0 else shown)
        raise LrStudyError(f"none of {len(found)} runs can be imported: {reasons}")
    return assembled


def _unknown_names(mapping: Mapping[str, Declared], runs: Sequence[ReadRun]) -> Iterator[str]:
    names = {name for run in runs for name in (run.name, run.name.rpartition("/")[2])}
    unknown = sorted(ascii(n) for n in mapping if n not in names and not is_pattern(n))
    if unknown:
        yield f"declared but not found: {', '.join(unknown)}"


def _assemble(
    read: ReadRun, declared: Declared, protocol: Mapping[str, Value], warnings: list[str]
) -> ImportedRun | None:
    """Make one run; None, with a warning, if it cannot be imported."""
    name, curves = read.name, read.curves
    reason = curves.refusal or _reason_unusable(read)
    if reason:
        warnings.append(f"{name}: not imported: {reason}")
        return None
    try:
        policy = filled_in(declared.policy, read.params) if declared.policy else None
        seed = _seed(declared.seed, read.params)
    except MissingParamError as error:
        warnings.append(f"{name}: not imported: {error}")
        return None
    if policy is not None and policy_or_none(policy) is None:
        warnings.append(f"{name}: not imported: {policy!a} is not a policy")
        return None
    warnings += [f"{name}: {note}" for note in (*read.notes, *curves.problems, *_gaps(read))]
    choice = choose_policy(name, curves.logged_rates(), policy)
    if choice.reading in ("next", "step from 1"):
        # The metric is the rate of an epoch's last step, which these are not.
        read = replace(read, curves=curves.without_rates())
    if choice.warning:
        warnings.append(f"{name}: {choice.warning}")
    fields = dict.fromkeys(FIELDS, UNKNOWN) | protocol_of(read.params, declared)
    fields |= {**protocol} | {**declared.protocol}
    fields["epochs"] = curves.epochs[-1]
    if curves.validated_every > 1:
        fields[VALIDATED_EVERY] = curves.validated_every
    return ImportedRun(read, choice, fields, seed)


def _seed(declared: str | None, params: Mapping[str, str]) -> int | None:
    if declared is None or declared == BY_ORDER:
        return None
    value = float(filled_in(declared, params))
    if not 0 <= value <= _MAX_SEED or value != int(value):
        raise MissingParamError(f"its seed {value:g} is not a whole number >= 0")
    return int(value)


def _reason_unusable(read: ReadRun) -> str | None:
    if not read.curves.points["val_accuracy"]:
        return "it has no val_accuracy"
    if not read.curves.epochs:
        return "its val_accuracy is not a number in any epoch"
    return None


def _gaps(read: ReadRun) -> Iterator[str]:
    """Describe the missing values up to the last complete epoch; later ones may be yet to come."""
    curves = read.curves
    for name in ("val_loss", "loss", "accuracy", "learning_rate"):
        points = curves.points[name]
        missing = [epoch for epoch in curves.epochs if epoch not in points]
        if points and missing:
            yield f"no {name} in {_epochs(missing)}"
        if "loss" not in name and any(not math.isfinite(p.value) for p in points.values()):
            yield f"{name} is infinite or NaN in some epochs"
    gap = first_gap(curves.lists()["val_accuracy"], curves.validated_every)
    if gap is not None:
        yield f"no val_accuracy in epoch {gap}: it cannot be ranked"
    bad = [
        e for e, p in sorted(curves.points["val_accuracy"].items()) if not math.isfinite(p.value)
    ]
    if bad:
        yield f"val_accuracy is infinite or NaN in {_epochs(bad)}"


def _epochs(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"epoch{'' if len(numbers) == 1 else 's'} {listed}{more}"


def _once(runs: Sequence[ImportedRun], warnings: list[str]) -> list[ImportedRun]:
    """Keep each training once: copies of a folder are not runs of their own."""
    kept: list[ImportedRun] = []
    for run in sorted(runs, key=_preference):
        alike = [other for other in kept if other.source_id == run.source_id]
        original = next((other for other in alike if _is_copy(run, other)), None)
        if original is not None:
            warnings.append(f"{run.name}: the same training as {original.name}: counted once")
        elif alike:  # another training that started alike, in the same second
            identity = f"{run.source_id} {run.name}"
            kept.append(replace(run, read=replace(run.read, identity=identity)))
        else:
            kept.append(run)
    return sorted(kept, key=lambda run: run.name)


def _is_copy(run: ImportedRun, other: ImportedRun) -> bool:
    """Whether two runs have the same values wherever both have any, and no two policies."""
    mine, others = (
        {(name, epoch): point.value for name, epoch, point in each.curves.finite_points()}
        for each in (run, other)
    )
    common = mine.keys() & others.keys()
    differ = run.choice.source == other.choice.source and run.choice.policy != other.choice.policy
    return not differ and all(mine[key] == others[key] for key in common)


def _preference(run: ImportedRun) -> tuple[bool, bool, int, int, str]:
    """Copies with a declared or known policy come first, then the longest, then the least deep."""
    return (
        run.choice.source != "mapping",
        run.choice.policy is None,
        -len(run.curves.finite_points()),
        run.name.count("/"),
        run.name,
    )


def _with_seeds_by_order(runs: Sequence[ImportedRun]) -> Iterator[ImportedRun]:
    """Count the runs of each policy and protocol in the order of their names."""
    counts: dict[tuple[str, str], int] = {}
    for run in sorted(runs, key=lambda run: run.name):
        key = run.choice.text, canonical_json(dict(run.protocol))
        counts[key] = counts.get(key, -1) + 1
        yield replace(run, seed=counts[key])


def _same_seeds(runs: Sequence[ImportedRun]) -> Iterator[str]:
    """Say which runs have one policy, protocol and seed: of these, `compare` counts one."""
    first: dict[tuple[Choice | str, ...], str] = {}
    for run in runs:
        if run.seed is None:
            continue
        key = run.choice.text, canonical_json(dict(run.protocol)), str(run.seed)
        if key in first:
            yield (
                f"{run.name}: seed {run.seed} of {run.choice.text}, as {first[key]}: of runs with "
                "one seed, the earliest counts"
            )
        first.setdefault(key, run.name)
