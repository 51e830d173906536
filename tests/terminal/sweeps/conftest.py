"""A world for the sweeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.sweeps.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    running = World(tmp_path)
    yield running
    running.close()
