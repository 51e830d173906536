"""A cashier's station asks for a receipt on paper: each ask is one copy, logged with who and where."""

from pathlib import Path
from urllib.parse import urldefrag

import pytest
from sqlalchemy import select

from cardsvc.core import desk, wire
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem
from cardsvc.core.receipts import Family
from cardsvc.core.wire import Judgement, Outcome, RevokedWhy
from cardsvc.demo.home import APPROVERS
from cardsvc.handlers import revoke_station
from cardsvc.store import tables as t
from tests.service.test_family import look_in
from tests.service.test_receipts import CASHIER, given, pay, void_receipt
from tests.support.desk import Desk
from tests.support.home import Service, Station
from tests.support.paper import Held
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
FIRST = desk.AskPaper(family=Family.INVOICE, number="FP-000001", strip=True)


@pytest.fixture
def one(service: Service) -> Told:
    """A case with a receipt."""
    case = Told.begun(service, 1, resident=False)
    case.does(Step.DISPATCH)
    case.does(Step.COLLECT, tag="T1")
    case.does(Step.ARRIVE, tag="T1")
    pay(case, 20_000)
    assert [row.number for row in given(case)] == ["FP-000001"]
    return case


def asks(
    one: Told,
    what: desk.AskPaper = FIRST,
    kind: StationKind = StationKind.CASHIER,
    by: StaffNo = CASHIER,
    case_no: str = "",
) -> Judgement:
    station = one.service.station(kind)
    station.append(what, case_no=CaseNo(case_no or one.case_no), staff_no=by)
    return station.judged()


def cashier(one: Told) -> Station:
    return one.service.station(StationKind.CASHIER)


def prints(one: Told) -> list[tuple[str, str]]:
    c = t.audit_link.c
    with one.service.context.engine.connect() as connection:
        where = (c.subject == one.case_no, c.what.startswith("printed receipt"))
        rows = connection.execute(select(c.what, c.staff_no).where(*where).order_by(c.log_no))
        return [tuple(row) for row in rows]


def copies(one: Told) -> list[int]:
    """What the station knows after its next exchange."""
    station = cashier(one)
    station.send()
    assert station.known is not None
    return [row.copies for row in station.known.cases[one.case_no].receipts]


def test_each_ask_is_a_copy_with_who_and_where_and_the_paper_opens_the_familys_page(one: Told, tmp_path: Path) -> None:
    assert copies(one) == [0]
    judged = asks(one)
    seq = cashier(one).seq
    assert (judged.outcome, judged.copy_no) == (Outcome.ACCEPTED, 1)
    assert prints(one) == [("printed receipt invoice FP-000001 copy 1 at cashier-1", CASHIER)]
    assert copies(one) == [1]

    paper = cashier(one).paper(seq)

    assert paper.pdf is not None and paper.problem is None
    held = Held(paper.pdf, tmp_path, "station-strip")
    assert "FP-000001" in held.words() and "第1份" in held.words() and held.size_mm()[0] == 80
    [code] = held.scanned()
    look_in(one.service, urldefrag(code).fragment)
    assert asks(one, FIRST.model_copy(update={"strip": False, "language": "en"})).copy_no == 2
    again = cashier(one).paper(cashier(one).seq)
    sheet = Held(again.pdf or b"", tmp_path, "station-sheet")
    assert "copy2" in sheet.words().lower() and sheet.size_mm() == (148, 210)
    assert len(prints(one)) == 2 and copies(one) == [2]


def test_what_is_sent_or_fetched_again_is_the_same_copy(one: Told, tmp_path: Path) -> None:
    station = cashier(one)
    seq = station.append(FIRST, case_no=one.case_no, staff_no=CASHIER)
    rows = list(station.unsent)
    station.judged()
    for _ in range(2):
        again = station.send(rows)
        assert again.results[0].result is wire.Result.ALREADY
        assert again.results[0].judgement is not None and again.results[0].judgement.copy_no == 1
        paper = station.paper(seq)
        assert "第1份" in Held(paper.pdf or b"", tmp_path, "station-again").words()
    assert len(prints(one)) == 1


def test_two_asks_of_one_exchange_are_two_copies(one: Told) -> None:
    station = cashier(one)
    for _ in range(2):
        station.append(FIRST, case_no=one.case_no, staff_no=CASHIER)
    answer = station.send()
    assert [row.judgement.copy_no for row in answer.results if row.judgement is not None] == [1, 2]


def test_the_office_counts_on_and_the_station_learns_of_it(one: Told) -> None:
    assert asks(one).copy_no == 1
    office = Desk(one.service, "1010")
    assert office.post(f"cases/{one.case_no}/receipts/invoice/FP-000001.pdf").status_code == 200
    assert copies(one) == [2]
    assert asks(one).copy_no == 3
    page = office.get(f"cases/{one.case_no}/receipts").text
    assert "第 3 份" in page


def test_only_a_cashier_at_the_cashiers_station_asks_and_for_a_living_receipt_of_this_case(one: Told) -> None:
    other = Told.begun(one.service, 2, id_no=None, deceased_name="欧阳春")
    nos = {
        Problem.STEP_NOT_HERE: asks(one, kind=StationKind.ARRANGEMENT),
        Problem.NOT_ALLOWED: asks(one, by=StaffNo("1006")),
        Problem.RECEIPT_VOID: asks(one, case_no=other.case_no),
    }
    for problem, judged in nos.items():
        assert judged.outcome is Outcome.REFUSED and [no.problem for no in judged.reasons] == [problem]
    blank = asks(one, FIRST.model_copy(update={"number": "FP-000009"}))
    assert [no.problem for no in blank.reasons] == [Problem.RECEIPT_VOID]
    void_receipt(one, Family.INVOICE, "FP-000001")
    gone = asks(one)
    assert [no.problem for no in gone.reasons] == [Problem.RECEIPT_VOID]
    assert prints(one) == []


def test_a_paper_is_given_to_the_journal_that_asked_within_the_hour_and_to_no_other(one: Told) -> None:
    asks(one)
    station = cashier(one)
    seq = station.seq
    other = Station(one.service, StationKind.CASHIER, number=1)
    other.send()
    assert other.paper(seq).problem is Problem.NOT_FOUND
    assert station.paper(seq - 1).problem is Problem.NOT_FOUND, "a record that asks for no paper"
    assert asks(one, by=StaffNo("1006")).outcome is Outcome.REFUSED
    assert station.paper(station.seq).problem is Problem.NOT_FOUND, "a refused one"
    forged = wire.PaperRequest(nonce="ef" * 16, journal_id=station.journal_id, seq=seq).model_dump_json().encode()
    headers = {wire.JOURNAL_HEADER: station.journal_id, wire.SIGNATURE_HEADER: other.key.sign(forged).hex()}
    assert one.service.http.post("/stations/paper", content=forged, headers=headers).status_code == 401
    assert station.paper(seq).pdf is not None

    one.service.clock.forward(minutes=61)
    assert station.paper(seq).problem is Problem.FORM_EXPIRED
    one.service.clock.forward(minutes=-61)
    revoke_station.handle(one.service.context, station.journal_id, RevokedWhy.STOLEN, *APPROVERS)
    assert station.paper(seq).problem is Problem.STATION_REVOKED


def test_a_fetched_paper_of_a_receipt_that_was_voided_meanwhile_says_so(one: Told, tmp_path: Path) -> None:
    asks(one)
    void_receipt(one, Family.INVOICE, "FP-000001")
    paper = cashier(one).paper(cashier(one).seq)
    assert "作废" in Held(paper.pdf or b"", tmp_path, "station-void").words()
