"""Learning rates as Keras logs them."""

import numpy as np

from lr_study.policies import Policy, parse


def logged(policy: Policy | str, epochs: int = 50) -> list[float]:
    """The learning rates of a policy in float32."""
    policy = parse(policy) if isinstance(policy, str) else policy
    with np.errstate(under="ignore"):
        return [float(np.float32(policy(epoch))) for epoch in range(epochs)]
