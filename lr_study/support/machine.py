"""What this process may use of the machine: CPUs and memory, within the limits of a container.

``os.cpu_count`` and the machine's memory are those of the host. A container has a CPU set, which
the process's affinity shows, and limits in its control group (cgroup): version 2, described in the
kernel's Documentation/admin-guide/cgroup-v2.rst, or version 1 (cgroup-v1/memory.rst and
scheduler/sched-bwc.rst). A limit of a group holds for all groups within.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/")


def available_cpus(root: Path = _ROOT) -> int:
    """Return how many CPUs this process may use at a time; a fraction counts as one more.

    Parameters
    ----------
    root
        Where ``proc`` and the control groups are mounted.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # macOS has none
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    quotas = [
        *(_quota_v2(folder) for folder in _groups(root, "")),
        *(_quota_v1(folder) for folder in _groups(root, "cpu")),
    ]
    return max(1, math.ceil(min([cpus, *quotas])))


def available_memory_bytes(root: Path = _ROOT) -> int:
    """Return how much memory this process may use: the machine's, or less if a group limits it.

    Parameters
    ----------
    root
        Where ``proc`` and the control groups are mounted.
    """
    limits = [
        *(_number(folder / "memory.max") for folder in _groups(root, "")),
        *(_number(folder / "memory.limit_in_bytes") for folder in _groups(root, "memory")),
    ]
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(min([machine, *limits]))


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the process's group and those around it; ``""`` is version 2."""
    path = _path_of_group(root, controller)
    mount = _mount_of(root, controller)
    if path is None or mount is None:
        return
    mounted, at = mount
    # Within a container, what is mounted may be the container's group itself.
    inner = Path(path).relative_to(mounted) if Path(path).is_relative_to(mounted) else Path()
    for part in (inner, *inner.parents):
        yield root / at.lstrip("/") / part.as_posix().lstrip("/")


def _path_of_group(root: Path, controller: str) -> str | None:
    for line in _lines(root / "proc/self/cgroup"):
        parts = line.split(":", 2)
        if len(parts) == 3 and controller in parts[1].split(","):
            return parts[2]
    return None


def _mount_of(root: Path, controller: str) -> tuple[str, str] | None:
    """Return what part of the hierarchy is mounted, and where."""
    for line in _lines(root / "proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        kind, _, options = [*after.split(" ", 2), "", "", ""][:3]
        is_it = controller in options.split(",") if controller else kind == "cgroup2"
        if is_it and kind in ("cgroup", "cgroup2") and len(before.split()) > 4:
            return before.split()[3], before.split()[4]
    return None


def _quota_v2(folder: Path) -> float:
    quota, period = [*" ".join(_lines(folder / "cpu.max")).split(), "max", "max"][:2]
    return _ratio(quota, period)


def _quota_v1(folder: Path) -> float:
    names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    quota, period = ("".join(_lines(folder / name)) for name in names)
    return _ratio(quota, period)


def _ratio(quota: str, period: str) -> float:
    """CPUs of a quota of microseconds a period; ``max``, -1 and nonsense are no limit."""
    if not (quota.isdecimal() and period.isdecimal()) or int(quota) == 0 or int(period) == 0:
        return math.inf
    return int(quota) / int(period)


def _number(file: Path) -> float:
    text = "".join(_lines(file)).strip()
    return int(text) if text.isdecimal() and int(text) > 0 else math.inf


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
