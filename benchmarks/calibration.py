"""Error rates and power of the rules of a ranking, by simulation with known truth.

    python benchmarks/calibration.py [--full] [--without GUARD]

prints tables, from which those of docs/statistics.md are taken: real learners on Gaussian mixtures
and digits, judged by the rule for ``--resampling folds`` (new) beside the rule for ``splits`` on
the same folds (old); and the rule for ``splits`` on simulated scores, see `calibration_scores`.
Generators have fixed seeds, so the same command prints the same tables.

The exit code is 1 if a rate of the new rule is beyond its bound by more than two standard errors:
false alarms 5 %, simultaneous intervals of all pairs 95 %, clearly worse though within the margin
5 %, the bound of what choosing costs 95 %. Cases that are known to fall short have a bound of their
own in `calibration_cases`, which also says what a rule must find where that is easy to lose.
``--without`` takes one guard out of the new rule, to see that its absence would be noticed.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import starmap

import numpy as np
from calibration_cases import KNOWN, NULLS, SEEDS, Case, Rates, rates, seeds_of
from calibration_guards import GUARDS, without
from calibration_rules import RULES, Setting
from calibration_scores import print_tables
from calibration_studies import WORLDS, make_study

ONLY_FULL = ("N = 4,000",)
FEW, MANY = 40, 100
OF_MANY = (
    "A/A unstable",
    "A/A",
    "A/A .995",
    "unstable",
    "accuracy .995, N = 200",
    "2 hard images",
    "16 hard images",
    "36 of 40 far behind",
)

Found = dict[tuple[Case, int, str], Rates]


def run_world(
    world: str, cases: tuple[Case, ...], studies: int, draws: int, guard: str | None
) -> Found:
    """Make the studies of a world; judge each case of it by each rule with each number of seeds."""
    number = list(WORLDS).index(world)
    made = [
        make_study(WORLDS[world], np.random.default_rng([number, study]))
        for study in range(studies)
    ]
    found: Found = {}
    for case in cases:
        rng = np.random.default_rng([number, len(case.policies), case.permuted])
        chosen = [case.of(study, rng) for study in made]
        for seeds in seeds_of(WORLDS[world]):
            for name, rule in RULES.items():
                if guard and name == "old":
                    continue
                judging = np.random.default_rng([number, seeds])
                with without(guard):
                    found[case, seeds, name] = rates(
                        case, chosen, seeds, rule, Setting(case.margin, draws), judging
                    )
    return found


def run(
    cases: Iterable[Case], *, full: bool, most_studies: int, processes: int, guard: str | None
) -> Found:
    """Run all cases, each world in one process, and say on stderr which are done."""
    by_world: dict[str, list[Case]] = {}
    for case in cases:
        if full or case.world not in ONLY_FULL:
            by_world.setdefault(case.world, []).append(case)
    work = [
        (
            world,
            tuple(of_world),
            min(most_studies, (MANY if world in OF_MANY else FEW) * (5 if full else 1)),
            10_000 if full else 2_000,
            guard,
        )
        for world, of_world in by_world.items()
    ]
    if processes == 1:  # a process that has imported TensorFlow should not fork
        return _collected(starmap(run_world, work), by_world)
    with ProcessPoolExecutor(processes) as pool:
        return _collected(pool.map(run_world, *zip(*work, strict=True)), by_world)


def _collected(parts: Iterable[Found], worlds: Iterable[str]) -> Found:
    found: Found = {}
    for world, part in zip(worlds, parts, strict=True):
        found |= part
        print(f"done: {world}", file=sys.stderr, flush=True)
    return found


def print_rates(
    meaning: str, found: Found, cases: Iterable[Case], what: str, digits: int = 1
) -> None:
    """Print one rate of all cases in hundredths, old / new, by numbers of seeds."""
    print(f"{meaning}\n")
    columns = " | ".join(f"n = {seeds}" for seeds in SEEDS)
    print(f"| case | policies | studies | {columns} |\n|---|---|---|{'---|' * len(SEEDS)}")
    for case in cases:
        cells = [" / ".join(_cell(found, case, seeds, what, digits)) for seeds in SEEDS]
        studies = {rates_.studies for (of, *_), rates_ in found.items() if of == case}
        if studies:
            row = [case.name, len(case.policies), *studies, *cells]
            print(f"| {' | '.join(map(str, row))} |")
    print(flush=True)


def _cell(found: Found, case: Case, seeds: int, what: str, digits: int) -> Iterator[str]:
    for name in RULES:
        if (case, seeds, name) in found:
            value = 100 * getattr(found[case, seeds, name], what)
            yield "–" if np.isnan(value) else f"{value:.{digits}f}"


def print_tables_of(found: Found, nulls: list[Case], known: list[Case]) -> None:
    """Print a table for each rate, old rule / new rule."""
    new = {key: rates_ for key, rates_ in found.items() if key[2] == "new"}
    print("Each cell: old rule / new rule.\n" if len(new) < len(found) else "The new rule.\n")
    all_equal = "False alarms, %: any policy significantly worse, though all are equal; at most 5."
    print_rates(all_equal, found, nulls, "alarms")
    as_good = "False alarms, %: a policy called worse that is truly as good as the one called best."
    print_rates(as_good, found, known, "alarms")
    all_pairs = "All simultaneous intervals of all pairs contain the truth, %; at least 95."
    print_rates(all_pairs, found, [*nulls, *known], "cover")
    print_rates("The same of the intervals versus the best, %.", found, known, "cover_best")
    print_rates(
        "Half of the interval versus the best, points, median.", found, known, "half_width", 2
    )
    far = "Found, %: of the policies truly more than 1 point below the best, those called worse."
    print_rates(far, found, known, "found", 0)
    cost = "Choosing the best loses at most so many points (95 %), the new rule, median."
    print_rates(cost, new, known, "regret_bound", 2)
    for what, worst, meaning in (
        ("regret_held", min, "The bound of what choosing costs held in at least"),
        ("overstated", max, "A policy within the margin of the best is clearly worse in at most"),
    ):
        values = [100 * getattr(rates_, what) for rates_ in new.values()]
        if values:
            print(f"{meaning} {worst(values):.1f} % of the studies of a case.\n", flush=True)


def failures(found: Found) -> list[str]:
    """Return the rates of the new rule that are beyond their bounds."""
    return [
        f"{case.name}, {len(case.policies)} policies, n = {seeds}: {failure}"
        for (case, seeds, rule), rates_ in found.items()
        if rule == "new"
        for failure in rates_.failures(case, seeds)
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="five times the studies: an hour")
    parser.add_argument("--without", choices=GUARDS, help="take a guard out of the new rule")
    parser.add_argument("--case", default="", help="only cases with this in their names")
    parser.add_argument("--studies", type=int, default=10_000, help="at most so many a case")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    nulls = [case for case in NULLS if chosen.case in case.name]
    known = [case for case in KNOWN if chosen.case in case.name]
    start = partial(run, full=chosen.full, most_studies=chosen.studies)
    found = start([*nulls, *known], processes=chosen.processes, guard=chosen.without)
    print_tables_of(found, nulls, known)
    held = True
    if not chosen.without and not chosen.case:
        held = print_tables(min(chosen.studies, 2000 if chosen.full else 400))
    failed = failures(found)
    print("\n".join(["Beyond their bounds:", *failed]) if failed else "All bounds hold.")
    return 0 if held and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
