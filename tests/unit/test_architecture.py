"""The import rules of README.md, checked on the source."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from engines import registry

ROOT = Path(__file__).parents[2]
HEAVY = {
    "matplotlib",
    "sympy",
    "mcp",
    "trafilatura",
    "ddgs",
    "llama_cpp",
    "faster_whisper",
    "ctranslate2",
    "onnxruntime",
    "av",
    "pocketsphinx",
    "espeakng_loader",
    "piper",
    "open_clip",
    "torch",
    "PIL",
    "pillow_heif",
    "pypdfium2",
    "resvg_py",
    "rapidocr",
    "cv2",
    "docx",
    "openpyxl",
    "pptx",
    "odf",
    "tokenizers",
}
RULES = [  # (these files, may not import any of)
    ("engines/**/*.py", {"app", "PySide6"}),
    ("app/store/**/*.py", {"PySide6", "app.views", "app.controllers"}),
    ("app/controllers/**/*.py", {"PySide6.QtWidgets", "PySide6.QtGui", "app.views"}),
    ("app/controllers/**/*.py", {"engines.host", "engines.worker", "engines.jail"}),
    ("app/views/**/*.py", {"app.store", "app.engine", "engines"}),
    ("app/**/*.py", HEAVY | {"numpy", "asyncio", "sqlite3"}),
    ("**/*.py", {"unittest.mock", "pickle"}),
]  # fmt: skip
TOP = {".ci", ".gitignore", "LICENSE", "README.md", "app", "engines", "packaging"}
TOP |= {"pyproject.toml", "resources", "tests"}
NAMELESS = {"utils", "helpers", "common", "base", "manager", "core", "misc"}


def sources(pattern: str = "**/*.py"):
    for file in ROOT.glob(pattern):
        if not {".venv", "build", "dist"} & set(file.relative_to(ROOT).parts):
            yield file


@cache
def imported(file: Path) -> tuple[str, ...]:
    """All that is imported anywhere in this file."""
    return tuple(imports(ast.walk(tree(file))))


def imports(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_run_time(node: ast.AST):
    """Every node but those under `if TYPE_CHECKING`, which only names a type."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"):
            yield child
            yield from at_run_time(child)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@pytest.mark.parametrize(("files", "forbidden"), RULES, ids=lambda v: v if type(v) is str else "")
def test_import_rule(files, forbidden):
    for file in sources(files):
        for name in imported(file):
            broken = [f for f in forbidden if name == f or name.startswith(f + ".")]
            assert not broken, f"{file.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("name", ["message", "senses", "messages"])
def test_messages_are_plain_data(name):
    allowed = {"typing", "msgspec", "engines.message", "engines.senses"}
    for found in imports(ast.walk(tree(ROOT / f"engines/{name}.py"))):
        assert any(found == one or found.startswith(f"{one}.") for one in allowed), found


def test_nothing_imports_the_window_but_the_command_line():
    for file in [*sources("app/**/*.py"), *sources("engines/**/*.py")]:
        found = [n for n in imported(file) if n.startswith("app.main")]
        assert not found or file.name == "__main__.py", file


def test_there_are_no_cycles():
    modules = {
        ".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f
        for folder in ("app", "engines")
        for f in sources(f"{folder}/**/*.py")
    }
    needs = {}
    for name, file in modules.items():
        found = set(imports(at_run_time(tree(file))))
        parents = {n.rpartition(".")[0] for n in found}
        needs[name] = {m for m in found | parents if m in modules and m != name}
    done: set[str] = set()
    while ready := {n for n in needs if n not in done and needs[n] <= done}:
        done |= ready
    left = sorted(set(needs) - done)
    assert not [n for n in left if n in _reaches(n, needs)], left


def _reaches(start, needs):
    seen, todo = set(), list(needs[start])
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += needs[name]
    return seen


def test_engines_are_found_without_loading_them():
    code = (
        "import sys; from engines import worker; worker.registry.all_specs(); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert not (HEAVY | {"PySide6", "numpy"}) & set(run.stdout.decode().split())


def test_a_worker_imports_its_own_engine_alone():
    """Importing all of them would be most of its start, and Parley starts several at once."""
    specs = registry.all_specs()
    assert all(registry.spec(name) is one for name, one in specs.items())
    code = (
        "import sys; from engines import worker; worker.registry.spec('web'); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    loaded = run.stdout.decode().split()
    others = [f"engines.{one.kind}.{name}" for name, one in specs.items() if name != "web"]
    assert "engines.tools.web" in loaded and not set(others) & set(loaded)


def test_the_command_line_imports_nothing_heavy():
    top = {name.split(".")[0] for name in imports(tree(ROOT / "app/__main__.py").body)}
    assert top <= set(sys.stdlib_module_names) | {"app"}


def test_rooms_have_names_and_stay_small():
    for file in [*sources("app/**/*.py"), *sources("engines/**/*.py")]:
        assert file.stem not in NAMELESS, file
        assert len(file.read_text("utf-8").splitlines()) <= 400, file
        if file.stat().st_size:
            assert ast.get_docstring(tree(file)), f"{file} does not say what it is"


def test_the_top_level_holds_only_what_belongs_there():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} <= TOP


def test_data_folders_are_not_packages():
    """A packaging/__init__.py would shadow the library of that name."""
    assert not list((ROOT / "packaging").glob("__init__.py"))
    assert not list((ROOT / "resources").rglob("*.py"))
