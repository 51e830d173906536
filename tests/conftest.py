"""Fixtures of the whole suite, and what a missing tool means: skipped here, failed under CI=true."""

import os
from collections.abc import Generator

import pytest

from tests.support import tools

NEEDS = {"pcsc": tools.pcsc_missing, "postgres": tools.postgres_missing, "browser": tools.browser_missing}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, missing in NEEDS.items():
        if item.get_closest_marker(marker) is not None and (why := missing()) is not None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{marker}: {why}", pytrace=False)
            pytest.skip(f"{marker}: {why}")


@pytest.fixture(scope="session")
def postgres() -> Generator["tools.PostgresCluster", None, None]:
    """A throwaway PostgreSQL cluster of this test process."""
    with tools.PostgresCluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_dsn(postgres: "tools.PostgresCluster") -> str:
    """A fresh, empty database."""
    return postgres.new_database()
