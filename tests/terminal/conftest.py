"""A home with real stations around the real service on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.home import Service
from tests.terminal.rig import Home


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
