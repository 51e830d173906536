"""Money for statements that does not fit or whose case was merged, who entered it, and how little is read for it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from cardsvc.api import correcting
from cardsvc.api import statements as money
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.handlers import pay_statement
from cardsvc.store import statement_money
from cardsvc.store import statements as store
from cardsvc.store import tables as t
from cardsvc.store.working import FACT
from tests.service.test_statements import (
    AUDITOR,
    MAKER,
    TO_FAMILY,
    TO_POLICE,
    collected,
    held,
    pay,
    returns,
    sent,
    signed,
    still_open,
    stored,
    whole,
)
from tests.support.accounts import owes
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

TWO = {"second_staff_no": "1016", "second_password": "10161016"}
TRANSPORT_TO_POLICE = TO_POLICE.model_copy(update={"item": "transport"})


def gives_card_back(told: Told) -> None:
    """Two people replace a case's card, and it is returned: the case can become another one."""
    for act in ({"act": "replace", "reason": "replaced", **TWO}, {"act": "return"}):
        assert Desk(told.service, "1015").api("POST", f"cards/{told.card.card_no}/acts", act).status_code == 200


def shown(service: Service, draft_no: int) -> dict[CaseNo, int]:
    """What the statement's page says is held."""
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        kept = store.one(connection, home, draft_no)
        assert kept is not None
        return pay_statement.held(connection, home, kept, store.lines(connection, home, draft_no))


def back(service: Service, draft_no: int, case_no: CaseNo, fen: int) -> Refusal | None:
    return money.give_back(service.context, signed(), draft_no, case_no, fen, AUDITOR)


def test_what_is_too_much_pays_no_other_statement_of_the_payer(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TRANSPORT_TO_POLICE)
    second = sent(service, Payer.POLICE)

    assert pay(service, first, 16_000 + 8_000) is None

    assert (still_open(service, first), still_open(service, second)) == ({case.case_no: 0}, {case.case_no: 23_000})
    assert owes(service, case.case_no, Payer.POLICE) == 23_000
    assert (held(service, case.case_no), shown(service, first)) == (8_000, {case.case_no: 8_000})
    assert pay(service, second, 23_000, "B-2") is None
    assert (owes(service, case.case_no, Payer.POLICE), sum(still_open(service, second).values())) == (0, 0)
    assert back(service, first, case.case_no, 8_001) == Refusal(Problem.ABOVE_PAID, "¥80.00")
    assert back(service, first, case.case_no, 8_000) is None
    assert (held(service, case.case_no), shown(service, first)) == (0, {case.case_no: 0})
    whole(service)


def test_what_is_too_much_for_several_cases_is_held_for_the_first(service: Service) -> None:
    cases = [collected(service, number).case_no for number in (1, 2)]
    draft_no = sent(service)

    assert pay(service, draft_no, 46_000 + 700) is None

    assert [owes(service, one, Payer.TREASURY) for one in cases] == [0, 0]
    assert shown(service, draft_no) == {cases[0]: 700, cases[1]: 0}
    whole(service)


def test_what_comes_for_a_statement_whose_lines_all_were_returned_is_held(service: Service) -> None:
    case = collected(service)
    draft_no = sent(service)
    assert returns(service, draft_no) is None

    assert pay(service, draft_no, 23_000) is None

    assert (owes(service, case.case_no, Payer.TREASURY), held(service, case.case_no)) == (23_000, 23_000)
    again = sent(service, returned=True)
    assert still_open(service, again) == {case.case_no: 23_000}
    assert back(service, draft_no, case.case_no, 23_000) is None
    whole(service)


