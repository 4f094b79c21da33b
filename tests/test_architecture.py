"""The architecture in docs/architecture.md: packages, what they export, which may import which."""

import ast
import importlib
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lr_study"
HEAVY = ("tensorflow", "keras", "mlflow", "matplotlib", "scipy", "pandas", "sklearn", "kagglehub")

# Package -> the packages that it imports, at the top of a module or inside a function.
ARROWS = {
    "support": set(),
    "policies": {"support"},
    "data": {"support"},
    "runs": {"policies", "support"},
    "features": {"data", "runs", "support"},
    "comparison": {"policies", "runs", "support"},
    "training": {"features", "policies", "runs", "support"},
    "report": {"comparison", "policies", "runs", "support"},
    "tracking": {"comparison", "policies", "report", "runs", "support"},
    "importing": {"policies", "runs", "support", "tracking"},
    "studies": {
        "comparison",
        "data",
        "features",
        "policies",
        "report",
        "runs",
        "support",
        "tracking",
        "training",
    },
    "cli": {
        "comparison",
        "importing",
        "policies",
        "report",
        "runs",
        "studies",
        "support",
        "tracking",
    },
}


def imports_of(file: Path) -> set[tuple[str, str]]:
    """Every import of ours in a file, wherever it stands, as (module, name or nothing)."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {(node.module, alias.name) for alias in node.names}
    return {(module, name) for module, name in found if module.partition(".")[0] == "lr_study"}


def package_of(module: str, name: str) -> str:
    """The package of `lr_study` that an import reaches; empty for `lr_study` itself."""
    parts = [*module.split("."), name][1:]
    return parts[0] if parts and parts[0] in ARROWS else ""


def files_of(package: str) -> list[Path]:
    return sorted((PACKAGE / package).rglob("*.py"))


def test_every_module_is_in_a_package() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}
    assert packages == set(ARROWS)


def test_arrows_point_one_way() -> None:
    list(TopologicalSorter(ARROWS).static_order())


@pytest.mark.parametrize("package", ARROWS)
def test_imports_follow_the_arrows(package: str) -> None:
    imported = {package_of(*found) for file in files_of(package) for found in imports_of(file)}
    # Equal, not less: an arrow that no import needs would let one grow unseen.
    assert imported - {package, ""} == ARROWS[package]


@pytest.mark.parametrize("package", ARROWS)
def test_packages_use_only_what_others_export(package: str) -> None:
    inside = []
    for file in files_of(package):
        for module, name in imports_of(file):
            other = package_of(module, name)
            if other in ("", package):
                continue
            exported = importlib.import_module(f"lr_study.{other}").__all__
            if module != f"lr_study.{other}" or name not in exported:
                inside.append(f"{file.relative_to(ROOT)}: {module} {name}")
    assert inside == []


@pytest.mark.parametrize("package", ARROWS)
def test_a_package_says_what_it_is_for_and_exports_what_exists(package: str) -> None:
    module = importlib.import_module(f"lr_study.{package}")
    assert module.__doc__ is not None
    assert "In:" in module.__doc__
    assert "Out:" in module.__doc__
    assert module.__all__
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_completion_shows_the_public_api_and_nothing_else() -> None:
    import lr_study

    assert dir(lr_study) == sorted(lr_study.__all__, key=str)
    for name in lr_study.__all__:
        assert getattr(lr_study, name) is not None


def test_policies_need_the_standard_library_alone() -> None:
    tops = {
        (node.module or "").partition(".")[0]
        for file in files_of("policies")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert tops - set(sys.stdlib_module_names) == {"lr_study"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["run", "fixed", "--epochs", "0"],
        ["run", "fixed", "--data", "/nowhere"],
        ["study", "--seeds", "x"],
        ["import", "tensorboard", "/nowhere", "--experiment", "x"],
    ],
)
def test_nothing_heavy_is_imported_on_the_way(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from lr_study.cli import app\n"
        "app._run()\n"
        f"print(sorted(name for name in {HEAVY!r} if name in sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert answer.stdout.splitlines()[-1] == "[]", answer.stderr


def test_comparing_needs_no_tensorflow() -> None:
    code = (
        "import sys, lr_study; from lr_study.report import FORMATS\n"
        "lr_study.load_runs, lr_study.compare; print('tensorflow' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert answer.stdout == "False\n", answer.stderr


def test_text_files_and_pipes_name_their_encoding() -> None:
    """The locale's is another one elsewhere, and may lack a character of a report."""
    files = [
        path
        for where in ("lr_study", "tests", "benchmarks", "scripts")
        for path in (ROOT / where).rglob("*.py")
    ]
    unnamed = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in files
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and not names_encoding(call)
    ]
    assert unnamed == []


_NO_TEXT = ("os", "Image", "tarfile")


def names_encoding(call: ast.Call) -> bool:
    """Whether a call names an encoding, or needs none."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if "encoding" in given or None in given:
        return True
    if name in ("read_text", "write_text"):
        return False
    if name == "open" and ast.unparse(call.func).partition(".")[0] not in (
        "os",
        "Image",
        "tarfile",
    ):
        mode = [ast.unparse(value) for value in (*call.args[-1:], *given.values())]
        return any("b" in text.strip("'") and text.startswith("'") for text in mode) or (
            "file" in mode  # by a variable
        )
    return "text" not in given or name not in ("run", "Popen", "check_output")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("path.read_text()", False),
        ("path.write_text(x)", False),
        ("path.write_text(x, encoding='utf-8')", True),
        ("path.open()", False),
        ("path.open('a')", False),
        ("open(path, 'w')", False),
        ("open(path, 'rb')", True),
        ("path.open('wb')", True),
        ("os.open(path, 0)", True),
        ("subprocess.run(x, text=True)", False),
        ("subprocess.run(x, capture_output=True)", True),
    ],
)
def test_calls_that_name_an_encoding_are_known(call: str, named: bool) -> None:
    (statement,) = ast.parse(call).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert names_encoding(statement.value) is named


def test_files_stay_short() -> None:
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *ROOT.glob("benchmarks/*.py")]
    long = {
        str(f.relative_to(ROOT)): n
        for f in files
        if (n := len(f.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_name_collides_with_mlproject() -> None:
    names = [path.name for path in ROOT.rglob("*") if ".venv" not in path.parts]
    assert [name for name in names if name.lower() == "mlproject"] == ["MLproject"]
