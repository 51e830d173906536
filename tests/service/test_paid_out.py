"""A refund by transfer has the bank's number when the bank has made it: entered once, corrected by two, found by it."""

import pytest

from cardsvc.api import correcting, held
from cardsvc.core.facts import Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Means, Reason
from cardsvc.store import paid_out
from cardsvc.store.paid_out import PaidOut
from tests.service.test_statement_money import gives_card_back
from tests.service.test_statements import signed, whole
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

MANAGER, CASHIER, AUDITOR = StaffNo("1015"), StaffNo("1010"), StaffNo("1016")
MISTAKE = Reason.ENTERED_BY_MISTAKE


@pytest.fixture
def one(service: Service) -> Told:
    """A case whose family had 300 of its deposit back by transfer, and 50 in cash."""
    told = Told.begun(service, 1, resident=False)
    told.does(Step.DEPOSIT, amount_fen=50_000, means=Means.CASH)
    for fen, means in ((30_000, Means.TRANSFER), (5_000, Means.CASH)):
        told.does(Step.REFUND, amount_fen=fen, means=means)
    return told


def waiting(service: Service) -> list[PaidOut]:
    with service.context.engine.connect() as connection:
        found = paid_out.waiting(connection, service.context.home_id)
        assert paid_out.count(connection, service.context.home_id) == len(found)
    return found


def of_case(one: Told) -> list[PaidOut]:
    with one.service.context.engine.connect() as connection:
        return paid_out.of_case(connection, one.service.context.home_id, one.case_no)


def enters(
    one: Told, cause: str, number: str, reason: Reason | None = None, second: StaffNo | None = None
) -> Problem | None:
    asked = (one.case_no, cause, number, reason, second)
    refusal = held.confirm_paid_out(one.service.context, signed(CASHIER), *asked)
    return refusal.problem if refusal is not None else None


def test_a_transfer_that_went_out_waits_until_its_number_is_entered_once(one: Told) -> None:
    [waits] = waiting(one.service)
    assert (waits.case_no, waits.amount_fen, waits.step, waits.number) == (one.case_no, 30_000, Step.REFUND, None)
    assert enters(one, "nobody:1", "B-8") is Problem.FIELD_INVALID
    cash = next(taken.cause for taken in reversed(one.case.taken) if taken.step is Step.REFUND)
    assert enters(one, cash, "B-8") is Problem.FIELD_INVALID, "no bank makes a refund in cash"

    assert enters(one, waits.cause, "b- ８") is None

    assert waiting(one.service) == []
    assert [row.number for row in of_case(one)] == ["B-8"]
    whole(one.service)


def test_a_number_that_was_entered_is_corrected_by_two_with_a_reason_and_is_free_again(one: Told) -> None:
    one.does(Step.REFUND, amount_fen=1_000, means=Means.TRANSFER)
    first, second = (row.cause for row in waiting(one.service))
    assert enters(one, first, "B-8") is None
    assert enters(one, second, "0b8") is Problem.PAID_TWICE, "unique among what goes out"
    assert enters(one, first, "B-9") is Problem.REASON_MISSING
    assert enters(one, first, "B-9", MISTAKE) is Problem.SECOND_PERSON_MISSING
    assert enters(one, first, "B-9", MISTAKE, CASHIER) is Problem.SECOND_PERSON_SAME
    assert enters(one, first, "B-9", MISTAKE, StaffNo("1003")) is Problem.SECOND_PERSON_NOT_ALLOWED

    assert enters(one, first, "B-9", MISTAKE, AUDITOR) is None

    assert enters(one, second, "B-8") is None, "it is this one's"
    assert [row.number for row in of_case(one)] == ["B-9", "B-8"]


def test_a_number_can_be_written_otherwise(one: Told) -> None:
    [waits] = waiting(one.service)
    assert enters(one, waits.cause, "AB-77") is None

    assert enters(one, waits.cause, "AB77", MISTAKE, AUDITOR) is None

    assert [row.number for row in of_case(one)] == ["AB77"]
    one.does(Step.REFUND, amount_fen=1_000, means=Means.TRANSFER)
    assert enters(one, waiting(one.service)[0].cause, "ab-77") is Problem.PAID_TWICE


