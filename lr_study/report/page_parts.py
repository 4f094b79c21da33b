"""One ranking on a page: what the templates ask for, in one language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from lr_study.comparison import (
    TO_TARGET,
    Comparison,
    ProtocolRanking,
    Row,
    advise,
    is_of_images,
    margin_text,
    message,
    of_examples,
    translate,
)
from lr_study.policies import short_name
from lr_study.report.commands import Commands, Origin
from lr_study.report.figures.curves import MAX_FAMILIES
from lr_study.report.page_tables import PageTables, Texts
from lr_study.report.units import MISSING, Unit
from lr_study.runs import ACCURACY, metric_of, model_of

STUDY_ORDER = ("fixed", "exp_decay", "step_decay")
"""The families in the order in which the original study took them."""

CURVE_FIGURES = ("accuracy", "accuracy_zoom", "metric", "loss", "learning_rate")

ANSWER_LINES = 2
"""Sentences of the advice that stand above the ranking."""

MAX_LISTED = 6
"""Seeds that a heading lists if they do not follow one another."""


def texts_about(text: ModuleType, ranking: ProtocolRanking) -> Texts:
    """Return the texts of a page in a language, with the words for what a ranking is of.

    Those that speak of the accuracy name the protocol's metric; those of images, examples.
    """
    texts, own = _worded(text, ranking, text.TEXTS), metric_of(ranking.fields)
    if own == ACCURACY:
        return texts
    named = text.OF_METRIC.items()
    return {**texts, **{name: line.replace("{own}", own.name) for name, line in named}}


def _worded(text: ModuleType, ranking: ProtocolRanking, catalog: Texts) -> Texts:
    return catalog if is_of_images(ranking.fields) else of_examples(catalog, text.EXAMPLES)


@dataclass(frozen=True)
class PagePart:
    """The part of a page about one protocol, in one language."""

    comparison: Comparison
    ranking: ProtocolRanking
    text: ModuleType
    figures: Mapping[str, str]
    origin: Origin

    @property
    def texts(self) -> Texts:
        return texts_about(self.text, self.ranking)

    def _worded(self, catalog: Texts) -> Texts:
        return _worded(self.text, self.ranking, catalog)

    def translated(self, message: str | None) -> str:
        """A message of the ranking in the language of the page."""
        return translate(message or "", self._worded(self.text.MESSAGES))

    @property
    def heading(self) -> str:
        """The data set, the model and the seeds."""
        fields = self.ranking.fields
        return self.texts["heading"].format(
            data=fields.get("data", MISSING),
            model=model_of(fields) or MISSING,
            seeds=self.seeds,
        )

    @property
    def seeds(self) -> str:
        """How many common seeds there are, and which."""
        seeds = self.ranking.rows[0].seeds
        if not seeds:
            return self.texts["no seeds"]
        if len(seeds) == 1:
            return self.texts["one seed"].format(seeds=seeds[0])
        if list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
            listed = f"{seeds[0]}–{seeds[-1]}"
        elif len(seeds) <= MAX_LISTED:
            listed = ", ".join(map(str, seeds))
        else:
            listed = f"{', '.join(map(str, seeds[: MAX_LISTED - 2]))}, …, {seeds[-1]}"
        return self.texts["seeds"].format(count=len(seeds), seeds=listed)

    @property
    def differs(self) -> str:
        """What this protocol has that not all protocols of the page have; empty if it is alone."""
        every = [ranking.fields for ranking in self.comparison.protocols]
        names = sorted({name for fields in every for name in fields})
        mine = self.ranking.fields
        fields = [
            f"{name}: {mine.get(name, MISSING)}"
            for name in names
            if any(fields.get(name) != mine.get(name) for fields in every)
        ]
        return self.texts["differs"].format(fields=", ".join(fields)) if fields else ""

    @property
    def tables(self) -> PageTables:
        return PageTables(self.comparison, self.ranking, self.texts)

    @property
    def family_names(self) -> Sequence[str]:
        """The families, in the order of the ranking."""
        return list(dict.fromkeys(row.family for row in self.ranking.rows))

    @property
    def has_curves(self) -> bool:
        return any(name in self.figures for name in CURVE_FIGURES)

    @property
    def curves_note(self) -> str:
        """Which policies have curves."""
        return self.texts["curves why"].format(limit=MAX_FAMILIES)

    @property
    def answer(self) -> Sequence[str]:
        """What to use, in sentences short enough to leave the ranking on the first screen."""
        return self._advice[:ANSWER_LINES]

    @property
    def next_steps(self) -> Sequence[str]:
        """The rest of the advice: the verdicts in words, and what would settle what is open."""
        return self._advice[ANSWER_LINES:]

    @property
    def _advice(self) -> Sequence[str]:
        return advise(
            self.ranking,
            self.comparison.by,
            self.comparison.baseline,
            self._worded(self.text.ADVICE),
        ).split("\n")

    def families(self) -> Iterator[tuple[str, list[Row], str]]:
        """The heading, the policies and the sentence of each family, in the study's order."""
        texts = self.texts
        by_family: dict[str, list[Row]] = {}
        for row in self.ranking.rows:
            by_family.setdefault(row.family, []).append(row)
        known = [family for family in STUDY_ORDER if family in by_family]
        for family in [*known, *(name for name in by_family if name not in known)]:
            rows = by_family[family]
            best = rows[0]
            sentence = texts["best of"].format(
                tried=len(rows),
                policy=short_name(best.policy),
                metric=self.tables.metric,
                estimate=self._with_unit(self.tables.unit, best.estimate),
                loss=_LOSS.value(best.metrics["final_val_loss"]),
                epoch=_EPOCH.value(best.metrics["convergence_epoch"]),
            )
            yield self._family_heading(family), rows, sentence

    def _family_heading(self, family: str) -> str:
        """The name of a family in words, or of the parts of a composition."""
        names: Mapping[str, str] = self.text.FAMILIES
        parts = [names.get(part) for part in family.split("+")]
        if None in parts:
            return self.texts["other"].format(family=family)
        first, *others = (part or "" for part in parts)
        then = self.texts["then"]
        return then.join([first, *(name[:1].lower() + name[1:] for name in others)])

    @property
    def methods(self) -> Iterator[str]:
        """The statistical methods behind the numbers."""
        texts, rows = self.texts, self.ranking.rows
        translated = self.translated
        rule = translated(message(f"by {self.ranking.rule}"))
        yield texts["ranked by"].format(rule=rule)
        if rows[0].interval_method:
            yield texts["of intervals"].format(method=translated(rows[0].interval_method))
        for name, test in self.ranking.tested().items():
            yield texts[f"of {name}"].format(
                method=translated(test.method),
                correction=translated(test.correction),
                margin=margin_text(self.ranking, self.comparison.by, self.text.ADVICE),
            )

    @property
    def target(self) -> str:
        texts = self.texts
        if self.ranking.target is None:
            return texts["target baseline"]
        return texts["target given"].format(target=self.ranking.target)

    def label(self, name: str) -> str:
        """The name of a metric; the target is the baseline's accuracy unless one was given."""
        texts = self.texts
        if name == TO_TARGET and self.ranking.target is not None:
            return texts["epochs to given target"].format(target=self.ranking.target)
        return texts[name]

    @property
    def commands(self) -> Commands:
        """The lines to type."""
        return Commands(self.comparison, self.ranking, self.origin)

    @staticmethod
    def _with_unit(unit: Unit, value: float | None) -> str:
        return unit.value(value) + (" %" if unit.percent and value is not None else "")


_LOSS = Unit(percent=False, decimals=4)
_EPOCH = Unit(percent=False, decimals=1)
