"""Plans and finished runs in lines of text."""

from collections.abc import Iterator, Mapping, Sequence

from lr_study.runs import Plan, seeds_beyond_repetitions

_MAX_SEEDS = 10


def result_lines(
    policy: str, metrics: Mapping[str, float], *, diverged: bool, run_id: str, experiment: str
) -> Iterator[str]:
    """Yield what a person wants to know of a finished run."""
    yield f"policy              {policy}"
    yield f"run                 {run_id} in experiment {experiment}"
    for name in ("final_val_accuracy", "best_val_accuracy", "final_val_loss"):
        if name in metrics:
            yield f"{name:<19} {metrics[name]:.4f}"
    yield f"convergence_epoch   {metrics['convergence_epoch']:.0f}"
    if "wall_clock_seconds" in metrics:
        yield f"wall_clock_seconds  {metrics['wall_clock_seconds']:.1f}"
    if diverged:
        yield "the loss became infinite or not a number: this policy diverged"


def left_out_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """Yield one line per image that was left out, after a line with their number."""
    if left_out:
        yield f"{len(left_out)} images cannot be used and are left out:"
        for path, reason in sorted(left_out.items()):
            yield f"  {ascii(path)[1:-1]}: {reason}"


def plan_line(plan: Plan) -> str:
    """Return in one line how many runs a study has, and how many are missing."""
    rest = f"{len(plan.missing)} to run" if plan.missing else "nothing is missing"
    failed = f", {len(plan.failed)} failed (--rerun failed)" if plan.failed else ""
    return f"{len(plan.specs)} runs: {plan.finished} finished{failed}, {rest}"


def plan_summary(plan: Plan) -> Iterator[str]:
    """Yield how many runs a study has and lacks, and a warning if its seeds leave folds over."""
    yield plan_line(plan)
    settings = plan.specs[0].settings
    seeds = {spec.seed for spec in plan.specs}
    beyond = seeds_beyond_repetitions(seeds, settings.folds)
    if settings.resampling == "folds" and beyond:
        enough = (max(seeds) // settings.folds + 1) * settings.folds
        yield (
            f"warning: the {len(seeds)} seeds are no whole repetitions of the {settings.folds} "
            f"folds: {_listed(beyond)} not ranked by images until the others of their "
            f"repetition are finished too, such as with --seeds {enough}"
        )


def _listed(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]} is"
    shown = ", ".join(map(str, seeds[:_MAX_SEEDS]))
    more = len(seeds) - _MAX_SEEDS
    return f"seeds {shown}{f' and {more} more' if more > 0 else ''} are"


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield what a study would do: how many runs are finished, and each that is missing."""
    yield from plan_summary(plan)
    for spec in plan.missing:
        yield f"  to run: {spec.policy} seed={spec.seed}"
    for spec in plan.failed:
        yield f"  failed: {spec.policy} seed={spec.seed} (run it again with --rerun failed)"
