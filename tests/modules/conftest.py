"""An office with a module of tests, on both engines; and its people: leader 1051, clerk 1052, county clerk 1053."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.api.app import Surface
from cardsvc.core.ids import StaffNo
from cardsvc.surfaces import create_service
from tests.service.conftest import founded
from tests.support import sample_module
from tests.support.granting import grant
from tests.support.home import Service
from tests.support.serving import Served

__all__ = ["founded"]
LEADER, CLERK, COUNTY = StaffNo("1051"), StaffNo("1052"), StaffNo("1053")


def begun(dsn: str) -> Iterator[Service]:
    running = Service(dsn, modules=(sample_module.MODULE,))
    for one in (CLERK, COUNTY):
        grant(running, one, ["sample"])
    yield running
    running.close()


@pytest.fixture
def tmp_path(quick_path: Path) -> Path:
    """Databases and journals of these tests are in memory, where there is room."""
    return quick_path


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Service]:
    """On SQLite: what pages do is the same on both engines."""
    yield from begun(f"sqlite:///{tmp_path / 'onecard.db'}")


@pytest.fixture
def served(bureau: Service) -> Iterator[Served]:
    """Its console on a real server."""
    running = Served(create_service([Surface.OFFICE], bureau.context))
    yield running
    running.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """On each engine: what the database itself answers."""
    if request.param == "sqlite":
        yield from begun(f"sqlite:///{tmp_path / 'onecard.db'}")
    else:
        yield from begun(request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded")))
