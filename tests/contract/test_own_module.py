"""A module of one's own by docs/modules.md, and a module that is deleted as a folder: in a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from cardsvc import modules
from cardsvc.core.plug import discover
from cardsvc.modules import Module
from tests.support.process import ROOT

BEING_WRITTEN = shutil.ignore_patterns("*.pyc.*")
"""Another process of tests compiles beside us: such a file has another name in a moment."""
NAMES = sorted(discover(modules, "MODULE", Module))


@pytest.fixture
def copied(quick_path: Path) -> Path:
    """A copy of what the service runs on, with what is compiled of it."""
    for room in ("cardsvc", "admin_web"):
        shutil.copytree(ROOT / room, quick_path / room, ignore=BEING_WRITTEN)
    shutil.copy(ROOT / "schema.sql", quick_path)
    return quick_path


def run(copied: Path, *command: str) -> str:
    """A program of the copy; what it printed."""
    environment = os.environ | {"PYTHONPATH": f"{copied}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=copied, env=environment, capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def walked(copied: Path) -> list[str]:
    """The modules that the copy finds, each page of which was opened."""
    return run(copied, "tests.support.walk_modules", f"sqlite:///{copied / 'onecard.db'}").split()


def test_the_template_of_the_page_is_a_module_by_the_steps_of_the_page(copied: Path) -> None:
    page = (ROOT / "docs" / "modules.md").read_text(encoding="utf-8")
    template = re.search(r"## The template\n\n```python\n(.*?)```", page, re.DOTALL)
    assert template is not None
    folder, dsn = copied / "cardsvc" / "modules" / "marriage", f"sqlite:///{copied / 'try.db'}"
    folder.mkdir()
    (folder / "schema.sql").touch()
    (folder / "__init__.py").write_text(template[1], encoding="utf-8")

    (folder / "schema.sql").write_text(run(copied, "cardsvc", "module", "sql", "marriage"), encoding="utf-8")
    run(copied, "cardsvc", "migrate", "--dsn", dsn)

    engine = create_engine(dsn)
    assert inspect(engine).has_table("marriage_register")
    engine.dispose()
    assert walked(copied) == sorted([*NAMES, "marriage"])


@pytest.mark.parametrize("name", NAMES)
def test_a_module_s_folder_is_deleted_and_everything_else_opens(name: str, copied: Path, night: bool) -> None:
    if name not in ("burial_reform", "veterans") and not night:  # trail and graves; payments and waivers
        pytest.skip("by day the two that cases ask")
    shutil.rmtree(copied / "cardsvc" / "modules" / name)

    assert walked(copied) == [one for one in NAMES if one != name]
