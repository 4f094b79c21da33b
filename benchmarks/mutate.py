"""How many small faults, put into the pure modules one at a time, do tests notice?

Each mutant differs from a module in one place: a comparison, a sign, a constant, a statement left
out. It is put into a copy of the repository and tested by the files that ``mutants.yaml`` names, in
a fork of a process that has imported the slow packages once. Which mutants are tried is decided by
a hash of their text: the same ones each time, whatever changes elsewhere in a module. Mutants that
do what the module does are listed in ``mutants.yaml`` too, and left out of the score.

    python benchmarks/mutate.py                        # all modules, minutes
    python benchmarks/mutate.py comparison/advice.py   # these modules
"""

import argparse
import ast
import copy
import difflib
import hashlib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = Path(__file__).with_name("mutants.yaml")
EXAMPLES = "tests/test_docstring_examples.py::test_examples_give_what_they_show"
SEED = 20261125
MAX_PER_LINE = 2
PRELOADED = ("hypothesis", "mlflow", "pytest", "scipy.stats", "pandas", "sklearn.cluster")

_OPERATORS = {
    "Lt": "LtE Gt", "LtE": "Lt Gt", "Gt": "GtE Lt", "GtE": "Gt Lt", "Eq": "NotEq", "NotEq": "Eq",
    "Is": "IsNot", "IsNot": "Is", "In": "NotIn", "NotIn": "In", "And": "Or", "Or": "And",
    "Add": "Sub", "Sub": "Add", "Mult": "Div", "Div": "Mult", "FloorDiv": "Mult", "Mod": "Mult",
    "Pow": "Mult", "BitOr": "BitAnd", "BitAnd": "BitOr",
}  # fmt: skip
_PAIRS = (
    *("min max", "any all", "floor ceil", "mean sum", "startswith endswith", "minimum maximum"),
    *("nanmean nansum", "argmin argmax", "nanmin nanmax", "first last", "zeros ones"),
)
_RENAMED = {a: b for pair in _PAIRS for a, b in (pair.split(), reversed(pair.split()))}
_NOT_MUTATED = (ast.Raise, ast.Import, ast.ImportFrom, ast.arg)
_FIELDS_NOT_MUTATED = ("annotation", "returns", "decorator_list", "bases", "type_comment")


@dataclass(frozen=True)
class Mutant:
    """A module with one change; ``was`` and ``becomes`` are the lines that differ."""

    line: int
    was: str
    becomes: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    original = ast.unparse(tree).splitlines()
    for owner, field, index, node in list(_places(tree)):
        for changed in _changes(node, field):
            ast.copy_location(changed, node)
            _put(owner, field, index, changed)
            text = ast.unparse(ast.fix_missing_locations(tree))
            _put(owner, field, index, node)
            diff = [*difflib.unified_diff(original, text.splitlines(), n=0, lineterm="")][3:]
            was, becomes = (
                " ".join(line[1:].strip() for line in diff if line[0] == sign) for sign in "-+"
            )
            if diff:
                yield Mutant(node.lineno, was, becomes, text + "\n")


def sample(found: Sequence[Mutant], module: str, most: int) -> list[Mutant]:
    """Choose mutants by a hash of their text, of a line at most `MAX_PER_LINE`."""

    def place(mutant: Mutant) -> str:
        text = f"{SEED} {module} {mutant.was} {mutant.becomes}"
        return hashlib.sha256(text.encode()).hexdigest()

    chosen: list[Mutant] = []
    lines: Counter[int] = Counter()
    for mutant in sorted(found, key=place):
        if len(chosen) < most and lines[mutant.line] < MAX_PER_LINE:
            lines[mutant.line] += 1
            chosen.append(mutant)
    return chosen


