"""A home with real stations around the real service on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.core.facts import StationKind as At
from tests.support.home import Service
from tests.terminal.desks import Desks
from tests.terminal.rig import Bench, Home
from tests.terminal.test_exchange import backup
from tests.terminal.way import booked


@pytest.fixture
def tmp_path(quick_path: Path) -> Path:
    """Databases and journals of these tests are in memory, where there is room."""
    return quick_path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    service = Service(f"sqlite:///{tmp_path / 'service.db'}")
    running = Home(service, tmp_path)
    yield running
    running.close()
    service.close()


@pytest.fixture
def desks(home: Home, tmp_path: Path) -> Iterator[Desks]:
    case_no, _ = booked(home)
    one, other = home.at(At.CASHIER), Bench(home.service, At.CASHIER, home.folder, other=1)
    for bench in (one, other):
        bench.exchange()
    backup(tmp_path / "service.db", tmp_path / "backup.db")
    yield Desks(home, case_no, one, other, tmp_path)
    other.close()


@pytest.fixture
def lost(home: Home, tmp_path: Path) -> Iterator[Desks]:
    """The backup is from before the case was booked, and cashiers' stations say first what they did for it."""
    one, other = home.at(At.CASHIER), Bench(home.service, At.CASHIER, home.folder, other=1)
    for bench in (one, other, home.at(At.BOOKING)):
        bench.exchange()
    backup(tmp_path / "service.db", tmp_path / "backup.db")
    case_no, _ = booked(home)
    one.exchange()
    other.exchange()
    yield Desks(home, case_no, one, other, tmp_path)
    other.close()
