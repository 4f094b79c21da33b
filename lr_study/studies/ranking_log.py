"""The ranking of a study, logged to the study's run: files, a description, params and metrics."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from mlflow.utils.time import get_current_time_millis

from lr_study.comparison import Comparison
from lr_study.report import (
    draw,
    html_report,
    inline_svg,
    origin_of,
    ranking_description,
    ranking_json,
    ranking_table,
)
from lr_study.runs import Protocol
from lr_study.tracking import log_batch, log_dataset, log_files, retry


def log_ranking(
    client: MlflowClient, run_id: str, runs: pd.DataFrame, ranking: Comparison, protocol: Protocol
) -> None:
    """Log a ranking to a study's run, so that MLflow's pages show it.

    Parameters
    ----------
    runs
        Those that were ranked, from `lr_study.load_runs`.
    """
    origin = origin_of(ranking, runs)
    with TemporaryDirectory(prefix="lr-study-") as temporary:
        folder = Path(temporary)
        (folder / "ranking.txt").write_text(
            ranking_table(ranking, origin=origin) + "\n", encoding="utf-8"
        )
        (folder / "ranking.json").write_text(ranking_json(ranking) + "\n", encoding="utf-8")
        figures = draw(ranking, runs, "en", inline_svg)
        (folder / "report.html").write_text(
            html_report(ranking, figures, "en", origin), encoding="utf-8"
        )
        (folder / "figures").mkdir()
        for of_protocol in figures.values():  # there is one protocol, or none
            for name, svg in of_protocol.items():
                (folder / "figures" / f"{name}.svg").write_text(svg, encoding="utf-8")
        retry(lambda: log_files(client, run_id, folder))

    def log_summary() -> None:
        known = client.get_run(run_id).data.params  # what `mlflow run` logged stays as typed
        now = get_current_time_millis()
        log_batch(
            client,
            run_id,
            params={n: v for n, v in summary_params(ranking, protocol).items() if n not in known},
            metrics=[Metric(n, v, now, 0) for n, v in summary_metrics(ranking).items()],
            tags={MLFLOW_RUN_NOTE: ranking_description(ranking, origin)},
        )
        log_dataset(client, run_id, protocol.to_json())

    retry(log_summary)


def summary_params(ranking: Comparison, protocol: Protocol) -> dict[str, str]:
    """Return what a study compared, and the policy that ranks first."""
    params = {name: str(value) for name, value in protocol.params().items()}
    if ranking.protocols:
        best = ranking.protocols[0].rows[0]
        params |= {"best_policy": best.policy, "best_family": best.family}
    return params


def summary_metrics(ranking: Comparison) -> dict[str, float]:
    """Return the result of a study in numbers: how many of each verdict, the best, and its risk."""
    if not ranking.protocols:
        return {}
    rows = ranking.protocols[0].rows
    verdicts = Counter(row.verdict for row in rows)
    metrics: dict[str, float] = {"policies": len(rows), "seeds": len(rows[0].seeds)}
    words = ("tied", "undecided", "worse", "clearly worse")
    metrics |= {word.replace(" ", "_"): verdicts[word] for word in words}
    figures = {
        "best_estimate": rows[0].estimate,
        "best_estimate_corrected": rows[0].estimate_corrected,
        "gain_corrected": ranking.protocols[0].gain_corrected,
        "regret_bound": ranking.protocols[0].regret_bound,
    }
    metrics |= {name: value for name, value in figures.items() if value is not None}
    return metrics
