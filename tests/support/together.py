"""Who runs which test: what a file makes once, with a fixture of the module's scope, is made in one process.

pytest-xdist's own groups (`--dist loadgroup`) are told by changing a test's name, which pytest has not allowed since
9.2: they are asked for, nothing is said, and every process makes everything.
"""

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ONCE = 'scope="module"'


@cache
def together(file: Path) -> bool:
    """Whether the tests of a file belong together."""
    return ONCE in file.read_text(encoding="utf-8")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Test by test to whoever is free, but all tests of a file to one where it makes something once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if together(self.config.rootpath / file) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config) -> Together:
    """In the order in which they were collected: what takes minutes begins first (tests/conftest.py)."""
    config.option.loadscopereorder = False
    return Together(config)