def test_the_bank_s_number_of_money_that_came_in_can_be_one_of_money_that_goes_out(one: Told) -> None:
    one.does(Step.DEPOSIT, amount_fen=100, means=Means.TRANSFER, reference="B-8")

    assert enters(one, waiting(one.service)[0].cause, "B-8") is None


def merged(one: Told, card_back: bool = False) -> Told:
    """The case that goes on; with `card_back` the other's card was given back before."""
    other = Told.begun(one.service, 2, resident=False, deceased_name="王守義", id_no=None)
    if not card_back:
        gives_card_back(one)
    assert correcting.merge(one.service.context, signed(MANAGER), one.case_no, other.case_no, AUDITOR) == other.case_no
    return other


def test_the_case_that_goes_on_confirms_what_was_paid_back_for_the_one_that_was_merged(one: Told) -> None:
    service, other = one.service, merged(one)
    [waits] = waiting(service)
    assert waits.case_no == other.case_no

    assert enters(other, waits.cause, "B-8") is None
    assert enters(other, waits.cause, "B-9", MISTAKE, AUDITOR) is None

    assert (waiting(service), [row.number for row in of_case(other)]) == ([], ["B-9"])


def test_a_number_of_the_case_that_was_merged_is_corrected_at_the_one_that_goes_on(one: Told) -> None:
    one.does(Step.REFUND, amount_fen=1_000, means=Means.TRANSFER)
    first, second = (row.cause for row in waiting(one.service))
    gives_card_back(one)
    assert enters(one, first, "B-8") is None  # behind two cards, where the other case has its first one
    other = merged(one, card_back=True)

    assert enters(other, first, "B-9", MISTAKE, AUDITOR) is None

    assert enters(other, second, "B-8") is None
    assert enters(other, first, "C-1", MISTAKE, AUDITOR) is None
    assert [row.number for row in of_case(other)] == ["C-1", "B-8"]
    other.does(Step.DEPOSIT, amount_fen=5_000, means=Means.CASH)
    other.does(Step.REFUND, amount_fen=1_000, means=Means.TRANSFER)
    assert enters(other, waiting(one.service)[0].cause, "B-8") is Problem.PAID_TWICE


def test_either_page_of_cases_that_were_merged_leads_to_the_transfers_of_the_one_that_goes_on(one: Told) -> None:
    other, [waits] = merged(one), waiting(one.service)
    desk = Desk(one.service, CASHIER)

    for number in (one.case_no, other.case_no):
        assert f"paid-out?case_no={number}" in desk.get(f"cases/{number}").text
        assert f'name="of" value="{other.case_no}"' in desk.get(f"paid-out?case_no={number}").text
    typed = {"of": other.case_no, "cause": waits.cause, "reference": "B-8", "case_no": one.case_no}
    assert desk.post("paid-out", **typed).status_code == 303
    assert "B-8" in desk.get(f"paid-out?case_no={one.case_no}").text


def test_whoever_settles_payments_sees_which_transfers_wait_and_how_long_and_enters_the_number(one: Told) -> None:
    service = one.service
    service.clock.forward(days=3)
    desk, [waits] = Desk(service, CASHIER), waiting(service)
    page = desk.get("paid-out").text
    assert "¥300.00" in page and "3 天" in page and one.case_no in page
    assert f"paid-out?case_no={one.case_no}" in desk.get(f"cases/{one.case_no}").text
    assert [row["count"] for row in desk.get("work/news").json() if row["path"] == "paid-out"] in ([], [1])
    typed = {"of": one.case_no, "cause": waits.cause}
    assert desk.post("paid-out", **typed, reference=" ").status_code == 409
    assert Desk(service, AUDITOR).post("paid-out", **typed, reference="B-8").status_code == 403
    assert Desk(service, AUDITOR).get("paid-out").status_code == 200

    assert desk.post("paid-out", **typed, reference="b 8", case_no=one.case_no).status_code == 303

    assert "¥300.00" not in desk.get("paid-out").text
    shown = desk.get(f"paid-out?case_no={one.case_no}").text
    assert "B8" in shown and "second_password" in shown
    assert str(desk.post("search", q="b-8").headers["location"]).endswith(f"/cases/{one.case_no}")
