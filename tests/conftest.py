"""Fixtures of the whole suite, and what a missing tool means: skipped here, failed under CI=true."""

import gc
import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from cardsvc.virtual_reader import stack
from tests.support import tools
from tests.support.process import Programs
from tests.support.together import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import Browsers, Pages

NEEDS = {
    "pcsc": tools.pcsc_missing,
    "postgres": tools.postgres_missing,
    "browser": tools.browser_missing,
    "viewer": tools.viewer_missing,
    "traced": tools.strace_missing,
    "softhsm": tools.softhsm_missing,
    "cups": tools.cups_missing,
}

PAGES = ("pages", "watched_page")

FIRST = ("tests/world/", "tests/terminal/sweeps/test_tear.py", "tests/terminal/test_kiosk.py", "tests/test_bench.py")
"""Single tests of minutes: begun at the end, one of two processes would wait for the other's."""

ONE_OF = 4
"""Of the tests of a file of one engine, one of so many is on PostgreSQL by day too: always the same ones."""

# A shared machine has no deadlines; `./run night` looks longer. A failing property prints how to replay it.
settings.register_profile("day", deadline=None, print_blob=True)
settings.register_profile("night", deadline=None, print_blob=True, max_examples=3_000)
settings.load_profile("day")


def part_of(ports: range, number: int, count: int) -> range:
    """The ports of one of so many processes."""
    size = len(ports) // count
    return ports[number * size : (number + 1) * size]


def is_night(config: pytest.Config) -> bool:
    return bool(config.getoption("--hypothesis-profile") == "night")


def pytest_configure(config: pytest.Config) -> None:
    """Garbage is looked for less often; by night there are pictures to look at.

    Who runs the tests in a shell's background has told them to ignore Ctrl-C; the programs that they start would too.
    Processes that run tests side by side take their ports from ranges of their own: between the looking for a port and
    the listening another one might take it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if (worker := getattr(config, "workerinput", None)) is not None:
        stack.FREE_PORTS = part_of(stack.FREE_PORTS, int(worker["workerid"].removeprefix("gw")), worker["workercount"])
    if is_night(config):
        os.environ.setdefault("PICTURES", "1")
    gc.set_threshold(50_000, 20, 100)


def of_night(item: pytest.Item) -> bool:
    """Whether a day leaves it out: marked `night`, or a repeat of what another engine or language shows."""
    marked = {one.name for one in item.iter_markers()}
    if {"one_engine", "postgres"} <= marked and zlib.crc32(item.nodeid.encode()) % ONE_OF:
        return True
    if "one_language" in marked and isinstance(item, pytest.Function):
        english = zlib.crc32(item.nodeid.partition("[")[0].encode()) % 2 == 0
        return (item.callspec.params["language"] == "en") is not english
    return "night" in marked


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A day leaves out what is of the night; what takes minutes begins first.

    Pages are opened after all else that a test asks for, and so closed before it: one that asks by itself would
    complain of a server that is gone.
    """
    for one in items:
        if isinstance(one, pytest.Function):
            one.fixturenames.sort(key=PAGES.__contains__)
    if not is_night(config):
        config.hook.pytest_deselected(items=[one for one in items if of_night(one)])
        items[:] = [one for one in items if not of_night(one)]
    items.sort(key=lambda one: next((n for n, path in enumerate(FIRST) if one.nodeid.startswith(path)), len(FIRST)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays loaded: the search for garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tool is missing, and say why; under CI=true that is a failure."""
    for marker, missing in NEEDS.items():
        if item.get_closest_marker(marker) is not None and (why := missing()) is not None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{marker}: {why}", pytrace=False)
            pytest.skip(f"{marker}: {why}")


@pytest.fixture
def night(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long form of the suite."""
    return is_night(request.config)


@pytest.fixture(scope="session")
def cluster() -> Iterator[tools.PostgresCluster]:
    """A throwaway PostgreSQL cluster of this test process."""
    with tools.PostgresCluster(tools.in_memory()) as running:
        yield running


@pytest.fixture
def postgres(cluster: tools.PostgresCluster) -> Iterator[tools.Databases]:
    """Makes databases of this test."""
    made = tools.Databases(cluster)
    yield made
    made.close()


@pytest.fixture
def postgres_dsn(postgres: tools.Databases) -> str:
    """A fresh, empty database."""
    return postgres.new_database()


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """`tmp_path` without a disk. A station's own program keeps no journal there: its tests use `tmp_path`."""
    with tools.quick_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def quick_home() -> Iterator[Path]:
    """The same, for all tests of a file together, which run in one process (tests/support/together.py)."""
    with tools.quick_folder() as folder:
        yield folder


@pytest.fixture
def free_port() -> int:
    """A TCP port that nobody listens on; `cardsvc.virtual_reader.stack.free_port` makes more."""
    return stack.free_port()


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Starts real programs; all are ended with the test."""
    running = Programs(tmp_path)
    yield running
    running.close()


@pytest.fixture(scope="session")
def browsers() -> "Iterator[Browsers]":
    """The headless browsers of this test process."""
    from tests.support.browser import browsers

    with browsers() as started:
        yield started


@pytest.fixture
def pages(request: pytest.FixtureRequest, browsers: "Browsers") -> "Iterator[Pages]":
    """Opens watched pages: `pages.open(language=..., width=...)`; what they complain of fails the test at its end.

    By night they are pages of the whole browser; by day of its shell, the same engine, where no viewer is needed.
    """
    from tests.support.browser import Pages

    viewer = request.node.get_closest_marker("viewer") is not None
    opened = Pages(browsers.running(whole=viewer or is_night(request.config)))
    yield opened
    opened.close()


@pytest.fixture
def watched_page(pages: "Pages") -> "Page":
    """One watched page in Chinese, 1280x800."""
    return pages.open()
