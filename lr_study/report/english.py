"""What a report says in English: the ranking first, then family by family."""

from lr_study.comparison import ENGLISH, ENGLISH_ADVICE

ADVICE = ENGLISH_ADVICE
MESSAGES = ENGLISH

ORDER = ("ranking", "families", "views")
"""The parts of a report in their order."""

WORDS = {
    "title": "Learning-rate policies: {experiment}",
    "summary": "{runs} runs of {policies} policies.",
    "protocol": "Protocol {id}",
    "advice": "What to use",
    "conditions": "What all runs share",
    "ranking": "Ranking",
    "families": "Family by family",
    "views": "Other views of the same runs",
    "fixed": "Fixed rates",
    "exp_decay": "Exponential decay",
    "step_decay": "Step decay",
    "other": "Others: {family}",
    "best of": (
        "Of {tried} tried, {policy} has the best mean: {metric} {estimate}, loss {loss}, "
        "convergence at epoch {epoch}."
    ),
    "gains": "The best of each compared",
    "gain of": "{policy} over {over}",
    "accuracy points": "accuracy, points",
    "loss change": "loss",
    "convergence change": "convergence, epochs",
    "better": "better",
    "worse": "worse",
    "not told apart": "not told apart",
    "on test": "On the test part",
    "on test why": (
        "Parameters were chosen on validation; these are the chosen policies on pictures that "
        "chose nothing. The interval is that of sampling the pictures."
    ),
    "no test": (
        "There is no test part: what was chosen on validation was not judged on other pictures."
    ),
    "rank": "#",
    "policy": "policy",
    "family": "family",
    "tried": "tried",
    "runs": "runs",
    "interval": "95 % interval",
    "versus baseline": "less the baseline",
    "versus best": "less the best",
    "p": "p",
    "verdict": "verdict",
    "best": "best",
    "tied": "tied",
    "undecided": "undecided",
    "diverged": "diverged",
    "never": "never",
    "epochs to target": "epochs to target",
    "convergence": "convergence epoch",
    "roughness": "roughness",
    "loss rise": "loss rise",
    "seconds": "s per epoch",
    "test accuracy": "test accuracy",
    "by": "rank by {view}",
    "found by": "How it was found",
    "of intervals": "interval of a mean: {method}",
    "of baseline": "against the baseline: {method}; {correction}",
    "of best": "against the best, and verdicts: {method}; {correction}; margin {margin:.3g} points",
    "views why": (
        "Epochs to target: the median over seeds of the first epoch that reaches {target}. "
        "Roughness: the mean change of validation accuracy from epoch to epoch. Loss rise: the "
        "last validation loss less the lowest."
    ),
    "target given": "{target:.4g}",
    "target baseline": "what the baseline ends with under the same seed",
    "warnings": "Warnings",
    "left out": "Not ranked",
    "reproduce": "How to reproduce",
    "reproduce why": (
        "From the folder of the project, with the same pictures. Finished runs are not trained "
        "again."
    ),
    "empty": "No run of this experiment can be ranked.",
    "made by": "Made by lr-study {version} from the runs in MLflow.",
    "figure ranking": (
        "Means of {n} policies with 95 % intervals, best first; small dots are seeds; shapes are "
        "verdicts. First is {best}."
    ),
    "figure differences": (
        "Differences from {best} under the same seeds, with simultaneous intervals; the band is "
        "the margin within which differences do not matter."
    ),
    "figure views": (
        "Rank of each policy by last accuracy, best accuracy, loss, and epochs to target."
    ),
    "figure curves": (
        "Accuracy and loss over epochs, validation beside training, and the rates, of the best of "
        "each family and the baseline: means over seeds, in bands of one standard deviation."
    ),
    "final_val_accuracy": "final validation accuracy",
    "best_val_accuracy": "best validation accuracy",
    "final_val_loss": "final validation loss",
    "best_val_loss": "best validation loss",
    "epochs_to_target": "epochs to target",
}

FIGURES = {
    name: WORDS[name]
    for name in ("final_val_accuracy", "best_val_accuracy", "final_val_loss", "best_val_loss")
}
