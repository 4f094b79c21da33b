"""What the params of runs are likely to mean: the declarations that are used where none are given.

The names of params, with where each tool writes them:

====================== ============================ ============================================
tool                   names                        source
====================== ============================ ============================================
mlflow.keras           optimizer_learning_rate      mlflow/keras/callback.py
mlflow.tensorflow      opt_learning_rate            mlflow/tensorflow/callback.py
Lightning              lr, learning_rate (hparams)  lightning/pytorch/loggers/mlflow.py
transformers           learning_rate, seed          transformers/training_args.py
ultralytics            lr0, seed                    ultralytics/cfg/default.yaml
====================== ============================ ============================================
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from lr_study.importing.declarations import FIELDS, Declared, Value, field_value
from lr_study.importing.metric_names import Rank, curve_of
from lr_study.importing.read_runs import ReadRun
from lr_study.importing.templates import is_number, params_in
from lr_study.runs import CURVES, canonical_json, short_hash
from lr_study.support import UsageError

RATE_PARAMS = (
    "learning_rate",
    "lr",
    "optimizer_learning_rate",
    "opt_learning_rate",
    "initial_lr",
    "lr0",
)
"""The names of a param that is the learning rate, those that are meant for it first."""

SEED_PARAMS = ("seed", "random_seed", "random_state", "rng_seed", "manual_seed")
"""The names of a param that is the seed of a run."""

_MAX_PARAMS = 30
_MAX_LENGTH = 100


@dataclass(frozen=True)
class Guess:
    """What is taken for granted about runs, and which params were not understood.

    Attributes
    ----------
    declared
        The declarations.
    differing
        Params that differ among the runs, and are not part of policy, seed or protocol.
    """

    declared: Declared
    differing: tuple[str, ...] = ()

    def to_yaml(self) -> str:
        """Return the declarations as a file that may be edited, with remarks."""
        fields: dict[str, object] = {}
        if self.declared.policy:
            fields["policy"] = self.declared.policy
        if self.declared.seed:
            fields["seed"] = self.declared.seed
        fields["metrics"] = dict(self.declared.metrics)
        fields["protocol_params"] = list(self.declared.protocol_params or ())
        remarks = ["# All runs; add entries by name or pattern for those that differ."]
        if not self.declared.policy:
            remarks.append("# The policy of each run is told by its logged rates, or by its name.")
        if not self.declared.seed:
            remarks.append("# No param is a seed: declare seed as a number or {param}.")
        if self.differing:
            listed = ", ".join(ascii(name) for name in self.differing)
            remarks.append(f"# Not in the protocol, because they differ among the runs: {listed}")
        text = yaml.safe_dump({"*": fields}, sort_keys=False, allow_unicode=True)
        return "\n".join([*remarks, text])


def guess_declarations(runs: Sequence[ReadRun], names: Sequence[str]) -> Guess:
    """Return what runs are likely to mean.

    Parameters
    ----------
    runs
        The runs, with all their params.
    names
        The names of the metrics or columns that they have.
    """
    usable = [run for run in runs if run.curves.points["val_accuracy"]]
    has_rates = any(run.curves.points["learning_rate"] or run.curves.step_rates for run in usable)
    rate = None if has_rates else _first_number(usable, RATE_PARAMS)
    seed = _first_number(usable, SEED_PARAMS)
    used = {name for name in (rate, seed) if name}
    if has_rates:
        used |= {name for name in RATE_PARAMS if any(name in run.params for run in usable)}
    same, differing = _shared(usable, used)
    declared = Declared(
        policy=f"fixed:lr={{{rate}}}" if rate else None,
        seed=f"{{{seed}}}" if seed else None,
        metrics=metrics_of(names),
        protocol_params=tuple(same),
    )
    return Guess(declared, tuple(differing))


def metrics_of(names: Sequence[str]) -> dict[str, str]:
    """Return the name of each curve among the names of metrics.

    >>> metrics_of(["eval_accuracy", "eval_loss", "grad_norm"])
    {'val_loss': 'eval_loss', 'val_accuracy': 'eval_accuracy'}
    """
    found: dict[str, list[tuple[Rank, str]]] = {}
    for name in names:
        curve = curve_of(name)
        if curve is not None:
            found.setdefault(curve[0], []).append((curve[1], name))
    return {curve: min(found[curve])[1] for curve in CURVES if curve in found}


def protocol_of(params: Mapping[str, str], declared: Declared) -> dict[str, Value]:
    """Return the fields of a protocol that params give; many or long values become a hash.

    >>> protocol_of({"batch_size": "32", "lr": "0.1"}, Declared(protocol_params=("batch_size",)))
    {'batch_size': 32}
    """
    names = [name for name in sorted(declared.protocol_params or ()) if name in params]
    fields = dict(_field(name, params[name]) for name in names[:_MAX_PARAMS])
    if len(names) > _MAX_PARAMS:
        rest = [[name, params[name]] for name in names[_MAX_PARAMS:]]
        fields["other_params"] = short_hash(canonical_json(rest))
    return fields


def _field(name: str, text: str) -> tuple[str, Value]:
    shown = text if text.isprintable() and len(text) <= _MAX_LENGTH else short_hash(text)
    if name in FIELDS:
        try:
            return name, field_value(name, shown)
        except UsageError:
            return f"param {name}", shown
    is_plain = name.isprintable() and len(name) <= _MAX_LENGTH
    return f"param {name if is_plain else short_hash(name)}", shown


def _first_number(runs: Sequence[ReadRun], names: Sequence[str]) -> str | None:
    """Return the first name of which all runs have a number."""
    for name in names:
        if runs and all(is_number(run.params.get(name, "")) for run in runs):
            return name
    return None


def _shared(runs: Sequence[ReadRun], used: set[str]) -> tuple[list[str], list[str]]:
    """Return the params that are equal in all runs, and those that are not; but for the used."""
    names = sorted({name for run in runs for name in run.params} - used)
    same = [name for name in names if len({run.params.get(name) for run in runs}) == 1]
    return same, [name for name in names if name not in same]


def differing_lines(found: Guess, mapping: Mapping[str, Declared]) -> Iterator[str]:
    """Say which params differ among the runs, and in no declaration have a place."""
    named: set[str] = set()
    for declared in mapping.values():
        named |= {*params_in(declared.policy or ""), *params_in(declared.seed or "")}
        named |= {*(declared.protocol_params or ())}
    rest = [ascii(name) for name in found.differing if name not in named]
    if rest:
        more = f" and {len(rest) - 10} more" if len(rest) > 10 else ""
        yield (
            f"params that differ among the runs, and are no part of policy, seed or protocol: "
            f"{', '.join(rest[:10])}{more}"
        )
