"""The library in a process that is not its own: nothing global is other than before."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import notebook_session as notebook
import pytest
from forked import run_code
from mlflow import MlflowClient

_FOLDER = Path(notebook.__file__).parent


@pytest.fixture
def place(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty store, and a state folder of its own."""
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    shutil.copy(empty_database, tmp_path / "theirs.db")
    return tmp_path


def statuses(uri: str) -> list[str]:
    client = MlflowClient(uri)
    (experiment,) = client.search_experiments(filter_string="name = 'study'")
    return sorted(run.info.status for run in client.search_runs([experiment.experiment_id]))


def code(three_digits: Path, uri: str, text: str) -> str:
    begin = (
        f"import sys; sys.path.insert(0, {str(_FOLDER)!r}); import notebook_session as notebook\n"
    )
    return f"{begin}data, uri = {str(three_digits)!r}, {uri!r}\n{text}"


def test_nothing_global_is_other_than_before(three_digits: Path, place: Path) -> None:
    uri = f"sqlite:///{place / 'mlflow.db'}"
    done = subprocess.run(
        [sys.executable, notebook.__file__, str(three_digits), uri],
        cwd=place,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
    assert "TensorFlow divides operations among threads" in done.stderr
    client = MlflowClient(uri)
    assert statuses(uri) == ["FINISHED", "FINISHED"]
    (experiment,) = client.search_experiments(filter_string="name = 'study'")
    (model,) = client.search_logged_models([experiment.experiment_id])
    assert (model.status, model.name) == ("READY", "model")
    assert "final_val_accuracy" in {metric.key for metric in model.metrics}


INTERRUPTED = """
import os, signal

def own_handler(number, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, own_handler)
before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
try:
    notebook.study(data, uri, on_plan=lambda plan: plan, executor=Interrupting())
except KeyboardInterrupt:
    print("interrupted")
assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before
"""

EXECUTOR = """
class Interrupting:
    def run(self, workload, batches, on_epoch):
        import os, signal
        next(iter(batches))
        os.kill(os.getpid(), signal.SIGINT)
        yield
"""


def test_an_interrupt_ends_the_run_and_signals_are_handled_as_before(
    three_digits: Path, place: Path
) -> None:
    uri = f"sqlite:///{place / 'mlflow.db'}"
    done = run_code(code(three_digits, uri, EXECUTOR + INTERRUPTED), cwd=place)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr
    assert statuses(uri) == ["KILLED"]


THREAD = """
import threading

failed = []

def work():
    try:
        outcome = notebook.study(data, uri, {options})
        print(len(outcome.ranking.protocols))
    except {error} as error:
        print(type(error).__name__)

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def test_a_study_runs_in_another_thread(three_digits: Path, place: Path) -> None:
    uri = f"sqlite:///{place / 'mlflow.db'}"
    text = THREAD.format(options="", error="ZeroDivisionError")
    done = run_code(code(three_digits, uri, text), cwd=place)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert statuses(uri) == ["FINISHED", "FINISHED"]


@pytest.mark.parametrize(
    ("error", "status"), [("ZeroDivisionError", "FAILED"), ("KeyboardInterrupt", "KILLED")]
)
def test_no_run_stays_running_when_another_thread_fails(
    three_digits: Path, place: Path, error: str, status: str
) -> None:
    uri = f"sqlite:///{place / 'mlflow.db'}"
    failing = f"""
class Failing:
    def run(self, workload, batches, on_epoch):
        next(iter(batches))
        raise {error}
        yield
"""
    text = failing + THREAD.format(options="executor=Failing()", error=error)
    done = run_code(code(three_digits, uri, text), cwd=place)
    assert (done.returncode, done.stdout) == (0, f"{error}\n"), done.stderr
    assert statuses(uri) == [status]


POLICIES = """
import os
import keras
from lr_study.data import scan
from lr_study.features import load_features, resolve_weights
from pathlib import Path

weights = resolve_weights("efficientnet-lite0", "random")
images = scan("digits", Path(data))
found = []
for policy in ("float32", "mixed_bfloat16"):
    keras.config.set_dtype_policy(policy)
    os.environ["LR_STUDY_CACHE"] = policy
    found.append(load_features(images, "efficientnet-lite0", weights, 32).values.tobytes())
    assert keras.config.dtype_policy().name == policy
print(found[0] == found[1])
"""


def test_features_do_not_depend_on_the_dtype_policy_of_the_process(
    three_digits: Path, place: Path
) -> None:
    done = run_code(code(three_digits, "", POLICIES), cwd=place)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


def test_keras_on_another_backend_is_one_error(place: Path) -> None:
    program = (
        "import sys\n"
        "from lr_study import LrStudyError\n"
        "try:\n"
        "    from lr_study.support import tf\n"
        "except LrStudyError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"KERAS_BACKEND": "numpy"},
        cwd=place,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (
        0,
        "Keras runs on numpy, and lr-study needs tensorflow: set KERAS_BACKEND=tensorflow before "
        "keras is imported\n",
    ), done.stderr
