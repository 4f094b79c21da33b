"""What a user may rely on in the criteria of a comparison: what is allowed, and its limits."""

from typing import Any

import pytest

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.support.errors import UsageError


def test_the_criteria_of_a_comparison_that_names_none() -> None:
    criteria = ComparisonCriteria()
    assert (criteria.column, criteria.by.higher_is_better) == ("final_val_accuracy", True)
    assert (criteria.margin_in_units, criteria.target) == (0.005, None)
    assert criteria.baseline == "fixed:lr=0.001"


def test_the_lower_loss_is_the_better_one() -> None:
    criteria = ComparisonCriteria("val_loss", "best", "step_decay")
    assert (criteria.column, criteria.by.higher_is_better) == ("best_val_loss", False)
    assert criteria.baseline == "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5"


@pytest.mark.parametrize(
    "limit", [{"margin": 0}, {"margin": 0.1}, {"margin": 100}, {"target": 0.001}, {"target": 1}]
)
def test_the_limits_are_allowed(limit: dict[str, Any]) -> None:
    ((name, value),) = limit.items()
    found = getattr(ComparisonCriteria(**limit), name)
    assert (found, type(found)) == (value, float)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric": ""}, "metric is empty"),
        ({"metric": "val_gini"}, "metric=gini: its name does not tell whether higher values are"),
        ({"higher_is_better": False}, "higher_is_better=False is not allowed for val_accuracy"),
        ({"metric": "loss", "higher_is_better": True}, "higher_is_better=True is not allowed for"),
        ({"at": "last"}, "at=last is not allowed: at is one of final, best"),
        ({"baseline": "cosin"}, "policy 'cosin' is unknown"),
        ({"margin": "wide"}, "margin='wide' is not allowed: margin is a number"),
        ({"margin": -0.1}, "margin=-0.1 is not allowed: it is 0 or more"),
        ({"margin": 100.5}, "margin=100.5 is not allowed: points, 0 <= margin <= 100"),
        ({"target": True}, "target=True is not allowed: target is a number"),
        ({"target": 0}, "target=0.0 is not allowed: an accuracy, 0 < target <= 1"),
        ({"target": 1.01}, "target=1.01 is not allowed: an accuracy, 0 < target <= 1"),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ComparisonCriteria(**changes).of_runs([{}])
    assert str(caught.value).startswith(message)


MAE = {"metric": "mae", "direction": "lower"}
GINI = {"metric": "gini", "direction": "higher"}


@pytest.mark.parametrize(
    ("options", "protocols", "column", "higher_is_better", "margin"),
    [
        ({}, [MAE, MAE, {}], "final_val_mae", False, 0.0),
        ({}, [MAE, {}, {}], "final_val_accuracy", True, 0.005),
        ({"margin": 250}, [MAE], "final_val_mae", False, 250.0),
        ({"metric": "mae", "margin": 1}, [{}], "final_val_mae", False, 1.0),
        ({"metric": "val_loss", "margin": 1}, [MAE], "final_val_loss", False, 0.01),
        ({"metric": "val_gini", "at": "best"}, [GINI], "best_val_gini", True, 0.0),
        ({"metric": "gini", "higher_is_better": False}, [MAE], "final_val_gini", False, 0.0),
        ({"metric": "age_accuracy", "margin": 2}, [{}], "final_val_age_accuracy", True, 0.02),
        ({"target": 40}, [MAE], "final_val_mae", False, 0.0),
    ],
)  # fmt: skip
def test_the_protocol_decides_what_is_not_named(
    options, protocols, column: str, higher_is_better: bool, margin: float
) -> None:
    found = ComparisonCriteria(**options).of_runs(protocols)
    assert (found.column, found.by.higher_is_better) == (column, higher_is_better)
    assert found.margin_in_units == margin
