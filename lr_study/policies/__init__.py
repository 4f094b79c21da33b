"""Learning-rate policies: the learning rate as a function of the epoch, with one text form.

In: the text of a policy, such as ``step_decay:drop=0.5``, or its parameters. Out: a frozen `Policy`
that is called with the epoch and returns the learning rate, or the rates of an epoch's steps.
Standard library only.

>>> parse("exp_decay:initial_lr=0.1,k=0.0")(10)
0.1
"""

from lr_study.policies.base import Policy
from lr_study.policies.composition import Composition, Part, Warmup, part_names
from lr_study.policies.cosine import Cosine, CosineRestarts
from lr_study.policies.cyclic import Cyclic
from lr_study.policies.exp_decay import ExpDecay
from lr_study.policies.families import (
    FAMILIES,
    family_of,
    is_known_family,
    parse,
    policy_or_none,
    require_family,
    short_name,
)
from lr_study.policies.fixed import Fixed
from lr_study.policies.inverse import InverseSqrt, InverseTime
from lr_study.policies.keras_schedule import KerasPolicy
from lr_study.policies.one_cycle import OneCycle
from lr_study.policies.own import PythonPolicy, importable_from_here, source_digest
from lr_study.policies.piecewise import MultiStep, Piecewise
from lr_study.policies.plateau import Plateau
from lr_study.policies.polynomial import Linear, Polynomial
from lr_study.policies.sigmoid import Sigmoid
from lr_study.policies.step_decay import StepDecay
from lr_study.policies.wsd import WarmupStableDecay

__all__ = [
    "FAMILIES",
    "Composition",
    "Cosine",
    "CosineRestarts",
    "Cyclic",
    "ExpDecay",
    "Fixed",
    "InverseSqrt",
    "InverseTime",
    "KerasPolicy",
    "Linear",
    "MultiStep",
    "OneCycle",
    "Part",
    "Piecewise",
    "Plateau",
    "Policy",
    "Polynomial",
    "PythonPolicy",
    "Sigmoid",
    "StepDecay",
    "Warmup",
    "WarmupStableDecay",
    "family_of",
    "importable_from_here",
    "is_known_family",
    "parse",
    "part_names",
    "policy_or_none",
    "require_family",
    "short_name",
    "source_digest",
]
