"""Which learning-rate policy should I train this classifier with?

``lr_study.study(...)`` trains policies over seeds and ranks them.
``lr_study.load_runs(experiment)`` reads an experiment as a pandas DataFrame, and
``lr_study.compare(runs)`` ranks its policies. ``lr_study.schedule(policy, ...)`` is a policy as a
Keras ``LearningRateSchedule`` for one's own ``compile``. In a script of one's own,
``lr_study.PolicyCallback`` trains a Keras model at a policy and logs the run, and
``lr_study.log_run(...)`` logs one of any framework. What takes seconds to import is loaded
when it is first used.

>>> parse("step_decay:drop=0.5")(epoch=4)
0.005
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

import lazy_loader as _lazy_loader

from lr_study.policies import Policy, parse
from lr_study.support import LrStudyError, UsageError

if _TYPE_CHECKING:
    from lr_study.comparison import Comparison, compare
    from lr_study.studies.library import study
    from lr_study.studies.logged_run import log_run
    from lr_study.studies.own_workload import Workload
    from lr_study.studies.policy_callback import PolicyCallback
    from lr_study.tracking import load_runs
    from lr_study.training import PolicySchedule, schedule

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "LrStudyError",
    "Policy",
    "PolicyCallback",
    "PolicySchedule",
    "UsageError",
    "Workload",
    "compare",
    "load_runs",
    "log_run",
    "parse",
    "schedule",
    "study",
]

__getattr__, _, _ = _lazy_loader.attach(
    __name__,
    submod_attrs={
        "comparison": ["Comparison", "compare"],
        "studies.library": ["study"],
        "studies.logged_run": ["log_run"],
        "studies.own_workload": ["Workload"],
        "studies.policy_callback": ["PolicyCallback"],
        "tracking": ["load_runs"],
        "training": ["PolicySchedule", "schedule"],
    },
)


def __dir__() -> list[str]:
    return list(__all__)