def _places(owner: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below ``owner`` that may change, with where it stands."""
    for field, value in ast.iter_fields(owner):
        if field in _FIELDS_NOT_MUTATED:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(node, ast.AST) or _is_docstring(node) or _is_for_types(node):
                continue
            if hasattr(node, "lineno"):
                yield owner, field, index, node
            if not isinstance(node, _NOT_MUTATED):
                yield from _places(node)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _put(owner: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(owner, field, node)
    else:
        getattr(owner, field)[index] = node


def _changes(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if field == "test" and not isinstance(node, ast.Constant):
        yield ast.UnaryOp(ast.Not(), node)
    if field == "ifs":
        yield ast.Constant(True)
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in _other_operators(op):
                    yield _with(node, ops=[*ops[:i], other, *ops[i + 1 :]])
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
            for other in _other_operators(op):
                yield _with(node, op=other)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value * 2 if isinstance(value, float) else value - 1)
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Expr() | ast.Raise() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Return(value=ast.AST() as value) if not _is_none(value):
            yield ast.Return(ast.Constant(None))
    if isinstance(node, ast.AugAssign):
        yield ast.Pass()


def _other_operators(op: ast.AST) -> list[ast.AST]:
    return [getattr(ast, name)() for name in _OPERATORS.get(type(op).__name__, "").split()]


def _changed_calls(node: ast.Call) -> Iterator[ast.AST]:
    first_two = node.args[:2]
    if len(first_two) == 2 and not any(isinstance(arg, ast.Starred) for arg in first_two):
        yield _with(node, args=[*reversed(first_two), *node.args[2:]])
    for keyword in node.keywords:
        # It guards a zip of equal lengths, which no test can make unequal.
        if keyword.arg not in (None, "strict"):
            yield _with(node, keywords=[other for other in node.keywords if other is not keyword])
    function = node.func
    if isinstance(function, ast.Name) and function.id in _RENAMED:
        yield _with(node, func=ast.Name(_RENAMED[function.id], ast.Load()))
    if isinstance(function, ast.Attribute) and function.attr in _RENAMED:
        yield _with(node, func=_with(function, attr=_RENAMED[function.attr]))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def passes(folder: Path, tests: Sequence[str], timeout: float) -> bool:
    """Whether the tests of a copy of the repository pass, in a fork of this process."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setsid()
            output = os.open(folder.with_name("output"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            for stream in (0, 1, 2):
                os.dup2(output, stream)
            os.chdir(folder)
            os.environ["PYTHONPATH"] = str(folder)
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            sys.dont_write_bytecode = True
            sys.path[:0] = [str(folder)]
            import pytest

            arguments = ["-x", "-q", "-p", "no:cacheprovider"]
            # Of hypothesis, which is imported already.
            arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
            code = pytest.main([*arguments, *tests])
        finally:
            os._exit(int(code))
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def survivors(
    folder: Path, module: Path, chosen: Sequence[Mutant], tests: Sequence[str]
) -> list[Mutant]:
    """Return the mutants of a module that the tests of a copy of the repository do not notice."""
    source = module.read_text(encoding="utf-8")
    began = time.monotonic()
    if not passes(folder, tests, 600):
        print(folder.with_name("output").read_text(encoding="utf-8"), file=sys.stderr)
        raise SystemExit(f"the tests of {module.relative_to(folder)} fail without any mutant")
    timeout = 10 + 5 * (time.monotonic() - began)
    alive = []
    for mutant in chosen:
        module.write_text(mutant.source, encoding="utf-8")
        if passes(folder, tests, timeout):
            alive.append(mutant)
    module.write_text(source, encoding="utf-8")
    return alive


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="of lr_study/; all of mutants.yaml by default")
    parser.add_argument("--most", type=int, default=8, help="mutants of a module")
    parser.add_argument("--least", type=float, default=95, help="percent; exit code 1 below")
    parser.add_argument("--survivors", type=Path, default=ROOT / ".venv" / "survivors.diff")
    options = parser.parse_args()
    for name in PRELOADED:
        importlib.import_module(name)
    listed = yaml.safe_load(MUTANTS.read_text(encoding="utf-8"))
    known = {(entry["module"], entry["was"], entry["becomes"]) for entry in listed["equivalent"]}
    total: Counter[str] = Counter()
    options.survivors.write_text("", encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="lr-study-mutants-") as temporary:
        folder = Path(temporary) / "lr-study"
        hidden = shutil.ignore_patterns(".*", "__pycache__", "*.db", "mlruns")
        shutil.copytree(ROOT, folder, ignore=hidden)
        print(f"{'module':30}  mutants  killed  survived  equivalent  score")
        for name in options.modules or listed["modules"]:
            path = folder / "lr_study" / name
            chosen = sample([*mutants(path.read_text(encoding="utf-8"))], name, options.most)
            tests = [f"tests/{test}" for test in listed["modules"][name].split()]
            if ">>>" in path.read_text(encoding="utf-8"):
                tests.insert(0, f"{EXAMPLES}[{name}]")
            alive = survivors(folder, path, chosen, tests)
            holes = [m for m in alive if (name, m.was, m.becomes) not in known]
            counts = Counter(
                mutants=len(chosen), survived=len(holes), equivalent=len(alive) - len(holes)
            )
            total += counts
            _print(name, counts)
            with options.survivors.open("a", encoding="utf-8") as file:
                for m in holes:
                    file.write(f"@@ lr_study/{name}:{m.line}\n- {m.was}\n+ {m.becomes}\n")
    _print("all", total)
    if _score(total) < options.least:
        sys.exit(f"below {options.least:g} %: see {options.survivors}")


def _score(counts: Counter[str]) -> float:
    distinct = counts["mutants"] - counts["equivalent"]
    return 100 * (1 - counts["survived"] / distinct) if distinct else 100.0


def _print(name: str, counts: Counter[str]) -> None:
    killed = counts["mutants"] - counts["survived"] - counts["equivalent"]
    print(
        f"{name:30}  {counts['mutants']:7}  {killed:6}  {counts['survived']:8}"
        f"  {counts['equivalent']:10}  {_score(counts):4.0f} %",
        flush=True,
    )


if __name__ == "__main__":
    main()
