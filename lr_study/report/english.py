"""The English texts of a report."""

from lr_study.comparison import ENGLISH, ENGLISH_ADVICE
from lr_study.comparison import EXAMPLES as EXAMPLES

ADVICE = ENGLISH_ADVICE
MESSAGES = ENGLISH

METRICS = (
    "final_val_accuracy",
    "best_val_accuracy",
    "final_val_loss",
    "best_val_loss",
    "epochs_to_target",
)

TEXTS = {
    "title": "Learning-rate policies: {experiment}",
    "heading": "{data}, {model}, {seeds}",
    "seeds": "{count} seeds ({seeds})",
    "one seed": "seed {seeds}",
    "no seeds": "seeds unknown",
    "summary": "{runs} runs of {policies} policies.",
    "differs": "Unlike the other rankings of this page: {fields}.",
    "protocol": "protocol",
    "advice": "What to use",
    "next steps": "Verdicts and next steps",
    "conditions": "What all runs share",
    "ranking": "Ranking by {metric}",
    "curves": "Curves",
    "show": "family",
    "all families": "all",
    "families": "Family by family",
    "views": "Ranks by other metrics",
    "then": ", then ",
    "other": "Others: {family}",
    "best of": (
        "Of {tried} tried, {policy} has the best mean: {metric} {estimate}, loss {loss}, "
        "convergence at epoch {epoch}."
    ),
    "gains": "Best policies of the families compared",
    "gain of": "{policy} over {over}",
    "accuracy points": "accuracy, points",
    "loss change": "loss",
    "convergence change": "convergence, epochs",
    "better": "better",
    "worse": "worse",
    "not significant": "no significant difference",
    "test set": "On the test set",
    "test set why": (
        "Parameters were selected on the validation set; the selected policies are judged on "
        "images that were not used to select them. The interval is the sampling error."
    ),
    "no test set": (
        "There is no test set: the policies selected on the validation set were not judged on "
        "other images."
    ),
    "rank": "#",
    "policy": "policy",
    "family": "family",
    "tried": "tried",
    "runs": "runs",
    "percent": "{quantity}, %",
    "in points": "{quantity}, points",
    "with interval": "{quantity} ± 95 %",
    "versus baseline": "Δ vs baseline",
    "versus best": "Δ vs best",
    "p": "p (vs baseline)",
    "verdict": "verdict",
    "baseline": "baseline",
    "best": "best",
    "tied": "tied",
    "undecided": "undecided",
    "clearly worse": "clearly worse",
    "stopped after": "stopped after {seeds} seeds",
    "ranked by": "ranked by: {rule}",
    "diverged": "diverged",
    "never": "never",
    "epochs to given target": "epochs to accuracy {target:.4g}",
    "convergence": "convergence epoch",
    "epoch-to-epoch change": "epoch-to-epoch change",
    "final minus lowest loss": "final minus lowest loss",
    "seconds": "seconds per epoch",
    "test accuracy": "test accuracy",
    "by": "rank by {view}",
    "methods": "Methods",
    "of intervals": "interval of a mean: {method}",
    "of baseline": "comparison with the baseline: {method}; {correction}",
    "of best": ("comparison with the best, verdicts: {method}; {correction}; margin {margin}"),
    "views why": (
        "{epochs}: the median over seeds of the first epoch that reaches "
        "{target}. Epoch-to-epoch change: the mean absolute change of validation accuracy. Final "
        "minus lowest loss: of the validation loss."
    ),
    "target given": "an accuracy of {target:.4g}",
    "target baseline": "the final accuracy of the baseline under the same seed",
    "warnings": "Warnings",
    "left out": "Not ranked",
    "reproduce": "How to reproduce",
    "reproduce why": (
        "From the folder of the project, with the same images. Finished runs are not trained again."
    ),
    "empty": "No run of this experiment can be ranked.",
    "made by": "Made by lr-study {version} from the runs in MLflow.",
    "figure ranking": (
        "Means of {n} policies with 95 % intervals, best first; small dots are seeds; shapes are "
        "verdicts. The best is {best}."
    ),
    "figure differences": (
        "Differences from {best} under the same seeds, with simultaneous intervals; the band is "
        "the margin: smaller differences do not matter."
    ),
    "figure views": (
        "Rank of each policy by final accuracy, best accuracy, loss, and epochs to the target "
        "accuracy. Policies of equal rank share a point, with their names from there downwards."
    ),
    "curves why": (
        "The best policy of each family, of the first {limit} families at most, and the baseline: "
        "means over seeds, in bands of one standard deviation."
    ),
    "figure accuracy": "Accuracy over epochs, validation above training.",
    "figure accuracy_zoom": "Validation accuracy where the curves end, without the bands.",
    "figure loss": "Loss over epochs, validation above training.",
    "figure learning_rate": "Learning rate over epochs, at the end of each: means over seeds.",
    "figure metric": "The metric that ranks over epochs, validation above training.",
    "final metric": "final {metric}",
    "best metric": "best {metric}",
    "final_val_accuracy": "final validation accuracy",
    "best_val_accuracy": "best validation accuracy",
    "final_val_loss": "final validation loss",
    "best_val_loss": "best validation loss",
    "epochs_to_target": "epochs to baseline accuracy",
    "short final_val_accuracy": "final accuracy",
    "short best_val_accuracy": "best accuracy",
    "short final_val_loss": "final loss",
    "short best_val_loss": "best loss",
    "short epochs_to_target": "epochs to target",
}

OF_METRIC = {
    "accuracy points": "{own}",
    "epochs to given target": "epochs to {own} {target:.4g}",
    "epochs_to_target": "epochs to baseline {own}",
    "test accuracy": "test {own}",
    "views why": (
        "{epochs}: the median over seeds of the first epoch that reaches "
        "{target}. Epoch-to-epoch change: the mean absolute change of validation {own}. Final "
        "minus lowest loss: of the validation loss."
    ),
    "test set why": (
        "Parameters were selected on the validation set; the selected policies are judged on "
        "examples that were not used to select them."
    ),
    "target given": "{own} {target:.4g}",
    "target baseline": "the final {own} of the baseline under the same seed",
    "figure views": (
        "Rank of each policy by final {own}, best {own}, loss, and epochs to the target. Policies "
        "of equal rank share a point, with their names from there downwards."
    ),
}
"""Texts that name the metric of a protocol that is not ranked by accuracy."""

FAMILIES = {
    "fixed": "Fixed rates",
    "step_decay": "Step decay",
    "exp_decay": "Exponential decay",
    "multistep": "Drops at milestones",
    "piecewise": "Piecewise constant rates",
    "polynomial": "Polynomial decay",
    "linear": "Linear decay",
    "cosine": "Cosine decay",
    "cosine_restarts": "Cosine decay with restarts",
    "one_cycle": "One cycle",
    "cyclic": "Cyclical rates",
    "inverse_time": "Inverse time decay",
    "inverse_sqrt": "Inverse square root decay",
    "wsd": "Constant rate with a final decay",
    "sigmoid": "Sigmoid decay",
    "plateau": "Reduction on plateaus",
    "warmup": "Warmup",
    "python": "Own functions",
    "keras": "Schedules of Keras",
}
"""The headings of families; those of the parts of a composition are joined."""

FIGURES = {
    name: text
    for name, text in TEXTS.items()
    if name.removeprefix("short ") in METRICS or name in ("final metric", "best metric")
}
