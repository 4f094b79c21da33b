"""The tables of a page as values, which the templates write in HTML and Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lr_study.comparison import (
    TO_TARGET,
    Comparison,
    Difference,
    FamilyContrast,
    ProtocolRanking,
    Row,
)
from lr_study.policies import short_name
from lr_study.report.escaping import markdown_row
from lr_study.report.units import MISSING, Unit, column_name, unit_of
from lr_study.runs import LOSS, Metric, metric_of

Texts = Mapping[str, str]

VERDICTS = ("best", "tied", "undecided", "worse", "clearly worse", "diverged")
"""In the order in which a table sorts them."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text
        What is shown.
    value
        What the cell is sorted by, if that is not the text; None where there is nothing.
    title
        What a browser shows on hover: the policy as it is typed, or a number in full.
    is_policy
        Whether ``text`` is a policy's short name, and ``title`` the policy.
    is_words
        Whether ``text`` is words, which a narrow page breaks into lines rather than a number.
    """

    text: str
    value: float | str | None = None
    title: str = ""
    is_policy: bool = False
    is_words: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a table; ``family`` is what a reader filters by."""

    cells: tuple[Cell, ...]
    family: str = ""
    is_best: bool = False


@dataclass(frozen=True)
class Table:
    """A table: the headings, and how many columns at its left hold text rather than numbers."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    text_columns: int = 2

    def markdown(self, *, full_names: bool = False) -> Markup:
        """Return the table in Markdown; ``full_names`` shows policies as they are typed."""
        rows = [
            [cell.title if cell.is_policy and full_names else cell.text for cell in line.cells]
            for line in self.lines
        ]
        rule = Markup("|{}").format(Markup(" --- |") * len(self.headings))
        return Markup("\n").join(
            [markdown_row(self.headings), rule, *(markdown_row(row) for row in rows)]
        )


@dataclass(frozen=True)
class PageTables:
    """The tables of one ranking in one language."""

    comparison: Comparison
    ranking: ProtocolRanking
    texts: Texts

    @property
    def unit(self) -> Unit:
        """The unit of the metric that ranks."""
        return unit_of(self.comparison.metric, [row.interval for row in self.ranking.rows])

    @property
    def metric(self) -> str:
        """The name of the metric that ranks."""
        return column_name(f"{self.comparison.at}_{self.comparison.metric}", self.texts)

    @property
    def own(self) -> Metric:
        """The metric that the protocol names."""
        return metric_of(self.ranking.fields)

    def policies(self) -> Table:
        """The ranking: verdict and estimate first, so that a narrow page shows them."""
        texts, unit = self.texts, self.unit
        delta = unit.of_differences
        lines = []
        for row in self.ranking.rows:
            base = None if row.vs_baseline is None else row.vs_baseline[self.comparison.metric]
            verdict = row.shown_verdict
            against = _difference(base, delta)
            if row.policy == self.comparison.baseline:
                against = Cell(texts["baseline"], 0.0)
            cells = (
                Cell(str(row.rank), row.rank),
                Cell(texts[verdict], VERDICTS.index(verdict), is_words=True),
                _policy(row.policy),
                self._estimate(row),
                against,
                _p_value(base),
                _difference(None if row is self.ranking.rows[0] else row.vs_best, delta),
                Cell(str(row.runs), row.runs),
            )
            lines.append(Line(cells, row.family, row.verdict == "best"))
        headings = (
            texts["rank"],
            texts["verdict"],
            texts["policy"],
            self._estimate_heading(),
            self._difference_heading("versus baseline"),
            texts["p"],
            self._difference_heading("versus best"),
            texts["runs"],
        )
        return Table(headings, tuple(lines), text_columns=3)

    def family(self, rows: Sequence[Row]) -> Table:
        """The policies of one family, with what their curves look like."""
        texts = self.texts
        unit, change = unit_of(self.own.val), texts["epoch-to-epoch change"]
        if unit.percent:
            change = texts["in points"].format(quantity=change)
        headings = (
            texts["rank"],
            texts["policy"],
            self._estimate_heading(),
            texts["short final_val_loss"],
            texts["convergence"],
            change,
            texts["final minus lowest loss"],
        )
        lines = [
            (
                Cell(str(row.rank), row.rank),
                _policy(row.policy),
                self._estimate(row),
                _number(row.metrics["final_val_loss"], ".4f"),
                _number(row.metrics["convergence_epoch"], ".1f"),
                _measure(row.metrics[f"{self.own.val}_roughness"], unit),
                _number(row.metrics["val_loss_rise"], ".4f"),
            )
            for row in rows
        ]
        return Table(headings, tuple(map(Line, lines)))

    def gains(self) -> Table:
        """The best policy of each family over those of others."""
        texts = self.texts
        by_metric = {
            self.own.val: texts["accuracy points"],
            LOSS.val: texts["loss change"],
            "convergence_epoch": texts["convergence change"],
        }
        headings = ("", *by_metric.values())
        lines = []
        for contrast in self.ranking.gains:
            names = (short_name(contrast.policy), short_name(contrast.over))
            title = texts["gain of"].format(policy=contrast.policy, over=contrast.over)
            text = texts["gain of"].format(policy=names[0], over=names[1])
            policy = Cell(text, text, title, is_policy=True)
            lines.append(Line((policy, *map(Cell, self._contrasts(contrast)))))
        return Table(headings, tuple(lines), text_columns=len(headings))

    def test_set(self) -> Table | None:
        """The policies that validation selected, on the test set; None without a test set."""
        texts, families = self.texts, self.ranking.families
        if not families or families[0].test_estimate is None:
            return None
        unit = unit_of(f"test_{self.own.name}", [row.interval for row in families])
        quantity, versus = texts["test accuracy"], texts["versus baseline"]
        if unit.percent:
            quantity = texts["percent"].format(quantity=quantity)
            quantity = texts["with interval"].format(quantity=quantity)
            versus = texts["in points"].format(quantity=versus)
        headings = (
            texts["family"],
            texts["policy"],
            quantity,
            versus,
            texts["p"],
            texts["tried"],
        )
        lines = [
            (
                Cell(row.family, row.family),
                _policy(row.policy),
                Cell(
                    unit.estimate(row.test_estimate, row.interval),
                    row.test_estimate,
                    unit.exact(row.test_estimate, row.interval),
                ),
                _difference(row.vs_baseline, unit.of_differences),
                _p_value(row.vs_baseline),
                Cell(str(row.tried), row.tried),
            )
            for row in families
        ]
        return Table(headings, tuple(map(Line, lines)))

    def views(self, target: str) -> Table:
        """The ranks by several metrics; ``target`` names the epochs to the target."""
        texts, rows = self.texts, self.ranking.rows
        views = tuple(rows[0].ranks)
        headings = (
            texts["rank"],
            texts["policy"],
            *(texts["by"].format(view=column_name(view, texts, "short")) for view in views),
            target,
            texts["convergence"],
            texts["seconds"],
        )
        lines = []
        for row in rows:
            reached = _number(row.epochs_to_target, ".3g")
            if row.epochs_to_target is None and TO_TARGET in row.ranks:
                reached = Cell(texts["never"])
            cells = (
                Cell(str(row.rank), row.rank),
                _policy(row.policy),
                *(_number(row.ranks.get(view), "d") for view in views),
                reached,
                _number(row.metrics["convergence_epoch"], ".1f"),
                _number(row.metrics["seconds_per_epoch"], ".2g"),
            )
            lines.append(Line(cells, row.family))
        return Table(headings, tuple(lines))

    def _estimate(self, row: Row) -> Cell:
        unit = self.unit
        text, title = (form(row.estimate, row.interval) for form in (unit.estimate, unit.exact))
        if row.stopped_after is not None:
            text = self.texts["stopped after"].format(seeds=row.stopped_after)
        return Cell(text, row.estimate, title, is_words=row.stopped_after is not None)

    def _estimate_heading(self) -> str:
        texts = self.texts
        name = column_name(f"{self.comparison.at}_{self.comparison.metric}", texts, "short")
        if self.unit.percent:
            name = texts["percent"].format(quantity=name)
        return texts["with interval"].format(quantity=name)

    def _difference_heading(self, name: str) -> str:
        heading = self.texts[name]
        return self.texts["in points"].format(quantity=heading) if self.unit.percent else heading

    def _contrasts(self, contrast: FamilyContrast) -> Iterator[str]:
        """One policy against another: the protocol's metric, loss, epochs to convergence."""
        own = self.own
        shown: dict[str, tuple[float, str, bool]] = {
            own.val: (
                *((100, "+.2f") if own.is_share else (1, "+.4g")),
                own.higher_is_better,
            ),
            LOSS.val: (1, "+.4f", False),
            "convergence_epoch": (1, "+.1f", False),
        }
        for name, (scale, form, higher_is_better) in shown.items():
            difference = contrast.differences[name]
            yield self._contrast(difference, scale, form, higher_is_better=higher_is_better)

    def _contrast(
        self, difference: Difference, scale: float, form: str, *, higher_is_better: bool
    ) -> str:
        if difference.mean is None:
            return MISSING
        shown = format(scale * difference.mean, form)
        if difference.interval is None or difference.p_value is None:
            return f"{shown} ({self.texts['not significant']})"
        low, high = (format(scale * end, form) for end in difference.interval)
        verdict = "not significant"
        if difference.interval[0] > 0 or difference.interval[1] < 0:
            verdict = "better" if (difference.mean > 0) == higher_is_better else "worse"
        return f"{shown} [{low}, {high}]: {self.texts[verdict]}"


def _policy(policy: str) -> Cell:
    name = short_name(policy)
    return Cell(name, name, policy, is_policy=True)


def _number(value: float | None, form: str) -> Cell:
    return Cell(MISSING if value is None else format(value, form), value)


def _measure(value: float | None, unit: Unit) -> Cell:
    return Cell(unit.value(value), value, unit.exact(value))


def _difference(difference: Difference | None, unit: Unit) -> Cell:
    if difference is None:
        return Cell(MISSING)
    mean, interval = difference.mean, difference.interval
    return Cell(unit.estimate(mean, interval), mean, unit.exact(mean, interval))


def _p_value(difference: Difference | None) -> Cell:
    value = None if difference is None else difference.p_value
    tiny = value is not None and value < 0.001
    return Cell("<0.001", value) if tiny else _number(value, ".3f")
