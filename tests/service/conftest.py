"""The real service on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.home import Service


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    dsn = (
        f"sqlite:///{tmp_path / 'onecard.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_dsn")
    )
    running = Service(dsn)
    yield running
    running.close()
