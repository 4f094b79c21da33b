"""How far two studies agree that have no image in common.

    python benchmarks/halves.py FOLDER [--grid seed] [--seeds 10] [--min-class-size 300]

divides the images of each class at random into two halves, folders of links, runs the same study on
each, and compares the verdicts. A contradiction is a policy that one half calls worse and the other
best or tied. The exit code is 1 if there are more than one in twenty of the verdicts.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

FIRM = {"best": "good", "tied": "good", "worse": "worse", "clearly worse": "worse"}


def link_halves(folder: str, into: Path, rng: np.random.Generator, min_class_size: int) -> None:
    """Link each image of ``folder`` into ``into/half-1`` or ``into/half-2``, under its own path."""
    from lr_study.runs import Settings
    from lr_study.studies import find_images

    image_set = find_images(Settings(data=folder, follow_links=True))
    for label in range(len(image_set.class_names)):
        rows = rng.permutation(np.flatnonzero(image_set.labels == label))
        if len(rows) < min_class_size:
            continue
        for i, row in enumerate(rows):
            path = into / f"half-{i % 2 + 1}" / image_set.paths[row]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(os.path.realpath(image_set.root / image_set.paths[row]))


def contradictions(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the policies that one study calls worse and the other best or tied.

    >>> contradictions({"a": "best", "b": "worse"}, {"a": "worse", "b": "undecided"})
    ['a']
    """
    return [
        policy
        for policy, verdict in one.items()
        if {FIRM.get(verdict), FIRM.get(other.get(policy, ""))} == {"good", "worse"}
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--grid", default="seed")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--min-class-size", type=int, default=0, help="in the whole folder")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--backbone", default="efficientnet-lite0")
    parser.add_argument("--draw", type=int, default=0, help="seed of the halves")
    chosen = parser.parse_args()

    import lr_study
    from lr_study.tracking import connect

    verdicts: list[dict[str, str]] = []
    with TemporaryDirectory() as work:
        rng = np.random.default_rng(chosen.draw)
        link_halves(chosen.folder, Path(work), rng, chosen.min_class_size)
        uri = f"sqlite:///{work}/mlflow.db"
        client = connect(uri, create=True)
        for half in ("half-1", "half-2"):
            client.create_experiment(half, artifact_location=(Path(work) / "files").as_uri())
            ranking = lr_study.study(
                grid=chosen.grid,
                seeds=chosen.seeds,
                experiment=half,
                tracking_uri=uri,
                log_models="none",
                data=f"{work}/{half}",
                follow_links=True,
                image_size=chosen.image_size,
                epochs=chosen.epochs,
                batch_size=chosen.batch_size,
                backbone=chosen.backbone,
            )
            rows = ranking.protocols[0].rows
            verdicts.append({row.policy: row.verdict for row in rows})
            counts = Counter(row.verdict for row in rows)
            print(half, ", ".join(f"{n} {verdict}" for verdict, n in counts.items()), flush=True)
    one, other = verdicts
    print(f"\n{'policy':40}  half 1         half 2")
    for policy in one:
        print(f"{policy:40}  {one[policy]:13}  {other[policy]}")
    opposed = contradictions(one, other)
    print(f"\n{len(opposed)} of {len(one)} verdicts contradict: {', '.join(opposed) or 'none'}")
    return 0 if len(opposed) <= len(one) / 20 else 1


if __name__ == "__main__":
    sys.exit(main())
