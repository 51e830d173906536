"""The only door: every verb it lists is there, a second run is quick, and without rights it says what to type."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERBS = {"demo", "test", "lint", "night", "bench", "serve", "packages", "help"}


def run(*arguments: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "run", *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )


def test_alone_it_lists_its_verbs() -> None:
    alone = run()

    assert alone.returncode == 0
    assert set(re.findall(r"^  (\w+)  ", alone.stdout, re.MULTILINE)) == VERBS
    assert run("help").stdout == alone.stdout


def test_a_verb_that_is_not_there_is_refused() -> None:
    refused = run("dance")

    assert refused.returncode == 2
    assert "there is no verb dance" in refused.stderr


def test_each_verb_asks_only_for_the_packages_that_it_needs() -> None:
    assert {"chromium", "chromium-headless-shell"} <= set(run("packages", "test").stdout.split())
    assert "postgresql" not in run("packages", "demo").stdout
    assert set(run("packages", "lint").stdout.split()) <= set(run("packages", "demo").stdout.split())


def test_a_second_run_is_ready_in_less_than_a_second(tmp_path: Path) -> None:
    house = with_stamp(tmp_path)

    before = computed_s()
    again = run("lint", root=house)

    assert computed_s() - before < 1, "on a machine that does nothing else"
    assert "installing" not in again.stderr
    assert again.stdout.split() == ["ruff", "ruff", "mypy", "lint-imports"]


def test_a_changed_lock_is_noticed(tmp_path: Path) -> None:
    house = with_stamp(tmp_path)
    with (house / "requirements.lock").open("a") as lock:
        lock.write("# one line more\n")

    again = run("lint", root=house)

    assert "installing Python packages" in again.stderr
    assert "sync -q --python .venv/bin/python --require-hashes requirements.lock" in again.stdout
    assert "installing" not in run("lint", root=house).stderr


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root, to give its rights up")
@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs Debian's package list")
def test_without_rights_it_prints_the_command_and_goes_on(open_folder: Path) -> None:
    house = with_stamp(open_folder)
    tools = open_folder / "tools"
    tools.mkdir()
    write_program(tools / "dpkg-query", "exit 1")

    stranger = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", house / "run", "lint"],
        capture_output=True,
        text=True,
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        timeout=60,
    )

    assert f"Please run: sudo apt-get install {run('packages', 'lint').stdout.strip()}" in stranger.stderr
    assert stranger.returncode == 0


def test_what_continuous_integration_calls_is_the_test_verb() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[
        -1
    ] == 'exec "$(dirname "${BASH_SOURCE[0]}")/../run" test </dev/null'
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def computed_s() -> float:
    """For how long all programs that ended so far have computed: however much else the machine has to do."""
    used = os.times()
    return used.children_user + used.children_system


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a stranger may read, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="house-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def with_stamp(folder: Path) -> Path:
    """A house whose set-up is done: the real door, with programs that only say their names."""
    house = folder / "house"
    (house / ".venv" / "bin").mkdir(parents=True)
    for name in ("run", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, house / name)
    for name in ("ruff", "mypy", "lint-imports"):
        write_program(house / ".venv" / "bin" / name, f"echo {name}")
    write_program(house / ".venv" / "bin" / "python", "exit 0")
    version = re.search(r"UV_VERSION=(.+)", (ROOT / "run").read_text())
    assert version is not None
    write_program(house / ".venv" / "bin" / "uv", f'[ "$1" = --version ] && echo uv {version[1]} || echo "$@"')
    stamp = subprocess.run(
        "cat requirements.lock pyproject.toml run | cksum", shell=True, cwd=house, capture_output=True
    )
    (house / ".venv" / "stamp").write_bytes(stamp.stdout)
    return house
