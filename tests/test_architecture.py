"""The house as docs/architecture.md draws it: who may import whom, and what `--help` must not."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "lr_study"
HEAVY = ("tensorflow", "keras", "mlflow", "matplotlib", "scipy", "pandas", "sklearn", "kagglehub")

# Module or package -> those it may import at the top. What stands under TYPE_CHECKING or in a
# function's body is free: it costs nothing until it is called.
ARROWS = {
    "errors": set(),
    "policies": {"errors"},
    "runs": {"errors", "policies"},
    "seeding": set(),
    "storage": set(),
    "progress": set(),
    "process": {"storage"},
    "yaml_lines": {"errors"},
    "grids": {"errors", "policies", "runs", "yaml_lines"},
    "plan": {"policies", "runs"},
    "messages": set(),
    "masking": set(),
    "results": {"messages"},
    "question": {"errors", "policies"},
    "terminal": {"masking"},
    "outside": {"masking"},
    "inference": {"messages", "results"},
    "crossed": {"messages", "runs"},
    "guards": {"errors", "messages", "policies", "runs"},
    "views": {"crossed", "messages"},
    "families": {"crossed", "inference", "messages", "results"},
    "advice": {"policies", "reproducing", "results"},
    "reproducing": {"grids", "policies", "results", "runs"},
    "ranking": {
        "advice",
        "crossed",
        "families",
        "inference",
        "messages",
        "policies",
        "question",
        "results",
        "runs",
        "views",
    },
    "comparison": {"crossed", "guards", "messages", "question", "ranking", "results"},
    "figures": {"policies", "results", "runs"},
    "report": {
        "advice",
        "errors",
        "figures",
        "messages",
        "reproducing",
        "results",
        "storage",
    },
    "tables": {"plan", "policies", "runs"},
    "ranking_tables": {"results", "tables", "views"},
    "data": {"errors", "progress", "storage"},
    "runtime": set(),
    "backbones": {"errors", "runs", "runtime", "storage"},
    "features": {"backbones", "data", "errors", "progress", "runs", "storage"},
    "training": {"backbones", "data", "runs", "runtime", "seeding", "storage"},
    "preparation": {"backbones", "data", "features", "runs", "seeding", "training"},
    "outbox": {"errors", "storage"},
    "tracking": {
        "errors",
        "masking",
        "messages",
        "outbox",
        "outside",
        "process",
        "runs",
        "storage",
    },
    "artifacts": {"figures", "runs", "training"},
    "models": {
        "artifacts",
        "backbones",
        "errors",
        "preparation",
        "results",
        "storage",
        "training",
    },
    "single": {
        "artifacts",
        "data",
        "outbox",
        "preparation",
        "progress",
        "runs",
        "tracking",
        "training",
    },
    "study": {
        "artifacts",
        "comparison",
        "data",
        "models",
        "outbox",
        "plan",
        "policies",
        "preparation",
        "progress",
        "ranking_tables",
        "report",
        "results",
        "runs",
        "single",
        "tracking",
        "training",
    },
    "importing": {
        "data",
        "errors",
        "policies",
        "process",
        "progress",
        "runs",
        "storage",
        "tracking",
        "yaml_lines",
    },
    "options": {"errors", "question", "runs"},
    "import_commands": {"errors", "importing", "options", "terminal"},
    "doctor": {"errors", "storage", "tracking"},
    "serving": {"terminal", "tracking"},
    "cli": {
        "errors",
        "grids",
        "import_commands",
        "options",
        "outside",
        "policies",
        "process",
        "question",
        "runs",
        "terminal",
    },
    "__main__": {"cli"},
}


def part_of(module: str) -> str:
    """The name under which ARROWS knows a module: its own, or its package's."""
    return module.split(".")[1] if "." in module else module


def top_level_imports(file: Path) -> set[str]:
    """The modules that importing a file imports, as dotted names."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "lr_study":
                found |= {f"lr_study.{alias.name}" for alias in node.names}
    return found


def files_of(part: str) -> list[Path]:
    folder = PACKAGE / part
    return sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{part}.py"]


def test_every_module_has_its_place() -> None:
    parts = {
        path.stem if path.is_file() else path.name
        for path in PACKAGE.iterdir()
        if path.name not in ("__init__.py", "__pycache__", "py.typed")
    }
    assert parts == set(ARROWS)


def test_arrows_point_one_way() -> None:
    list(TopologicalSorter(ARROWS).static_order())


@pytest.mark.parametrize("part", sorted(ARROWS))
def test_imports_follow_the_arrows(part: str) -> None:
    imported = {
        part_of(name)
        for file in files_of(part)
        for name in top_level_imports(file)
        if name.startswith("lr_study.")
    }
    assert imported - {part} <= ARROWS[part]
    # An arrow that no import needs would let one grow unseen.
    assert ARROWS[part] <= imported


def test_policies_need_the_standard_library_alone() -> None:
    outside = {name.partition(".")[0] for name in top_level_imports(PACKAGE / "policies.py")}
    assert outside - set(sys.stdlib_module_names) == {"lr_study"}


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], ()),
        (["run", "--help"], ()),
        (["run", "fixed", "--epochs", "0"], ()),
        (["run", "fixed", "--data", "/nowhere"], ()),
        (["study", "--seeds", "x"], ()),
        (["import", "tensorboard", "/nowhere", "--experiment", "x"], ()),
    ],
)
def test_nothing_heavy_is_imported_on_the_way(arguments: list[str], allowed: tuple[str]) -> None:
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from lr_study import cli\n"
        "cli._run()\n"
        f"print(sorted(name for name in {HEAVY!r} if name in sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.splitlines()[-1] == str(list(allowed)), answer.stderr


def test_comparing_needs_no_tensorflow() -> None:
    code = (
        "import sys, lr_study.tracking.reading, lr_study.tables; print('tensorflow' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout == "False\n", answer.stderr


def test_files_stay_short() -> None:
    root = PACKAGE.parent
    files = [*PACKAGE.rglob("*.py"), *(root / "tests").rglob("*.py"), *root.glob("benchmarks/*.py")]
    long = {
        str(f.relative_to(root)): n for f in files if (n := len(f.read_text().splitlines())) > 400
    }
    assert long == {}


def test_no_name_collides_with_mlproject() -> None:
    names = [path.name for path in PACKAGE.parent.rglob("*") if ".venv" not in path.parts]
    assert [name for name in names if name.lower() == "mlproject"] == ["MLproject"]