def test_what_is_taken_back_after_too_much_came_is_held_beside_it(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    assert pay(service, draft_no, 17_000) is None

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert shown(service, draft_no) == {case.case_no: 17_000}
    assert back(service, draft_no, case.case_no, 17_000) is None
    whole(service)


def test_a_payment_without_the_banks_number_is_refused_in_words(service: Service) -> None:
    case = collected(service)
    draft_no, desk = sent(service), Desk(service, "1010")

    for nothing in ("", "   "):
        form = {"amount": "230", "reference": nothing, "received_on": str(local(service.clock.now).date())}
        answer = desk.post(f"statements/{draft_no}/pay", **form)
        assert answer.status_code == 409 and "银行流水号" in answer.text.partition('role="alert"')[2][:400], answer.text

    assert pay(service, draft_no, 23_000, "") == Refusal(Problem.FIELD_MISSING, "reference")
    assert owes(service, case.case_no, Payer.TREASURY) == 23_000


def test_the_fact_of_a_payment_names_who_entered_it(service: Service) -> None:
    case = collected(service)

    assert pay(service, sent(service), 23_000) is None

    with service.context.engine.connect() as connection:
        rows = connection.execute(t.fact.select().where(t.fact.c.case_no == case.case_no)).all()
    paid = [one for one in (FACT.validate_json(row.body) for row in rows) if Step.STATEMENT_PAID in str(one.body)]
    assert [one.staff_no for one in paid] == [MAKER]


def merged(service: Service, *, target_too: bool = False) -> tuple[Told, Told, int]:
    """A case with a wreath that the police paid on a statement, merged into the one that goes on."""
    one = stored(service)
    twice = Told.begun(service, 2, resident=False, deceased_name="王守義", id_no=None)
    twice.does(Step.QUOTE, items=(Quantity(item="flowers", count=2),))
    twice.does(Step.SIGN_QUOTE)
    flowers = Details(item="flowers", payer=Payer.POLICE, reason=Reason.PAYER_FOUND)
    twice.office.step(twice.case_no, Step.SWITCH_PAYER, flowers)
    if target_too:
        one.office.step(one.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    assert pay(service, draft_no, sum(still_open(service, draft_no).values())) is None
    gives_card_back(twice)
    manager = signed(StaffNo("1015"))
    done = correcting.merge(service.context, manager, twice.case_no, one.case_no, AUDITOR)
    assert done == one.case_no, done
    return one, twice, draft_no


def test_money_for_a_case_that_was_merged_is_given_back_from_the_case_that_goes_on(service: Service) -> None:
    one, twice, draft_no = merged(service)
    fen = held(service, one.case_no)
    assert fen > 0 and held(service, twice.case_no) == 0

    assert shown(service, draft_no) == {twice.case_no: fen}
    assert back(service, draft_no, twice.case_no, fen + 1) is not None
    assert back(service, draft_no, twice.case_no, fen - 1) is None
    assert shown(service, draft_no) == {twice.case_no: 1}
    assert back(service, draft_no, twice.case_no, 1) is None
    assert (held(service, one.case_no), shown(service, draft_no)) == (0, {twice.case_no: 0})
    whole(service)


def test_money_of_two_cases_that_became_one_is_held_once(service: Service) -> None:
    one, twice, draft_no = merged(service, target_too=True)
    fen = held(service, one.case_no)

    assert shown(service, draft_no) == {one.case_no: 0, twice.case_no: fen}
    assert back(service, draft_no, twice.case_no, fen) is None
    assert shown(service, draft_no) == {one.case_no: 0, twice.case_no: 0}
    whole(service)


def test_what_is_too_much_for_a_case_that_was_merged_is_held_where_its_money_is(service: Service) -> None:
    one, twice, draft_no = merged(service)
    before = held(service, one.case_no)

    assert pay(service, draft_no, 500, "B-2") is None

    assert (held(service, one.case_no), held(service, twice.case_no)) == (before + 500, 0)
    assert shown(service, draft_no) == {twice.case_no: before + 500}
    whole(service)


def plans(service: Service, ask: Callable[[Connection], object]) -> list[str]:
    """How the database reads what is asked, a plan for each query, with what is bound left bound.

    PostgreSQL chooses among indexes by how many rows there are, and here there are a few: only SQLite's plan is read.
    """
    asked: list[tuple[str, Any]] = []

    def noted(_connection: object, _cursor: object, said: str, values: object, *_: object) -> None:
        if said.startswith("SELECT"):
            asked.append((said, values))

    with service.context.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL plans by the number of rows")
        event.listen(connection, "before_cursor_execute", noted)
        ask(connection)
        event.remove(connection, "before_cursor_execute", noted)
        found = (connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in asked)
        return ["\n".join(str(row[-1]) for row in rows) for rows in found]


def test_money_of_a_statement_is_found_by_its_index(service: Service) -> None:
    collected(service)
    draft_no, home = sent(service), service.context.home_id
    assert pay(service, draft_no, 24_000) is None

    def ask(connection: Connection) -> object:
        kept = store.one(connection, home, draft_no)
        return kept and statement_money.settled(connection, home, kept, store.lines(connection, home, draft_no))

    found = "\n".join(plans(service, ask))

    assert "transfer_debit_of_home" in found and "transfer_credit_of_home" in found
    assert "SCAN" not in found and "(home_id=?)" not in found, found


def test_lines_that_are_on_no_statement_are_found_by_their_payer(service: Service) -> None:
    collected(service)
    home, today = service.context.home_id, local(service.clock.now).date()

    for ask in (
        lambda connection: store.unstated(connection, home, Payer.TREASURY, today, 10),
        lambda connection: store.unstated(connection, home, Payer.TREASURY, today, 10, returned=True),
        lambda connection: store.unstated_fen(connection, home, Payer.TREASURY),
    ):
        (found,) = plans(service, ask)
        assert "bill_line_of_payer" in found and "bill_line_of_bearer" in found, found
        assert "SCAN bill_line" not in found and "(home_id=?)" not in found, found


def test_two_statements_of_a_case_never_hold_the_same_fen(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TRANSPORT_TO_POLICE)
    second = sent(service, Payer.POLICE)
    assert pay(service, first, 16_000) is None and pay(service, second, 23_000 + 500, "B-2") is None

    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert held(service, case.case_no) == 16_000 + 500
    assert (shown(service, first), shown(service, second)) == ({case.case_no: 16_000}, {case.case_no: 500})
    assert back(service, second, case.case_no, 501) == Refusal(Problem.ABOVE_PAID, "¥5.00")
    assert back(service, second, case.case_no, 500) is None
    assert (shown(service, first), shown(service, second)) == ({case.case_no: 16_000}, {case.case_no: 0})
    assert back(service, first, case.case_no, 16_000) is None
    assert held(service, case.case_no) == 0
    whole(service)


def test_what_the_payer_paid_at_the_desk_is_open_on_no_statement_and_nothing_is_open_on_two(service: Service) -> None:
    case = stored(service)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_POLICE)
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TRANSPORT_TO_POLICE)
    second = sent(service, Payer.POLICE)
    assert (still_open(service, first), still_open(service, second)) == (
        {case.case_no: 16_000},
        {case.case_no: 23_000},
    )

    case.does(Step.PAY, amount_fen=16_000, means=Means.TRANSFER, payer=Payer.POLICE)

    assert (still_open(service, first), still_open(service, second)) == ({case.case_no: 0}, {case.case_no: 23_000})
    with service.context.engine.connect() as connection:
        home = service.context.home_id
        opens = statement_money.opens(connection, home, store.unsettled(connection, home))
    assert opens == {first: 0, second: 23_000}
    assert sum(opens.values()) == owes(service, case.case_no, Payer.POLICE)
    page = Desk(service, "1016").get("statements").text
    ages = page[page.index('id="ages"') : page.index("</section>")]
    assert "¥230.00" in ages and "¥390.00" not in ages
