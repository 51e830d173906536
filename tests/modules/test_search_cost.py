"""A search of a list costs what it finds, not what there is: by steps of the database's machine, not by a clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.rows import filled
from cardsvc.commands.ground import plugged
from cardsvc.rows import paging
from cardsvc.rows.keeping import Where
from cardsvc.rows.matching import Wanted
from tests.support.home import Service

MANY = 20_000
FOUND_STEPS = 80_000
"""A page, its count and what an export asks take less; reading every row once takes more."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    module = plugged()["social_orgs"]
    service = Service(f"sqlite:///{tmp_path_factory.mktemp('many') / 'onecard.db'}", modules=(module,))
    filled(service.context.engine, MANY, datetime(2026, 11, 2, tzinfo=UTC))
    yield service
    service.close()


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"text": "协会0007"}, 2),
        ({"text": "协会0007", "sort": "name"}, 2),
        ({"text": "协会0007", "sort": "registered_on", "down": True}, 2),
        ({"text": "C1999"}, 11),
        ({"text": "C1999", "county": "330324"}, 1),
        ({"text": "无"}, 0),
        ({"text": "C1999", "only": {"kind": ("foundation",)}}, 5),
    ],
)
def test_a_search_costs_what_it_finds(many: Service, wanted: dict[str, Any], count: int) -> None:
    where = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record("organisation"))
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1_000
        return 0

    with many.context.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(tick, 1_000)
        page = paging.page(connection, many.context.vault, where, Wanted(**wanted))
        asked = paging.more_than(connection, many.context.vault, where, Wanted(**wanted), 5_000)
        whole = list(paging.every(connection, many.context.vault, where, Wanted(**wanted), 100))
        raw.set_progress_handler(None, 0)
    assert (page.count, len(page.rows), asked, len(whole)) == (count, count, False, count)
    assert steps < FOUND_STEPS
