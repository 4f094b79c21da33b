"""Learning-rate policies: the learning rate as a function of the epoch, with one text form.

In: the text of a policy, such as ``step_decay:drop=0.5``, or its parameters. Out: a frozen `Policy`
that is called with the epoch and returns the learning rate. Standard library only.

>>> parse("exp_decay:initial_lr=0.1,k=0.0")(10)
0.1
"""

from lr_study.policies.base import Policy
from lr_study.policies.exp_decay import ExpDecay
from lr_study.policies.families import FAMILIES, parse, short_name
from lr_study.policies.fixed import Fixed
from lr_study.policies.step_decay import StepDecay

__all__ = ["FAMILIES", "ExpDecay", "Fixed", "Policy", "StepDecay", "parse", "short_name"]
