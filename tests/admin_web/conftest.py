"""An office on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.conftest import hall_item
from tests.support.home import Service

__all__ = ["hall_item", "service"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()
