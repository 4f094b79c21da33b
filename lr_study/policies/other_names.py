"""What other libraries call the families and their parameters, for messages that suggest ours."""

from difflib import get_close_matches

# By their names in Keras, PyTorch, optax, transformers, timm and LRBench: in lower case, without
# "_", and without "schedule", "scheduler" or "lr" at the end.
_FAMILIES = {
    "constant": "fixed",
    "fix": "fixed",
    "constantwithwarmup": "warmup:epochs=5+fixed",
    "warmupconstant": "warmup:epochs=5+fixed",
    "step": "multistep:milestones=30/60/90,drop=0.1",
    "nstep": "multistep",
    "multistep": "multistep",
    "piecewiseconstant": "piecewise",
    "piecewiseconstantdecay": "piecewise",
    "exp": "exp_decay",
    "exponential": "exp_decay",
    "exponentialdecay": "exp_decay",
    "poly": "polynomial",
    "polynomialdecay": "polynomial",
    "linearwithwarmup": "warmup:epochs=5+linear",
    "lineardecay": "linear",
    "cos": "cyclic:shape=cosine,phase=down",
    "cosineannealing": "cosine",
    "cosinedecay": "cosine",
    "cosinewithminlr": "cosine:final_lr=0.001",
    "cosinewithmin": "cosine:final_lr=0.001",
    "warmupcosine": "warmup:epochs=5+cosine",
    "warmupcosinedecay": "warmup:epochs=5+cosine",
    "cosineannealingwarmrestarts": "cosine_restarts",
    "cosinedecayrestarts": "cosine_restarts",
    "cosinewithrestarts": "cosine_restarts",
    "sgdr": "cosine_restarts",
    "onecycle": "one_cycle",
    "cosineonecycle": "one_cycle",
    "linearonecycle": "one_cycle:anneal=linear",
    "fitonecycle": "one_cycle",
    "clr": "cyclic",
    "tri": "cyclic",
    "triangular": "cyclic",
    "triangular2": "cyclic:decay=half",
    "exprange": "cyclic:decay=0.99",
    "inv": "inverse_time",
    "inversetimedecay": "inverse_time",
    "rsqrt": "inverse_sqrt",
    "noam": "warmup:epochs=5+inverse_sqrt:timescale=5",
    "warmupstabledecay": "wsd",
    "trapezoid": "wsd",
    "fitflatcos": "wsd:shape=cosine",
    "sig": "sigmoid",
    "tanh": "sigmoid",
    "reducelronplateau": "plateau",
}
_ENDINGS = ("lrscheduler", "scheduler", "schedule", "lr")

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
    "init_lr": ("initial_lr", "max_lr"),
    "end_lr": ("final_lr",),
}

_RUN_LENGTH = (
    "T_max",
    "total_steps",
    "total_iters",
    "decay_steps",
    "num_training_steps",
    "t_initial",
)
_WARMUP = (
    "num_warmup_steps",
    "warmup",
    "warmup_epochs",
    "warmup_steps",
    "warmup_t",
    "warmup_target",
)


def suggested_family(name: str, known: list[str]) -> str | None:
    """Return what a person who wrote an unknown family may have meant; None if nothing is near.

    >>> suggested_family("cosin", ["cosine", "cyclic"]), suggested_family("OneCycleLR", [])
    ('cosine', 'one_cycle')
    """
    plain = name.replace("_", "").replace("-", "").lower()
    ours = {family.replace("_", ""): family for family in known}
    for ending in _ENDINGS:
        shorter = plain.removesuffix(ending)
        if shorter in _FAMILIES or shorter in ours:
            return ours.get(shorter) or _FAMILIES[shorter]
    near = get_close_matches(name.lower(), known, n=1)
    return near[0] if near else None


def suggested_parameter(name: str, known: list[str]) -> str | None:
    """Return in words what an unknown parameter is called here; None if nothing is near.

    >>> suggested_parameter("eta_min", ["initial_lr", "final_lr"])
    'eta_min is final_lr here'
    """
    if name in _RUN_LENGTH:
        return f"{name} is left out here: a policy takes the whole run, of --epochs"
    if name == "alpha" and "final_lr" in known:
        return "alpha is final_lr / initial_lr here: write the rate itself"
    if name in _WARMUP:
        return f"{name} is a part before the policy here: write warmup:epochs=5+..."
    ours = next((other for other in _PARAMETERS.get(name, ()) if other in known), None)
    if ours is None:
        near = get_close_matches(name, known, n=1)
        return f"did you mean {near[0]}?" if near else None
    return f"{name} is {ours} here"
