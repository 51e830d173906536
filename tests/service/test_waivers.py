"""The city's waiver table: two people set it from a day on, it is never changed, and lines follow it from that day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer, Reason, WaiverFor
from cardsvc.core.waivers import WaiverRule, WaiverTable
from cardsvc.handlers import set_waivers
from cardsvc.store import tables as t
from cardsvc.store import waiver_tables
from cardsvc.store.price_books import versions as price_lists
from tests.support.accounts import bill, lines, owes
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, Told, go, opened

FIRST, SECOND, CLERK = StaffNo("1015"), StaffNo("1016"), StaffNo("1004")


def today(service: Service) -> date:
    return local(service.clock.now).date()


def table(service: Service, item: str = "transport", fen: int = 10_000, after: int = 1) -> WaiverTable:
    rule = WaiverRule(category=WaiverFor.RESIDENT, item=item, fen=fen, units=1, legal_basis="城市规定 9 号")
    return WaiverTable(legal_basis="城市规定 9 号", valid_from=today(service) + timedelta(days=after), rules=(rule,))


def set_(service: Service, one: WaiverTable, by: StaffNo = FIRST, second: StaffNo | None = SECOND) -> Any:
    return set_waivers.handle(service.context, one, by, second, service.clock.now)


def kept(service: Service) -> list[int]:
    with service.context.engine.connect() as connection:
        return [one.table.version for one in waiver_tables.versions(connection, service.context.home_id)]


def test_a_new_table_holds_from_its_day_on_and_a_line_says_by_which_basis(service: Service) -> None:
    done = set_(service, table(service))
    assert isinstance(done, WaiverTable) and done.version == 2

    case_no, card = opened(service, resident=True)
    go(service, case_no, card, Step.DISPATCH, Step.COLLECT)
    service.clock.forward(days=1)

    assert [one[:3] for one in lines(service, case_no)] == [("transport", 23_000, 23_000)]
    with service.context.engine.connect() as connection:
        said = [one.what for one in connection.execute(t.audit_link.select()) if one.what.startswith("waivers")]
        (row,) = connection.execute(t.bill_line.select()).all()
    assert said == [f"waivers set from {today(service)} with 1016"]
    assert row.waiver_source == "resident booking 2026-11-01 table:1"
    assert row.legal_basis == "基本殡葬服务·指示性 惠民减免·指示性"


def test_what_happens_after_the_new_day_is_waived_by_the_new_table(service: Service) -> None:
    assert isinstance(set_(service, table(service, after=0)), WaiverTable)
    case_no, card = opened(service, resident=True)

    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)

    assert [one[:3] for one in lines(service, case_no)] == [("transport", 23_000, 10_000), ("cold_storage", 8_000, 0)]
    assert owes(service, case_no, Payer.TREASURY) == 10_000


def test_a_table_needs_two_people_a_day_to_come_and_items_of_the_list(service: Service) -> None:
    assert set_(service, table(service), second=None).problem is Problem.FOUR_EYES
    assert set_(service, table(service), second=FIRST).problem is Problem.FOUR_EYES
    assert set_(service, table(service), by=CLERK).problem is Problem.NOT_ALLOWED
    assert set_(service, table(service, after=-1)) == Refusal(Problem.FIELD_INVALID, "valid_from")
    assert set_(service, table(service, item="caviar")) == Refusal(Problem.FIELD_INVALID, "caviar")
    assert kept(service) == [1]


def test_a_table_that_is_set_is_never_changed_or_removed(service: Service) -> None:
    for change in ("UPDATE waiver_table SET body = '{}'", "DELETE FROM waiver_table"):
        with pytest.raises(DBAPIError, match="append-only"), service.context.engine.begin() as connection:
            connection.execute(text(change))


def test_a_void_after_the_best_waiver_had_changed_charges_no_day_twice(service: Service) -> None:
    rules = (
        WaiverRule(category=WaiverFor.RESIDENT, item="cold_storage", fen=8_000, units=3, legal_basis="城市规定 9 号"),
        WaiverRule(
            category=WaiverFor.LOW_INCOME, item="cold_storage", fen=5_000, units=30, legal_basis="城市规定 9 号"
        ),
    )
    set_(service, table(service, after=0).model_copy(update={"rules": rules}))
    one = Told.begun(service, resident=True)
    proof = Details(category=WaiverFor.LOW_INCOME, number="DB-7", reason=Reason.PROVEN_LATE)
    one.office.step(one.case_no, Step.PROVE_WAIVER, proof)
    one.go(*TO_STORAGE, Step.TAKE_OUT, Step.STORE)
    service.clock.forward(days=9)
    one.does(Step.TAKE_OUT)

    one.does(Step.VOID, at=StationKind.COLD_STORAGE, reason=Reason.ENTERED_BY_MISTAKE)
    service.clock.forward(days=1)
    one.does(Step.TAKE_OUT)

    cold = [line for line in lines(service, one.case_no) if line[0] == "cold_storage"]
    assert (sum(fen for _, fen, _, _ in cold), sum(fen for _, _, fen, _ in cold)) == (11 * 8_000, 11 * 5_000)
    assert bill(service, one.case_no).due_fen == 23_000 + 11 * 3_000


def test_stations_and_published_lists_are_as_they_always_were(service: Service) -> None:
    case_no, card = opened(service, resident=True)
    go(service, case_no, card, Step.DISPATCH, Step.COLLECT)

    with service.context.engine.connect() as connection:
        (published,) = price_lists(connection, service.context.home_id)

    assert published.book.waivers == ()
    assert '"waivers"' not in published.book.model_dump_json()
