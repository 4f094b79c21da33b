"""What a process does when it is told to stop."""

import os
import signal
import threading
import time
from types import FrameType


def stop_as_interrupted() -> None:
    """Let SIGTERM raise KeyboardInterrupt, as SIGINT does, so that a run is closed as KILLED.

    Under ``mlflow run`` also stop when that process is gone: it passes no signal on, and a run
    that nobody waits for would go on in the dark.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    if os.environ.get("MLFLOW_RUN_ID"):
        threading.Thread(target=_stop_with_parent, args=(os.getppid(),), daemon=True).start()


def _stop_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)
