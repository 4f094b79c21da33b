"""What other libraries call the families and their parameters, for messages that suggest ours."""

from difflib import get_close_matches

# By their names in Keras, PyTorch, optax, transformers and timm, without "_", in lower case.
_FAMILIES = {
    "constantlr": "fixed",
    "constant": "fixed",
    "steplr": "multistep:milestones=30/60/90,drop=0.1",
    "multisteplr": "multistep",
    "piecewiseconstantdecay": "piecewise",
    "piecewiseconstant": "piecewise",
    "exponentialdecay": "exp_decay",
    "exponentiallr": "exp_decay",
    "exponential": "exp_decay",
    "polynomialdecay": "polynomial",
    "polynomiallr": "polynomial",
    "poly": "polynomial",
    "linearlr": "linear",
    "lineardecay": "linear",
    "cosinedecay": "cosine",
    "cosineannealing": "cosine",
    "cosineannealinglr": "cosine",
    "cosinedecayrestarts": "cosine_restarts",
    "cosineannealingwarmrestarts": "cosine_restarts",
    "sgdr": "cosine_restarts",
    "onecycle": "one_cycle",
    "onecyclelr": "one_cycle",
    "fitonecycle": "one_cycle",
    "cycliclr": "cyclic",
    "clr": "cyclic",
    "triangular": "cyclic",
    "inversetimedecay": "inverse_time",
    "inv": "inverse_time",
    "inversesqrt": "inverse_sqrt",
    "rsqrt": "inverse_sqrt",
    "noam": "warmup:epochs=5+inverse_sqrt:timescale=5",
    "warmupstabledecay": "wsd",
    "trapezoid": "wsd",
    "fitflatcos": "wsd:shape=cosine",
    "tanh": "sigmoid",
    "reducelronplateau": "plateau",
}

# Whose name another library gives to a parameter; the first that a family has is meant.
_PARAMETERS = {
    "lr": ("initial_lr", "max_lr"),
    "learning_rate": ("lr", "initial_lr", "max_lr"),
    "initial_learning_rate": ("initial_lr", "max_lr"),
    "init_value": ("initial_lr",),
    "base_value": ("initial_lr", "base_lr"),
    "peak_value": ("max_lr", "initial_lr"),
    "peak_lr": ("max_lr", "initial_lr"),
    "initial_lr": ("lr", "max_lr"),
    "max_lr": ("initial_lr", "lr"),
    "base_lr": ("initial_lr",),
    "eta_min": ("final_lr",),
    "end_learning_rate": ("final_lr",),
    "end_value": ("final_lr",),
    "lr_end": ("final_lr",),
    "lr_min": ("final_lr", "min_lr", "base_lr"),
    "min_lr": ("final_lr", "base_lr"),
    "gamma": ("drop", "decay", "k", "factor"),
    "decay_rate": ("k", "drop"),
    "factor": ("drop",),
    "boundaries": ("milestones",),
    "step_size": ("epochs_drop", "milestones", "period"),
    "boundaries_and_scales": ("milestones",),
    "T_0": ("first_period",),
    "first_decay_steps": ("first_period",),
    "T_mult": ("t_mul",),
    "cycle_mul": ("t_mul",),
    "cycle_decay": ("m_mul",),
    "anneal_strategy": ("anneal",),
    "step_size_up": ("period",),
    "mode": ("shape",),
    "metric": ("monitor",),
    "threshold": ("min_delta",),
    "num_decay_steps": ("decay_fraction",),
    "timescale": ("first_period",),
    "decay_type": ("shape",),
    "min_lr_ratio": ("final_factor",),
}

_RUN_LENGTH = (
    "T_max",
    "total_steps",
    "total_iters",
    "decay_steps",
    "num_training_steps",
    "t_initial",
)
_WARMUP = ("num_warmup_steps", "warmup_steps", "warmup_t", "warmup_epochs", "warmup")


def suggested_family(name: str, known: list[str]) -> str | None:
    """Return what a person who wrote an unknown family may have meant; None if nothing is near.

    >>> suggested_family("cosin", ["cosine", "cyclic"]), suggested_family("OneCycleLR", [])
    ('cosine', 'one_cycle')
    """
    plain = name.replace("_", "").replace("-", "").lower()
    if plain in _FAMILIES:
        return _FAMILIES[plain]
    near = get_close_matches(name.lower(), known, n=1)
    return near[0] if near else None


def suggested_parameter(name: str, known: list[str]) -> str | None:
    """Return in words what an unknown parameter is called here; None if nothing is near.

    >>> suggested_parameter("eta_min", ["initial_lr", "final_lr"])
    'eta_min is final_lr here'
    """
    if name in _RUN_LENGTH:
        return f"{name} is left out here: a policy takes the whole run, of --epochs"
    if name in _WARMUP:
        return f"{name} is a part before the policy here: write warmup:epochs=5+..."
    ours = next((other for other in _PARAMETERS.get(name, ()) if other in known), None)
    if ours is None:
        near = get_close_matches(name, known, n=1)
        return f"did you mean {near[0]}?" if near else None
    return f"{name} is {ours} here"
