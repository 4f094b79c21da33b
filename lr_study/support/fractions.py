"""The fractions of a data set that go to validation and test: exact, and checked in one place."""

from fractions import Fraction

from lr_study.support.errors import UsageError


def exact_fraction(value: float) -> Fraction:
    """Return the decimal that was typed; in binary, 0.29 of 50 is a little less than 14.5.

    >>> exact_fraction(0.29) * 50
    Fraction(29, 2)
    """
    return Fraction(str(float(value)))


def require_split_fractions(val_fraction: float, test_fraction: float) -> None:
    """Refuse fractions that do not split a data set.

    Raises
    ------
    UsageError
        Unless ``0 < val_fraction < 1``, ``0 <= test_fraction < 1`` and their sum is less than 1.
    """
    if not 0 < val_fraction < 1:
        raise UsageError(f"val_fraction={val_fraction} is not allowed: 0 < val_fraction < 1")
    require_test_fraction(test_fraction)
    if exact_fraction(val_fraction) + exact_fraction(test_fraction) >= 1:
        raise UsageError(
            f"val_fraction={val_fraction} and test_fraction={test_fraction} are not allowed: "
            "their sum must be less than 1, or nothing is left to train on"
        )


def require_test_fraction(test_fraction: float) -> None:
    """Refuse a fraction that leaves nothing but a test set.

    Raises
    ------
    UsageError
        Unless ``0 <= test_fraction < 1``.
    """
    if not 0 <= test_fraction < 1:
        raise UsageError(f"test_fraction={test_fraction} is not allowed: 0 <= test_fraction < 1")
