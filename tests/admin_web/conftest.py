"""An office on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.api.app import Surface
from cardsvc.surfaces import create_service
from tests.service.conftest import hall_item
from tests.support.home import Service
from tests.support.serving import Served

__all__ = ["hall_item", "service"]


@pytest.fixture
def tmp_path(quick_path: Path) -> Path:
    """Databases and journals of these tests are in memory, where there is room."""
    return quick_path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()


@pytest.fixture
def office(service: Service) -> Iterator[str]:
    """The address of the console on a real server."""
    served = Served(create_service(list(Surface), service.context))
    yield f"{served.address}office/"
    served.close()
