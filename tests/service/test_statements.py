"""Statements to payers at the real service: made by one, sent by another, paid, returned; no line is asked twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cardsvc.api import receipts
from cardsvc.api import statements as money
from cardsvc.api.access import Signed
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import suspense
from cardsvc.core.local_time import local
from cardsvc.core.outgoing import Channel
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import Handed, ReturnedWhy, Statement
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.demo import outside
from cardsvc.demo.home import STAFF
from cardsvc.demo.outside import Mischief
from cardsvc.handlers import end_statement, make_statement, return_line
from cardsvc.outbox import Sender
from cardsvc.receiver import receiver
from cardsvc.store import statement_money
from cardsvc.store import statements as store
from cardsvc.store.trial_balance import one as account
from cardsvc.store.verifying import first_fault
from tests.support.accounts import bill, owes
from tests.support.home import Service
from tests.support.serving import Served
from tests.support.telling import Told

MAKER, APPROVER, AUDITOR = StaffNo("1010"), StaffNo("1015"), StaffNo("1016")
SECRET = b"the treasury's secret"
STATEMENT = TypeAdapter(Statement)
TO_POLICE = Details(item="cold_storage", payer=Payer.POLICE, reason=Reason.PAYER_FOUND)
TO_FAMILY = TO_POLICE.model_copy(update={"payer": Payer.FAMILY})


def signed(staff_no: StaffNo = MAKER) -> Signed:
    (person,) = [one for one in STAFF if one.staff_no == staff_no]
    return Signed(staff_no, person.name, person.roles, None, "")


def collected(service: Service, number: int = 1) -> Told:
    """A resident's case: the treasury owes the waiver of its transport, 230 yuan."""
    return brought(Told.begun(service, number, resident=True, id_no=None), number)


def stored(service: Service, number: int = 1) -> Told:
    """No resident's case that was cold for two days: its family owes 230 and 160 yuan."""
    one = brought(Told.begun(service, number, resident=False, id_no=None), number)
    one.does(Step.STORE, tag=f"T{number}", slot=f"A-0{number}")
    service.clock.forward(days=1, hours=1)
    one.does(Step.TAKE_OUT, tag=f"T{number}")
    return one


def brought(one: Told, number: int) -> Told:
    one.does(Step.DISPATCH)
    one.does(Step.COLLECT, tag=f"T{number}")
    one.does(Step.ARRIVE, tag=f"T{number}")
    return one


def make(service: Service, payer: Payer = Payer.TREASURY, by: StaffNo = MAKER, **more: Any) -> int | Refusal:
    today = local(service.clock.now).date()
    return make_statement.handle(service.context, payer, today - timedelta(days=30), today, by, **more)


def made(service: Service, payer: Payer = Payer.TREASURY, **more: Any) -> int:
    draft_no = make(service, payer, **more)
    assert isinstance(draft_no, int), draft_no
    return draft_no


def sent(service: Service, payer: Payer = Payer.TREASURY, **more: Any) -> int:
    draft_no = made(service, payer, **more)
    done = end_statement.send(service.context, draft_no, APPROVER)
    assert isinstance(done, Statement), done
    return draft_no


def pay(service: Service, draft_no: int, fen: int, reference: str = "B-1", by: StaffNo = MAKER) -> Refusal | None:
    return money.pay(service.context, signed(by), draft_no, fen, reference, local(service.clock.now).date())


def still_open(service: Service, draft_no: int) -> dict[CaseNo, int]:
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        kept = store.one(connection, home, draft_no)
        assert kept is not None
        cases = statement_money.settled(connection, home, kept, store.lines(connection, home, draft_no))
    return {one: case.open_fen for one, case in cases.items()}


def held(service: Service, case_no: CaseNo) -> int:
    with service.context.engine.connect() as connection:
        found = account(connection, service.context.home_id, suspense(case_no), None)
    return found.credit_fen - found.debit_fen if found is not None else 0


def whole(service: Service) -> None:
    assert first_fault(service.context.engine, service.context.home_id, lambda said: None) is None


def returns(service: Service, draft_no: int, why: ReturnedWhy = ReturnedWhy.WRONG_PAYER) -> Refusal | None:
    with service.context.engine.connect() as connection:
        share = store.lines(connection, service.context.home_id, draft_no)[0].share
    line = (share.log_no, share.line_no)
    return return_line.handle(service.context, draft_no, share.case_no, line, why, MAKER)


