"""Every user of a machine can read the command lines of its processes: no address is on one."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from forked import Forked, run_code
from mlflow import MlflowClient
from stores import free_port, is_healthy

PASSWORD = "planted-password"  # noqa: S105
MODULE = "lr_study.tracking.closing"


def command_lines(marker: str) -> Iterator[str]:
    """The command lines of all processes of this machine that hold a text."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended
            continue
        if marker in line:
            yield line


def watch(is_done: Callable[[], bool], marker: str, secret: str) -> int:
    """Wait for something; return how many command lines with a marker were seen meanwhile."""
    seen = 0
    deadline = time.monotonic() + 300
    while not is_done():
        assert time.monotonic() < deadline
        seen += len(list(command_lines(marker)))
        assert list(command_lines(secret)) == []
        time.sleep(0.05)
    return seen


def test_the_pages_are_served_without_the_address_in_sight(
    tmp_path: Path, empty_database: Path
) -> None:
    store = tmp_path / f"{PASSWORD}.db"
    store.write_bytes(empty_database.read_bytes())
    port = str(free_port())
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{store}"}
    with Forked(["ui", "--port", port], cwd=tmp_path, env=environment) as served:
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert served.poll() is None, served.output()
            return is_healthy(address)

        assert watch(answers, f"--port {port}", PASSWORD) > 0
        (experiment,) = MlflowClient(address).search_experiments()
        assert experiment.name == "Default"  # of the store that was meant
        MlflowClient(address).create_experiment("mine")
        assert list(command_lines(PASSWORD)) == []
        served.send_signal(signal.SIGTERM)
        served.wait(30)
    names = {found.name for found in MlflowClient(f"sqlite:///{store}").search_experiments()}
    assert names == {"Default", "mine"}


def test_the_helper_of_mlflow_run_keeps_the_address_to_itself(server: str) -> None:
    client = MlflowClient(server)
    run_id = client.create_run("0").info.run_id
    address = server.replace("http://", f"http://ann:{PASSWORD}@")
    # In a process of its own, as the one that is interrupted.
    done = run_code(f"from {MODULE} import keep_killed; keep_killed({address!r}, {run_id!r})")
    assert done.returncode == 0, done.stderr
    client.set_terminated(run_id, "FAILED")
    marker = f"{MODULE} {run_id}"
    assert watch(lambda: client.get_run(run_id).info.status == "KILLED", marker, PASSWORD) > 0
