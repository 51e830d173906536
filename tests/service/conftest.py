"""The real service on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.core.facts import Details, Quantity, Step
from tests.core.story import DETAILS
from tests.support.home import Service
from tests.support.tools import PostgresCluster


@pytest.fixture
def tmp_path(quick_path: Path) -> Path:
    """Databases and journals of these tests are in memory, where there is room."""
    return quick_path


@pytest.fixture(scope="session")
def founded(cluster: PostgresCluster) -> str:
    """The name of a PostgreSQL database with a founded home; its tests have copies of it."""
    dsn = cluster.new_database()
    Service(dsn).close()
    return dsn.rpartition("/")[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn)
    yield running
    running.close()


@pytest.fixture(autouse=True)
def hall_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """The story as the shipped price list and the demo's places have it."""
    monkeypatch.setitem(
        DETAILS, Step.QUOTE, Details(items=(Quantity(item="hall_large", count=1), Quantity(item="flowers", count=2)))
    )
    monkeypatch.setitem(DETAILS, Step.SHELVE, Details(label="L0001", shelf="S-01"))
