"""A search of a list costs what it finds, not what there is: by steps of the database's machine, not by a clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from bench.rows import filled
from cardsvc.commands.ground import plugged
from cardsvc.core.figures import Count, When
from cardsvc.core.reporting import Period
from cardsvc.rows import paging
from cardsvc.rows.counting import Counter
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


def test_a_figure_of_last_year_costs_a_few_times_that_of_this(many: Service) -> None:
    """Where every twentieth row changed since: looking through those from each row would cost a hundred times."""
    module = plugged()["social_orgs"]
    changed_since(many)
    figure = Count("organisation", {"status": "active", "kind": "association"}, When.BY_THEN)

    def counted(last: date) -> int:
        counter = Counter(connection, many.context.home_id, module)
        return steps_of(connection, lambda: counter.value(figure, Period(date(2025, 1, 1), last)))

    with many.context.engine.connect() as connection:
        now, then = counted(date(2026, 6, 30)), counted(date(2025, 6, 30))
    assert then < 4 * now, (now, then)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"sort": "name"},
        {"county": "330324", "sort": "name"},
        {"only": {"kind": ("association",)}, "sort": "registered_on"},
        {"only": {"status": ("active",), "kind": ("association",)}},
        {"only": {"status": ("cancelled",)}},
        {"only": {"kind": ("foundation",), "incubated_at": ("0" * 32,)}},
        {"text": "C1999"},
    ],
)
def test_a_list_of_a_day_costs_a_few_times_that_of_now(many: Service, wanted: dict[str, Any]) -> None:
    """Where every twentieth row changed since: joined with all that changed, a page of fifty rows took 4,000,000."""
    changed_since(many)
    where = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record("organisation"))
    with many.context.engine.connect() as connection:

        def took(as_of: date | None) -> int:
            asked = Wanted(**wanted, as_of=as_of)
            return steps_of(connection, lambda: paging.page(connection, many.context.vault, where, asked))

        now, then = took(None), took(date(2025, 6, 30))
    assert then < 5 * now + 20_000, (now, then)


def changed_since(many: Service) -> None:
    """Every twentieth organisation was in force until March 2026."""
    lines = (
        "INSERT INTO module_history SELECT home_id, 'social_orgs', 'organisation', id, 2, 'status', 'active', status,"
        " made_at, 'x', NULL, '', 1, '2026-03-01' FROM social_orgs_organisation"
        " WHERE CAST(substr(id, 20) AS BIGINT) % 20 = 0 ON CONFLICT DO NOTHING"
    )
    with many.context.engine.begin() as connection:
        connection.execute(text(lines))


@pytest.mark.parametrize("day", [None, date(2025, 6, 30)], ids=["now", "of a day"])
def test_postgresql_walks_a_list_with_two_filters_that_many_rows_meet(postgres_dsn: str, day: date | None) -> None:
    """Of a day, each row that is met is asked whether it changed since: all who did took longer than the page."""
    module = plugged()["social_orgs"]
    service = Service(postgres_dsn, modules=(module,))
    filled(service.context.engine, MANY, datetime(2026, 11, 2, tzinfo=UTC))
    changed_since(service)
    where = Where(service.context.home_id, "social_orgs", module.record("organisation"))
    wanted = Wanted(only={"kind": ("association",), "level": ("county",)}, sort="registered_on", as_of=day)
    told: list[str] = []

    def tell(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "ORDER BY" in statement:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            told.extend(line for (line,) in cursor.fetchall())

    with service.context.engine.connect() as connection:
        connection.exec_driver_sql(f"ANALYZE {where.table.name}, module_history")
        event.listen(service.context.engine, "before_cursor_execute", tell)
        page = paging.page(connection, service.context.vault, where, wanted)
    service.close()

    assert len(page.rows) == paging.PAGE
    plan = "\n".join(told)
    assert f"{where.table.name}_by_registered_on" in plan
    assert "hashed SubPlan" not in plan
    assert day is not None or "Sort" not in plan  # the few lines of one row are sorted


def found(many: Service, record: str, wanted: Wanted) -> tuple[int, int, bool, int]:
    """What a list's search finds: its page's count and rows, whether more than 5,000, and all; by few steps."""
    where = Where(many.context.home_id, "social_orgs", plugged()["social_orgs"].record(record))
    shown: dict[str, Any] = {}
    with many.context.engine.connect() as connection:

        def look() -> None:
            shown["page"] = paging.page(connection, many.context.vault, where, wanted)
            shown["more"] = paging.more_than(connection, many.context.vault, where, wanted, 5_000)
            shown["whole"] = list(paging.every(connection, many.context.vault, where, wanted, 100))

        assert steps_of(connection, look) < FOUND_STEPS
    return shown["page"].count, len(shown["page"].rows), shown["more"], len(shown["whole"])


def steps_of(connection: Connection, act: Callable[[], object]) -> int:
    """How many steps of SQLite's machine something takes."""
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1_000
        return 0

    raw: Any = connection.connection.dbapi_connection
    raw.set_progress_handler(tick, 1_000)
    act()
    raw.set_progress_handler(None, 0)
    return steps