def test_a_statement_lists_the_payers_lines_with_their_price_waiver_and_basis(service: Service) -> None:
    one, two = collected(service, 1), collected(service, 2)
    stored(service, 3)

    done = end_statement.send(service.context, made(service), APPROVER)

    assert isinstance(done, Statement)
    assert (done.number, done.total_fen, done.made_by, done.approved_by) == (1, 46_000, MAKER, APPROVER)
    assert [(s.case_no, s.line.item, s.line.price_fen, s.amount_fen) for s in done.shares] == [
        (one.case_no, "transport", 23_000, 23_000),
        (two.case_no, "transport", 23_000, 23_000),
    ]
    assert {s.line.waiver_source for s in done.shares} == {"resident booking 2026-11-01 table:1"}
    assert make(service) == Refusal(Problem.STATEMENT_EMPTY, "treasury")
    whole(service)


def test_a_draft_is_sent_once_by_somebody_else_and_numbers_have_no_gap(service: Service) -> None:
    collected(service, 1)
    first = made(service)
    assert end_statement.send(service.context, first, MAKER) == Refusal(Problem.OWN_WORK)
    assert end_statement.discard(service.context, first, MAKER) is None
    assert end_statement.send(service.context, first, APPROVER) == Refusal(Problem.STATEMENT_ENDED)

    numbers = []
    for number in (2, 3):
        collected(service, number)
        draft_no = made(service)
        done = end_statement.send(service.context, draft_no, APPROVER)
        assert isinstance(done, Statement)
        numbers.append((done.number, len(done.shares)))
        assert end_statement.send(service.context, draft_no, APPROVER) == Refusal(Problem.STATEMENT_ENDED)

    assert numbers == [(1, 2), (2, 1)]
    whole(service)


@pytest.mark.parametrize("by", ["1006", "1016", "1018"])
def test_who_keeps_no_statements_makes_none(service: Service, by: str) -> None:
    collected(service)
    assert make(service, by=StaffNo(by)) == Refusal(Problem.NOT_ALLOWED, "keep_statements")


def test_a_late_line_of_an_earlier_day_comes_along_on_the_next_statement(service: Service) -> None:
    collected(service, 1)
    sent(service)
    service.clock.forward(days=40)
    today = local(service.clock.now).date()
    collected(service, 2)
    service.clock.forward(days=5)

    early = make_statement.handle(service.context, Payer.TREASURY, today, today - timedelta(days=1), MAKER)
    assert early == Refusal(Problem.FIELD_INVALID, "last")
    later = today + timedelta(days=4)
    assert isinstance(make_statement.handle(service.context, Payer.TREASURY, later, later, MAKER), int)


def test_a_part_payment_is_divided_among_the_cases_to_the_fen_and_the_rest_stays_open(service: Service) -> None:
    cases = [collected(service, number).case_no for number in (1, 2, 3)]
    draft_no = sent(service)

    assert pay(service, draft_no, 10_000) is None

    assert [owes(service, one, Payer.TREASURY) for one in cases] == [19_666, 19_667, 19_667]
    assert sum(still_open(service, draft_no).values()) == 59_000
    assert pay(service, draft_no, 59_000, "B-2") is None
    assert [owes(service, one, Payer.TREASURY) for one in cases] == [0, 0, 0]
    assert sum(still_open(service, draft_no).values()) == 0
    whole(service)


def test_what_a_payer_paid_by_statement_is_on_receipts_of_its_cases_and_nothing_is_missing(service: Service) -> None:
    cases = [collected(service, 1), collected(service, 2)]
    assert pay(service, sent(service), 46_000) is None

    for one in cases:
        rows, missing = receipts.looked(service.context, one.case_no)
        [kept] = [row.receipt for row in rows if row.receipt.payer is Payer.TREASURY]
        assert (kept.amount_fen, kept.means, kept.by) == (23_000, Means.TRANSFER, MAKER)
        assert Payer.TREASURY not in missing
    whole(service)


def test_a_payment_is_entered_once_however_often_it_is_pressed(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)

    assert pay(service, draft_no, 1_000) is None
    assert pay(service, draft_no, 1_000) == Refusal(Problem.PAID_TWICE, "B-1")

    assert owes(service, case.case_no, Payer.TREASURY) == 22_000


@pytest.mark.parametrize(("fen", "problem"), [(0, Problem.AMOUNT_INVALID), (10**12, Problem.AMOUNT_INVALID)])
def test_an_amount_that_cannot_be_is_not_taken(service: Service, fen: int, problem: Problem) -> None:
    collected(service)
    draft_no = sent(service)

    done = pay(service, draft_no, fen)

    assert isinstance(done, Refusal) and done.problem is problem


def test_a_draft_takes_no_money(service: Service) -> None:
    collected(service)
    assert pay(service, made(service), 23_000) == Refusal(Problem.STATEMENT_ENDED)


