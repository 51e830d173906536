"""What the tests stand on is tested too: a watch that never barks proves nothing."""

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from cardsvc.virtual_reader.stack import free_port
from tests.support.process import ROOT, Programs
from tests.support.tools import Databases

if TYPE_CHECKING:
    from tests.support.browser import Browsers, Pages


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "calm.html").write_text(
        "<meta charset=utf-8><link rel=icon href=data:,><h1>平安</h1>", encoding="utf-8"
    )
    (tmp_path / "loud.html").write_text("<link rel=icon href=data:,><script>console.error('broken')</script>")
    (tmp_path / "throws.html").write_text("<link rel=icon href=data:,><script>null.x</script>")
    (tmp_path / "far.html").write_text("<link rel=icon href=data:,><img src='http://192.0.2.1/x.png'>")
    (tmp_path / "lost.html").write_text("<link rel=icon href=data:,><img src='missing.png'>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.mark.browser
def test_a_calm_page_passes(pages: "Pages", site: str) -> None:
    page = pages.open()
    page.goto(f"{site}/calm.html")

    assert page.locator("h1").inner_text() == "平安"
    assert page.evaluate("navigator.language") == "zh-CN"


@pytest.mark.browser
@pytest.mark.viewer
def test_what_pages_are_tested_with_by_day_is_the_engine_that_people_have(browsers: "Browsers") -> None:
    assert browsers.running().version == browsers.running(whole=True).version


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "complaint"),
    [("loud", "broken"), ("throws", "script"), ("far", "another host"), ("lost", "404")],
)
def test_a_page_that_complains_fails_its_test(browsers: "Browsers", site: str, name: str, complaint: str) -> None:
    from tests.support.browser import Pages

    pages = Pages(browsers.running())
    pages.open().goto(f"{site}/{name}.html", wait_until="commit" if name == "far" else "load")
    until = time.monotonic() + 60
    while not pages.watch.wrong and time.monotonic() < until:
        pages.open().close()

    with pytest.raises(AssertionError, match=complaint):
        pages.close()

    pages.watch.expect(".")
    assert (pages.watch.left() == []) is (name in ("loud", "lost"))


@pytest.mark.postgres
def test_each_database_is_fresh_and_the_server_is_honest(postgres: Databases) -> None:
    first, second = create_engine(postgres.new_database()), create_engine(postgres.new_database())
    with first.begin() as tx:
        tx.execute(text("CREATE TABLE here (n int)"))
    with second.begin() as tx:
        assert tx.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'here'")) == 0
        assert tx.scalar(text("SHOW fsync")) == "on"
        assert tx.scalar(text("SHOW synchronous_commit")) == "on"
    first.dispose()
    second.dispose()

    copy = create_engine(postgres.new_database(like=first.url.database or ""))

    with copy.begin() as tx:
        assert tx.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'here'")) == 1
    copy.dispose()


def test_a_program_is_waited_for_and_ended(programs: Programs) -> None:
    talker = programs.start("talker", sys.executable, "-uc", "import time; print('ready'); time.sleep(60)")
    assert "ready" in talker.wait_for("ready")

    assert talker.stop() != 0

    with pytest.raises(AssertionError, match="ended with 3"):
        programs.start("ends", sys.executable, "-c", "raise SystemExit(3)").wait_for("never")


@pytest.mark.parametrize(("ci", "status", "word"), [("", 0, "1 skipped"), ("true", 1, "1 error")])
def test_a_missing_tool_is_a_skip_with_its_reason_and_under_ci_a_failure(
    tmp_path: Path, ci: str, status: int, word: str
) -> None:
    one = "tests/terminal/readers/test_readers.py::test_a_tap_goes_through_the_real_daemon"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", one, "-p", "no:cacheprovider"],
        env={"PATH": str(tmp_path), "CI": ci},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == status, done.stdout
    assert word in done.stdout
    assert "pcsc: " in done.stdout


def test_a_free_port_is_none_that_an_outgoing_connection_can_take() -> None:
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    assert all(free_port() < lowest_outgoing for _ in range(50))


def test_what_a_file_makes_once_is_made_in_one_process_and_other_tests_go_to_whoever_is_free(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.support.together import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler\n"
    )
    asking = "import os, time\nimport pytest\n{fixture}\n@pytest.mark.parametrize('n', range(6))\n" + (
        "def test_one({uses}n):\n    time.sleep(0.2)\n"
        "    open('{name}', 'a').write(os.environ['PYTEST_XDIST_WORKER'] + ' ')\n"
    )
    once = '@pytest.fixture(scope="module")\ndef made():\n    open("made", "a").write("made ")\n'
    (tmp_path / "test_once.py").write_text(asking.format(fixture=once, uses="made, ", name="once"))
    (tmp_path / "test_free.py").write_text(asking.format(fixture="", uses="", name="free"))

    command = [sys.executable, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300
    )

    assert "12 passed" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / "made").read_text() == "made "
    assert len(set((tmp_path / "once").read_text().split())) == 1
    assert len(set((tmp_path / "free").read_text().split())) == 2
