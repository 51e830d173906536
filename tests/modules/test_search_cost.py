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
    assert found(many, "organisation", Wanted(**wanted)) == (count, count, False, count)


@pytest.mark.parametrize(("text", "count"), [("协会0007", 2), ("C1999", 11), ("无", 0)])
def test_a_search_by_what_links_lead_to_costs_what_it_finds(many: Service, text: str, count: int) -> None:
    with many.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO social_orgs_annual_inspection (home_id, id, county, version, made_at, made_by,"
            " changed_at, changed_by, organisation, year, due_on, state) SELECT home_id, id, county, version, made_at,"
            " made_by, changed_at, changed_by, id, 2025, '2026-05-31', 'waiting' FROM social_orgs_organisation"
        )
    to = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record("organisation"))

    assert found(many, "annual_inspection", Wanted(text=text, links={"organisation": to})) == (
        count,
        count,
        False,
        count,
    )


def test_a_filter_by_what_a_link_is_called_costs_what_it_finds(many: Service) -> None:
    to = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record("incubation_site"))
    only = {"kind": ("foundation",), "incubated_at": ("无",)}

    assert found(many, "organisation", Wanted(only=only, links={"incubated_at": to})) == (0, 0, False, 0)


def found(many: Service, record: str, wanted: Wanted) -> tuple[int, int, bool, int]:
    """What a list's search finds: its page's count and rows, whether more than 5,000, and all; by few steps."""
    where = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record(record))
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1_000
        return 0

    with many.context.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(tick, 1_000)
        page = paging.page(connection, many.context.vault, where, wanted)
        asked = paging.more_than(connection, many.context.vault, where, wanted, 5_000)
        whole = list(paging.every(connection, many.context.vault, where, wanted, 100))
        raw.set_progress_handler(None, 0)
    assert steps < FOUND_STEPS
    return page.count, len(page.rows), asked, len(whole)