def test_what_is_too_much_is_held_until_two_people_give_it_back(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)

    assert pay(service, draft_no, 25_000) is None
    assert (owes(service, case.case_no, Payer.TREASURY), held(service, case.case_no)) == (0, 2_000)

    def back(fen: int, second: StaffNo | None) -> Refusal | None:
        return money.give_back(service.context, signed(), draft_no, case.case_no, fen, second)

    assert back(2_000, None) == Refusal(Problem.FOUR_EYES, "keep_statements")
    assert back(2_000, MAKER) == Refusal(Problem.FOUR_EYES, "keep_statements")
    assert back(2_001, AUDITOR) == Refusal(Problem.ABOVE_PAID, "¥20.00")
    assert back(2_000, AUDITOR) is None
    assert back(1, AUDITOR) == Refusal(Problem.ABOVE_PAID, "¥0.00")
    assert held(service, case.case_no) == 0
    whole(service)


def test_a_returned_line_is_owed_still_and_is_put_anew_only_when_somebody_says_so(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)

    assert returns(service, draft_no) is None
    assert returns(service, draft_no) == Refusal(Problem.STATEMENT_ENDED)

    assert owes(service, case.case_no, Payer.TREASURY) == 23_000
    assert still_open(service, draft_no) == {case.case_no: 0}
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        (shown,) = store.returned(connection, home, 10)
        assert (shown.share.case_no, shown.why, shown.number) == (case.case_no, "wrong_payer", 1)
        assert store.unstated_fen(connection, home, Payer.TREASURY) == 23_000
    assert make(service) == Refusal(Problem.STATEMENT_EMPTY, "treasury")

    again = sent(service, returned=True)

    assert still_open(service, again) == {case.case_no: 23_000}
    with service.context.engine.connect() as connection:
        assert store.returned(connection, home, 10) == []
    whole(service)


