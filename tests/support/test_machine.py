"""CPUs and memory within the limits of a container, on stand-in roots and in real groups."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from lr_study.support import available_cpus, available_memory_bytes

GIB = 1 << 30
V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"
V1 = (
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
    "32 31 0:29 {root} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:30 {root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
)
HERE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def stand_in(root: Path, mountinfo: str, group: str, files: Mapping[str, str]) -> Path:
    texts = {"proc/self/mountinfo": mountinfo, "proc/self/cgroup": group}
    for name, text in {**texts, **{f"sys/fs/cgroup/{k}": v for k, v in files.items()}}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("group", "files", "cpus", "memory"),
    [
        ("0::/\n", {}, HERE, MACHINE),
        ("0::/\n", {"memory.max": "max\n", "cpu.max": "max 100000\n"}, HERE, MACHINE),
        ("0::/\n", {"memory.max": f"{GIB}\n", "cpu.max": "100000 100000\n"}, 1, GIB),
        ("0::/\n", {"cpu.max": "20000 100000\n"}, 1, MACHINE),
        ("0::/\n", {"cpu.max": "9900000 100000\n"}, HERE, MACHINE),
        ("0::/a/b\n", {"a/memory.max": f"{GIB}", "a/b/memory.max": "max"}, HERE, GIB),
        ("0::/a/b\n", {"a/memory.max": f"{2 * GIB}", "a/b/memory.max": f"{GIB}"}, HERE, GIB),
        ("0::/a/b\n", {"a/cpu.max": "100000 100000", "a/b/cpu.max": "max 100000"}, 1, MACHINE),
        ("0::/not/seen/here\n", {"memory.max": f"{GIB}"}, HERE, GIB),
        ("0::/\n", {"memory.max": "a lot", "cpu.max": "0 0"}, HERE, MACHINE),
        ("0::/\n", {"memory.max": "", "cpu.max": ""}, HERE, MACHINE),
        ("nonsense\n", {"memory.max": f"{GIB}"}, HERE, MACHINE),
    ],
)
def test_limits_of_version_2_and_of_the_groups_around(
    tmp_path: Path, group: str, files: dict[str, str], cpus: int, memory: int
) -> None:
    root = stand_in(tmp_path, V2, group, files)
    assert (available_cpus(root), available_memory_bytes(root)) == (cpus, memory)


@pytest.mark.parametrize("mounted", ["/", "/docker/0123"])
@pytest.mark.parametrize(
    ("quota", "limit", "cpus", "memory"),
    [
        ("-1", "9223372036854771712", HERE, MACHINE),
        ("100000", str(GIB), 1, GIB),
        ("50000", str(3 * GIB), 1, 3 * GIB),
    ],
)
def test_limits_of_version_1(
    tmp_path: Path, mounted: str, quota: str, limit: str, cpus: int, memory: int
) -> None:
    folder = "" if mounted != "/" else "docker/0123/"
    files = {
        f"cpu,cpuacct/{folder}cpu.cfs_quota_us": quota,
        f"cpu,cpuacct/{folder}cpu.cfs_period_us": "100000",
        f"memory/{folder}memory.limit_in_bytes": limit,
    }
    group = "5:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n0::/\n"
    root = stand_in(tmp_path, V1.format(root=mounted), group, files)
    assert (available_cpus(root), available_memory_bytes(root)) == (cpus, memory)


def test_nothing_to_read_is_no_limit(tmp_path: Path) -> None:
    assert (available_cpus(tmp_path), available_memory_bytes(tmp_path)) == (HERE, MACHINE)


def test_the_cpu_set_of_the_process_counts() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no CPU sets")
    cpu = min(os.sched_getaffinity(0))
    program = (
        f"import os; os.sched_setaffinity(0, {{{cpu}}})\n"
        "from lr_study.support import available_cpus\n"
        "print(available_cpus())"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert answer.stdout.strip() == b"1"


THREADS = """
from lr_study.support import tf, use_available_cpus
use_available_cpus()
threads = tf.config.threading
print(threads.get_intra_op_parallelism_threads(), threads.get_inter_op_parallelism_threads())
"""


@pytest.fixture
def one_core_and_4_gib() -> Iterator[list[Path]]:
    """Real groups with these limits, to be joined by a process; removed at the end."""
    limits = {
        "memory/lr-study-test/memory.limit_in_bytes": str(4 * GIB),
        "cpu/lr-study-test/cpu.cfs_quota_us": "100000",
        "lr-study-test/memory.max": str(4 * GIB),
        "lr-study-test/cpu.max": "100000 100000",
    }
    base = Path("/sys/fs/cgroup")
    version_2 = (base / "cgroup.controllers").exists()
    with ExitStack() as stack:
        folders = []
        for name, limit in limits.items():
            file = base / name
            if file.parent.parent.name == "cgroup" and not version_2:
                continue
            try:
                if not file.parent.exists():
                    file.parent.mkdir()
                    stack.callback(file.parent.rmdir)
                file.write_text(limit, encoding="utf-8")
            except OSError as error:
                if version_2 == (file.parent.parent.name == "cgroup"):
                    pytest.skip(f"no control group can be made here: {error}")
                continue
            folders.append(file.parent)
        yield list(dict.fromkeys(folders))


def test_a_study_in_real_limits_uses_them(
    one_core_and_4_gib: list[Path], tiny_folder: Path, tmp_path: Path
) -> None:
    program = (
        "import json\n"
        "from lr_study.support import available_cpus, available_memory_bytes\n"
        "print(json.dumps([available_cpus(), available_memory_bytes()]))\n"
    )
    study = ["study", "--data", str(tiny_folder), "--policy=fixed", "--policy=exp_decay"]
    study += ["--backbone=efficientnet-lite0", "--weights=random", "--image-size=32"]
    study += ["--seeds=2", "--epochs=2", "--log-models=none"]
    study += ["--experiment=limited", f"--tracking-uri=sqlite:///{tmp_path / 'mlflow.db'}"]

    def join() -> None:
        for folder in one_core_and_4_gib:
            (folder / "cgroup.procs").write_text(str(os.getpid()), encoding="utf-8")

    def within(*command: str) -> str:
        answer = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            preexec_fn=join,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    assert json.loads(within("-c", program)) == [1, 4 * GIB]
    assert "CPU, 1 core\n" in within("-m", "lr_study", "doctor")
    assert "best" in within("-m", "lr_study", *study)
    assert within("-c", THREADS) == "1 1\n"
