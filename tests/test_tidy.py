"""The house stays tidy: what cannot be said to a linter is read from the source here."""

import ast
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("cardsvc", "terminal", "admin_web")
OURS = {"build", "data", "dist", "htmlcov"}
"""Folders of the top that the door and the demo make; git ignores them."""
TEXT = {".py", ".md", ".toml", ".sql", ".json", ".html", ".css", ".js", ".lock", ".cfg", ".ini", ".txt", ".typ", ".yml"}
CORE_MAY_IMPORT = {"pydantic", "pydantic_core", "cryptography"}
CORE_MAY_NOT_IMPORT = {
    *("os", "pathlib", "io", "shutil", "tempfile", "glob", "subprocess", "multiprocessing", "threading", "asyncio"),
    *("socket", "ssl", "urllib", "http", "sqlite3", "random", "secrets", "time", "logging", "signal", "ctypes"),
}
NOT_PURE = {"cardsvc/core/words/__init__.py": "importlib.resources: reads the catalogues beside it once, at import"}


@cache
def files() -> tuple[Path, ...]:
    """Everything that is ours: not hidden, not made by a tool."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name == "__pycache__" or path.name.endswith(".egg-info") or (folder == ROOT and path.name in OURS):
            continue
        if path.name.startswith(".") and path.name not in (".ci", ".gitignore"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def product(suffix: str = ".py") -> list[Path]:
    return [path for path in files() if path.relative_to(ROOT).parts[0] in ROOMS and path.suffix == suffix]


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """The full names of the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_the_walk_sees_the_house() -> None:
    assert {name(path) for path in files()} >= {"run", "pyproject.toml", "cardsvc/core/tap.py", "tests/test_tidy.py"}
    assert not [path for path in files() if ".venv" in path.parts]


def test_no_file_of_the_product_is_longer_than_400_lines() -> None:
    assert [f"{name(path)}: {len(lines(path))}" for path in product() if len(lines(path)) > 400] == []


def test_every_room_says_its_purpose_in_one_sentence() -> None:
    for path in product():
        if path.name == "__init__.py":
            purpose = ast.get_docstring(tree(path)) or ""
            assert re.fullmatch(r"[^.\n]+(?:\.\w[^.\n]*)*\.", purpose), f"{name(path)}: {purpose!r}"


def test_every_file_opens_with_what_it_is() -> None:
    assert [name(path) for path in product() if not ast.get_docstring(tree(path))] == []


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|NotImpl" r"ementedError)\b")
    found = [
        f"{name(path)}:{number}"
        for path in files()
        if path.suffix in {".py", ".sql", ".js", ".css", ".html", ".toml", ".typ"} or path.name == "run"
        for number, line in enumerate(lines(path), 1)
        if "vendor" not in path.parts and marks.search(line)
    ]
    assert found == []


def test_no_error_is_swallowed_whole() -> None:
    broad = {"Exception", "BaseException"}
    found = []
    for path in product():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)} if node.type else broad
                silent = all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
                if node.type is None or (caught & broad and silent):
                    found.append(f"{name(path)}:{node.lineno}")
    assert found == []


def test_assertions_are_for_tests() -> None:
    found = [f"{name(p)}:{n.lineno}" for p in product() for n in ast.walk(tree(p)) if isinstance(n, ast.Assert)]
    assert found == []


def test_the_core_is_pure() -> None:
    allowed = (sys.stdlib_module_names - CORE_MAY_NOT_IMPORT) | CORE_MAY_IMPORT
    for path in product():
        if path.is_relative_to(ROOT / "cardsvc" / "core"):
            strange = {
                module
                for module in imports(path)
                if module.split(".")[0] not in allowed and not f"{module}.".startswith("cardsvc.core.")
            }
            assert strange == set(), name(path)
            reads = {module for module in imports(path) if module.startswith("importlib.resources")}
            assert not reads or name(path) in NOT_PURE, name(path)


def test_no_file_names_a_place_that_packages_come_from() -> None:
    # A lock or a page that names a registry's host ties every machine to that one network.
    hosts = re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmmirror|tuna\.tsinghua|mirrors\.aliyun|deb\.debian"
    )
    found = [
        name(path)
        for path in files()
        if (path.suffix in TEXT or not path.suffix) and path != Path(__file__)
        if hosts.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_tests_use_real_things() -> None:
    tests = [path for path in files() if path.relative_to(ROOT).parts[0] == "tests" and path.suffix == ".py"]
    assert len(tests) > 10
    mocks = {"unittest.mock", "mock", "pytest_mock"}
    assert [name(path) for path in tests if imports(path) & mocks or "from unittest import mock" in lines(path)] == []


def folders(room: Path) -> set[str]:
    """The folders of code directly in a room."""
    return {name(path.parent) for path in room.glob("*/__init__.py")}


def test_the_page_on_architecture_names_every_room_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {found.rstrip("/") for found in re.findall(r"`([\w./-]+/)`", page)}
    rooms = {path.relative_to(ROOT).parts[0] for path in files() if len(path.relative_to(ROOT).parts) > 1}
    rooms |= {folder for room in ROOMS for folder in folders(ROOT / room)} | folders(ROOT / "cardsvc" / "core")

    assert rooms - named == set(), "rooms that the page does not name"
    assert {folder for folder in named if not (ROOT / folder).is_dir()} == set(), "folders that are not there"


def test_every_decision_has_a_number_a_status_and_a_date() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = []
    for record in records:
        text = record.read_text(encoding="utf-8")
        title = re.match(r"# (\d{4}) \S", text)
        assert title, f"{record.name}: title"
        assert record.name.startswith(f"{title[1]}-"), record.name
        assert re.search(r"^Status: (accepted|replaced by \d{4}) · Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE), (
            record.name
        )
        numbers.append(title[1])
    assert len(set(numbers)) == len(numbers), "a number is taken twice"


def test_every_vendored_file_has_a_version_and_its_checksum() -> None:
    """`vendor/VENDORED.toml` has a table for each file beside it: version, source, licence and sha256."""
    for path in files():
        if "vendor" in path.parts and path.name != "VENDORED.toml":
            entry = tomllib.loads((path.parent / "VENDORED.toml").read_text(encoding="utf-8"))[path.name]
            assert {"version", "source", "licence"} <= {key for key, value in entry.items() if value}, name(path)
            assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), name(path)