def test_a_payer_switch_after_a_statement_was_sent_takes_the_line_off_what_is_asked(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    assert still_open(service, draft_no) == {case.case_no: 16_000}

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert still_open(service, draft_no) == {case.case_no: 0}
    assert bill(service, case.case_no).open_fen == 23_000 + 16_000
    with service.context.engine.connect() as connection:
        assert store.unstated(connection, service.context.home_id, Payer.POLICE, date(2026, 12, 31), 9) == []
        kept = store.one(connection, service.context.home_id, draft_no)
    assert kept is not None and kept.body is not None
    assert STATEMENT.validate_json(kept.body).total_fen == 16_000


def test_what_is_asked_no_more_is_not_paid_by_what_the_payer_owes_beside_it(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE.model_copy(update={"item": "transport"}))

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert owes(service, case.case_no, Payer.POLICE) == 23_000
    assert still_open(service, draft_no) == {case.case_no: 0}
    assert sum(still_open(service, sent(service, Payer.POLICE)).values()) == 23_000


def test_a_payer_switch_after_the_statement_was_paid_holds_its_money_to_be_given_back(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    assert pay(service, draft_no, 16_000) is None

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert (owes(service, case.case_no, Payer.POLICE), held(service, case.case_no)) == (0, 16_000)
    assert bill(service, case.case_no).open_fen == 39_000
    done = money.give_back(service.context, signed(), draft_no, case.case_no, 16_000, AUDITOR)
    assert (done, held(service, case.case_no)) == (None, 0)
    whole(service)


def test_a_draft_whose_line_was_taken_back_meanwhile_is_not_sent(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = made(service, Payer.POLICE)

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    stale = Refusal(Problem.STATEMENT_STALE, case.case_no)
    assert end_statement.send(service.context, draft_no, APPROVER) == stale
    assert end_statement.discard(service.context, draft_no, APPROVER) is None


def test_a_waiver_withdrawn_after_its_statement_is_not_asked_of_the_treasury_any_more(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)

    case.does(Step.WITHDRAW_WAIVER)

    assert still_open(service, draft_no) == {case.case_no: 0}
    assert bill(service, case.case_no).open_fen == 23_000


def test_a_line_is_on_one_living_statement_however_many_make_one_at_once(service: Service) -> None:
    collected(service, 1)
    collected(service, 2)

    with ThreadPoolExecutor(8) as crowd:
        done = list(crowd.map(lambda _: make(service), range(8)))

    assert sum(isinstance(one, int) for one in done) == 1
    assert {one.problem for one in done if isinstance(one, Refusal)} == {Problem.STATEMENT_EMPTY}


def test_one_payment_that_is_pressed_by_many_at_once_is_one_payment(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)

    with ThreadPoolExecutor(8) as crowd:
        done = list(crowd.map(lambda _: pay(service, draft_no, 3_000), range(8)))

    assert done.count(None) == 1
    assert owes(service, case.case_no, Payer.TREASURY) == 20_000
    whole(service)


RAW = (
    ("INSERT INTO statement_line SELECT home_id, {draft}, case_no, log_no, line_no, 'treasury', 1,"
     " NULL, NULL, NULL, NULL, NULL FROM statement_line WHERE draft_no = {sent}", "living|UNIQUE"),
    ("INSERT INTO statement_line SELECT home_id, {sent}, case_no, log_no, line_no + 7, payer, 1,"
     " NULL, NULL, NULL, NULL, NULL FROM statement_line WHERE draft_no = {sent}", "on a draft alone"),
    ("UPDATE statement SET payer = 'police' WHERE draft_no = {sent}", "ends once"),
    ("UPDATE statement SET body = '{{}}' WHERE draft_no = {sent}", "ends once"),
    ("UPDATE statement SET number = 3, state = 'sent', body = '', ended_by = 'x' WHERE draft_no = {draft}",
     "follow each other"),
    ("UPDATE statement SET number = 2, state = 'sent', body = '', ended_by = made_by WHERE draft_no = {draft}",
     "sent_whole"),
    ("DELETE FROM statement WHERE draft_no = {sent}", "ends once|FOREIGN KEY"),
    ("UPDATE statement_line SET amount_fen = 1 WHERE draft_no = {sent}", "goes once"),
    ("UPDATE statement_line SET gone = 'returned', gone_by = 'x' WHERE draft_no = {sent}", "returned_with_reason"),
    ("DELETE FROM statement_line WHERE draft_no = {sent}", "goes once"),
    ("UPDATE statement_payment SET amount_fen = 1", "append-only"),
    ("DELETE FROM statement_payment", "append-only"),
)  # fmt: skip


def test_the_database_keeps_what_was_sent_as_it_was(service: Service) -> None:
    collected(service, 1)
    numbers = {"sent": sent(service)}
    assert pay(service, numbers["sent"], 1_000) is None
    collected(service, 2)
    numbers["draft"] = made(service)

    for statement, said in RAW:
        with pytest.raises(DBAPIError, match=said), service.context.engine.begin() as connection:
            connection.execute(text(statement.format(**numbers)))


def test_verify_names_a_statement_that_was_changed(service: Service) -> None:
    collected(service)
    draft_no = sent(service)
    whole(service)

    if service.context.engine.dialect.name == "sqlite":
        off = ("DROP TRIGGER statement_stays",)
    else:
        off = ("DROP TRIGGER statement_stays ON statement",)
    with service.context.engine.begin() as connection:
        for one in off:
            connection.execute(text(one))
        body = "UPDATE statement SET body = replace(body, '23000', '23001') WHERE draft_no = :no"
        connection.execute(text(body), {"no": draft_no})

    fault = first_fault(service.context.engine, service.context.home_id, lambda said: None)
    assert fault == "statement 1 was changed"


@pytest.fixture
def office(service: Service) -> Iterator[tuple[outside.Outside, Sender]]:
    """The treasury's office, and a home that sends to it."""
    service.context = replace(service.context, payers=frozenset({Payer.TREASURY}))
    theirs = outside.payer(SECRET, service.clock)
    served = Served(outside.create(theirs))
    to = receiver(f"{served.address}send", SECRET, patience_s=60.0)
    yield theirs, Sender(service.context, {Channel.TREASURY: to})
    to.client.close()
    served.close()


def handed(service: Service, draft_no: int) -> Handed | None:
    with service.context.engine.connect() as connection:
        kept = store.one(connection, service.context.home_id, draft_no)
    return kept.handed if kept is not None else None


@pytest.mark.parametrize("way", [Mischief.DOWN, Mischief.LOST, Mischief.UNSIGNED, Mischief.GARBAGE])
def test_a_payer_that_misbehaves_has_each_statement_once_in_the_end(
    service: Service, office: tuple[outside.Outside, Sender], way: Mischief
) -> None:
    theirs, sender = office
    collected(service)
    draft_no = sent(service)
    assert handed(service, draft_no) is Handed.OUTBOX

    theirs.mischief = way
    assert sender.send_due()["sent"] == 0
    theirs.mischief = Mischief.NONE
    service.clock.forward(hours=3)
    assert sender.send_due() == {"sent": 1}

    (received,) = theirs.received.values()
    assert STATEMENT.validate_json(received.body).number == 1


def test_who_has_no_receiver_gets_it_by_hand(service: Service, office: tuple[outside.Outside, Sender]) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)

    assert handed(service, sent(service, Payer.POLICE)) is Handed.BY_HAND
    assert office[1].send_due() == {}
