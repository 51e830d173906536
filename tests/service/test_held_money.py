"""Money held at the desks is decided about: it pays a case, or two people give it back; never more than is held."""

from datetime import timedelta

import pytest

from cardsvc.api import held
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import receivable, suspense
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.words import say
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import flag_suspense, open_till
from cardsvc.store import held_money, stray_money, tills
from cardsvc.store import tables as t
from cardsvc.store.held_money import AtDesk
from tests.service.test_money_that_came import (
    FEN,
    NOBODYS,
    arrives,
    cancelled,
    closed,
    holds,
    open_checks,
    quoted,
    takes,
)
from tests.service.test_statement_money import back, shown
from tests.service.test_statements import AUDITOR, TO_FAMILY, TO_POLICE, pay, sent, signed, stored, whole
from tests.service.test_tills import ONE, close, kept, mine, nowhere
from tests.support.accounts import bill, owes
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

MANAGER = StaffNo("1015")
BY = signed(MANAGER)
TO_OTHER = TO_POLICE.model_copy(update={"payer": Payer.OTHER, "reason": Reason.PAYER_FOUND})


def waits(service: Service) -> list[AtDesk]:
    with service.context.engine.connect() as connection:
        return held_money.listed(connection, service.context.home_id)


def overpaid(service: Service, payer: Payer = Payer.OTHER) -> Told:
    """Another payer paid 160 yuan of cold storage at the counter, and its line is the family's again."""
    one = stored(service)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_OTHER.model_copy(update={"payer": payer}))
    one.does(Step.PAY, amount_fen=16_000, means=Means.TRANSFER, payer=payer)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    return one


@pytest.mark.parametrize("payer", [Payer.OTHER, Payer.POLICE])
def test_what_another_payer_paid_too_much_at_the_counter_is_given_back_by_two(service: Service, payer: Payer) -> None:
    one = overpaid(service, payer)
    [waiting] = waits(service)
    assert (waiting.case_no, waiting.fen) == (one.case_no, 16_000)
    assert [(piece.payer, piece.amount_fen) for piece in waiting.pieces] == [(payer, 16_000)]

    def gives(fen: int, second: StaffNo | None) -> Refusal | None:
        return held.give_back(service.context, BY, one.case_no, fen, Means.TRANSFER, second)

    assert gives(16_001, AUDITOR) == Refusal(Problem.ABOVE_PAID, "¥160.00")
    for second in (None, MANAGER):
        alone = gives(6_000, second)
        assert isinstance(alone, Refusal) and alone.problem in (
            Problem.SECOND_PERSON_MISSING,
            Problem.SECOND_PERSON_SAME,
        )
    assert gives(6_000, AUDITOR) is None
    assert gives(10_001, AUDITOR) == Refusal(Problem.ABOVE_PAID, "¥100.00")
    assert gives(10_000, AUDITOR) is None

    assert (waits(service), holds(service, suspense(one.case_no)), open_checks(service)) == ([], 0, 0)
    whole(service)


def test_what_another_payer_paid_too_much_pays_its_own_case_or_another_one(service: Service) -> None:
    one = overpaid(service)
    other = quoted_too(service)
    owed = (owes(service, one.case_no, Payer.FAMILY), owes(service, other.case_no, Payer.FAMILY))

    assert held.assign(service.context, BY, one.case_no, one.case_no, Payer.FAMILY, 6_000, "SL-1") is None
    assert held.assign(service.context, BY, one.case_no, other.case_no, Payer.FAMILY, 10_001) == Refusal(
        Problem.ABOVE_PAID, "¥100.00"
    )
    assert held.assign(service.context, BY, one.case_no, NOBODYS, Payer.FAMILY, 1) == Refusal(
        Problem.CASE_UNKNOWN, NOBODYS
    )
    for second in (None, MANAGER, StaffNo("1003")):
        alone = held.assign(service.context, BY, one.case_no, other.case_no, Payer.FAMILY, 10_000, second=second)
        assert isinstance(alone, Refusal) and alone.problem in (Problem.FOUR_EYES, Problem.NOT_ALLOWED)
    assert held.assign(service.context, BY, one.case_no, other.case_no, Payer.FAMILY, 10_000, None, AUDITOR) is None

    assert owes(service, one.case_no, Payer.FAMILY) == owed[0] - 6_000
    assert owes(service, other.case_no, Payer.FAMILY) == owed[1] - 10_000
    assert (waits(service), open_checks(service)) == ([], 0)
    with service.context.engine.connect() as connection:
        slips = [row.body for row in connection.execute(t.receipt.select().where(t.receipt.c.case_no == one.case_no))]
    assert any('"slip":"SL-1"' in body for body in slips if body), "the slip was exchanged"
    whole(service)


def quoted_too(service: Service) -> Told:
    one = Told.begun(service, 2, resident=False, id_no=None)
    one.does(Step.QUOTE)
    one.does(Step.SIGN_QUOTE)
    return one


def test_held_money_above_what_its_case_owes_is_put_there_by_two_and_who_did_so_does_not_refund_it_unseen(
    service: Service,
) -> None:
    one = quoted(service)
    takes(service, one.case_no, Step.DEPOSIT)
    cancelled(one)
    arrives(service)
    own = (one.case_no, one.case_no, Payer.FAMILY, FEN)
    assert held.assign(service.context, BY, *own) == Refusal(Problem.FOUR_EYES, "settle_payment")
    assert held.assign(service.context, BY, *own, None, AUDITOR) is None

    assert refunded(service, one.case_no) == 1
    whole(service)


def refunded(service: Service, case_no: CaseNo) -> int:
    """The manager and the auditor, who took no money, give it back; how many flags that raises."""
    details, desk = Details(amount_fen=FEN, means=Means.TRANSFER), service.station(StationKind.CASHIER)
    given = desk.take(case_no, Step.REFUND, details, staff_no=MANAGER, second_staff_no=AUDITOR)
    assert given.outcome is wire.Outcome.ACCEPTED, given
    return one_person(service)


def test_money_of_no_case_that_somebody_puts_on_a_case_is_not_refunded_by_them_unseen(service: Service) -> None:
    friend = Told.begun(service, 1, resident=False, id_no=None)
    takes(service, NOBODYS, Step.DEPOSIT)
    arrives(service)
    [number] = strays(service)
    alone = held.assign_stray(service.context, BY, number, friend.case_no)
    assert alone == Refusal(Problem.FOUR_EYES, "settle_payment")
    assert held.assign_stray(service.context, BY, number, friend.case_no, AUDITOR) is None

    assert refunded(service, friend.case_no) == 1


def test_a_deposit_of_a_case_that_closed_meanwhile_is_given_back_in_cash_out_of_an_open_drawer(
    service: Service,
) -> None:
    one, cashier = quoted(service), signed(ONE)
    takes(service, one.case_no, Step.DEPOSIT)
    closed(one)
    arrives(service)
    [waiting] = waits(service)
    assert [(piece.payer, piece.means, piece.slip) for piece in waiting.pieces] == [(None, Means.CASH, "SL-7")]

    assert held.give_back(service.context, cashier, one.case_no, FEN, Means.CASH, AUDITOR) is None

    assert kept(service, mine(service).shift_no).moved_fen == 0
    assert (waits(service), holds(service, suspense(one.case_no))) == ([], 0)
    assert one_person(service) == 1, "who took it gives it back: somebody looks at it"
    bill(service, one.case_no)


def test_who_took_what_another_payer_paid_too_much_and_gives_it_back_is_looked_at(service: Service) -> None:
    one = stored(service)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_OTHER)
    one.does(Step.PAY, amount_fen=16_000, means=Means.CASH, payer=Payer.OTHER)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    assert held.give_back(service.context, BY, one.case_no, 6_000, Means.TRANSFER, AUDITOR) is None
    assert one_person(service) == 0, "others did"
    assert held.give_back(service.context, signed(ONE), one.case_no, 10_000, Means.CASH, AUDITOR) is None

    assert one_person(service) == 1
    with service.context.engine.connect() as connection:
        flag = connection.execute(t.review_flag.select().where(t.review_flag.c.rule == Rule.ONE_PERSON.value)).one()
    assert (flag.case_no, flag.amount_fen, flag.caused_by, flag.second) == (one.case_no, 10_000, ONE, AUDITOR)


def test_a_giving_back_that_is_refused_raises_no_flag(service: Service) -> None:
    one = quoted(service)
    takes(service, one.case_no, Step.DEPOSIT)
    closed(one)
    arrives(service)

    for second in (None, ONE, StaffNo("9999")):
        assert held.give_back(service.context, signed(ONE), one.case_no, FEN, Means.CASH, second) is not None

    assert (one_person(service), holds(service, suspense(one.case_no))) == (0, FEN)


def one_person(service: Service) -> int:
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.review_flag.select().where(t.review_flag.c.rule == Rule.ONE_PERSON.value))
        return len(rows.all())


def test_cash_is_not_given_back_without_an_open_drawer(service: Service) -> None:
    one = overpaid(service)
    assert not isinstance(close(service, 50_000), Refusal)

    refused = held.give_back(service.context, signed(ONE), one.case_no, 100, Means.CASH, AUDITOR)

    assert isinstance(refused, Refusal) and refused.problem is Problem.TILL_CLOSED


def test_no_desk_gives_held_money_back_by_qr_whatever_a_form_says(service: Service) -> None:
    one = overpaid(service)
    two = {"second_staff_no": "1016", "second_password": "10161016"}

    desk = Desk(service, MANAGER)
    back = {"amount": "100", "means": "qr", "seen": seen(desk.get("held").text), **two}
    by_hand = desk.post(f"held/{one.case_no}/back", **back)

    assert by_hand.status_code == 422
    refused = held.give_back(service.context, BY, one.case_no, 10_000, Means.QR, AUDITOR)
    assert refused == Refusal(Problem.FIELD_INVALID, "means")
    assert holds(service, suspense(one.case_no)) == 16_000


def test_what_came_for_a_statement_and_what_came_at_the_counter_are_decided_about_apart(service: Service) -> None:
    one = stored(service)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_POLICE)
    draft_no = sent(service, Payer.POLICE)
    assert pay(service, draft_no, 16_000) is None
    transport = TO_OTHER.model_copy(update={"item": "transport"})
    one.office.step(one.case_no, Step.SWITCH_PAYER, transport)
    one.does(Step.PAY, amount_fen=23_000, means=Means.TRANSFER, payer=Payer.OTHER)
    one.office.step(one.case_no, Step.SWITCH_PAYER, transport.model_copy(update={"payer": Payer.FAMILY}))

    assert holds(service, suspense(one.case_no)) == 23_000
    assert shown(service, draft_no) == {one.case_no: 0}, "the police paid what they owe"
    assert [waiting.fen for waiting in waits(service)] == [23_000]

    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    assert shown(service, draft_no) == {one.case_no: 16_000}
    assert [waiting.fen for waiting in waits(service)] == [23_000]
    assert back(service, draft_no, one.case_no, 16_000) is None
    assert held.give_back(service.context, BY, one.case_no, 23_000, Means.TRANSFER, AUDITOR) is None
    assert holds(service, suspense(one.case_no)) == 0
    whole(service)


def test_money_of_no_case_is_put_on_the_case_that_a_person_names_in_the_shift_in_which_it_was_taken(
    service: Service,
) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, NOBODYS, Step.PAY)
    arrives(service)
    assert not isinstance(close(service, 50_000 + FEN), Refusal)
    number = strays(service)[0]
    service.clock.forward(hours=15)

    assert held.assign_stray(service.context, BY, number, NOBODYS) == Refusal(Problem.CASE_UNKNOWN, NOBODYS)
    assert held.assign_stray(service.context, BY, number, one.case_no) == Refusal(Problem.FOUR_EYES, "settle_payment")
    assert held.assign_stray(service.context, BY, number, one.case_no, AUDITOR) is None
    assert held.assign_stray(service.context, BY, number, one.case_no, AUDITOR) == Refusal(Problem.NOT_FOUND)

    assert bill(service, one.case_no).paid_fen + bill(service, one.case_no).deposit_fen == FEN
    assert (kept(service, shift.shift_no).moved_fen, kept(service, shift.shift_no).later_fen) == (FEN, 0)
    assert (strays(service), open_checks(service)) == ([], 0)


def test_money_of_no_case_is_in_the_shift_in_which_it_was_taken_however_many_there_were_since(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, NOBODYS, Step.PAY)
    arrives(service)
    assert not isinstance(close(service, 50_000 + FEN), Refusal)
    monkeypatch.setattr(tills, "RECENT", 2)
    for _ in range(3):
        service.clock.forward(hours=12)
        opened = open_till.handle(service.context, ONE, shift.drawer, FLOAT, service.clock.now)
        assert not isinstance(opened, Refusal) and not isinstance(close(service, 50_000), Refusal)

    assert held.assign_stray(service.context, BY, strays(service)[0], one.case_no, AUDITOR) is None

    assert (kept(service, shift.shift_no).moved_fen, kept(service, shift.shift_no).later_fen) == (FEN, 0)
    assert nowhere(service) == []


def seen(page: str) -> str:
    """How far the page showed the money of its first case."""
    return page.partition('name="seen" value="')[2].partition('"')[0]


def strays(service: Service) -> list[int]:
    with service.context.engine.connect() as connection:
        return [one.log_no for one in stray_money.waiting(connection, service.context.home_id)]


def test_money_of_no_case_is_given_back_by_two_out_of_the_drawer_of_the_first(service: Service) -> None:
    before = mine(service)
    takes(service, NOBODYS, Step.PAY)
    arrives(service)
    [number] = strays(service)

    alone = held.give_back_stray(service.context, BY, number, MANAGER)
    assert alone == Refusal(Problem.FOUR_EYES, "settle_payment")
    assert held.give_back_stray(service.context, BY, number, AUDITOR) is None

    assert kept(service, before.shift_no).moved_fen == FEN
    assert kept(service, mine(service, MANAGER).shift_no).moved_fen == -FEN
    assert (strays(service), open_checks(service)) == ([], 0)
    assert not isinstance(close(service, 50_000 + FEN), Refusal)
    whole(service)


def test_what_is_held_at_the_desks_for_a_day_is_flagged_once(service: Service) -> None:
    one = overpaid(service)
    takes(service, NOBODYS, Step.PAY)
    arrives(service)
    now = service.clock.now

    assert flag_suspense.handle(service.context, now + timedelta(hours=20)) == 0
    assert flag_suspense.handle(service.context, now + timedelta(days=2)) == 2
    assert flag_suspense.handle(service.context, now + timedelta(days=3)) == 0

    c = t.review_flag.c
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.review_flag.select().where(c.rule == Rule.OLD_SUSPENSE.value)).all()
    assert {(row.case_no, row.amount_fen) for row in rows} == {(one.case_no, 16_000), (None, FEN)}


def test_held_money_of_a_case_is_for_those_who_settle_payments_alone(service: Service) -> None:
    one, clerk = overpaid(service), signed(StaffNo("1001"))
    for refused in (
        held.give_back(service.context, clerk, one.case_no, 1, Means.TRANSFER, AUDITOR),
        held.assign(service.context, clerk, one.case_no, CaseNo(one.case_no), Payer.FAMILY, 1),
    ):
        assert isinstance(refused, Refusal) and refused.problem is Problem.NOT_ALLOWED


def test_review_of_a_case_that_is_over_finds_no_second_way_to_the_same_money(service: Service) -> None:
    """A payment that is held is taken back as any other while its day is open, and is not held any more then."""
    one = quoted(service)
    takes(service, one.case_no, Step.DEPOSIT)
    closed(one)
    arrives(service)
    [piece] = waits(service)[0].pieces
    undo = Details(payment=piece.cause, reason=Reason.ENTERED_BY_MISTAKE)

    one.office.step(one.case_no, Step.REVERSE_PAYMENT, undo)

    assert (waits(service), holds(service, suspense(one.case_no))) == ([], 0)
    assert holds(service, receivable(one.case_no, Payer.FAMILY)) == 0


def test_the_page_shows_what_is_held_and_takes_each_decision(service: Service) -> None:
    one = overpaid(service)
    takes(service, NOBODYS, Step.PAY)
    arrives(service)
    desk = Desk(service, MANAGER)
    page = desk.get("held").text
    assert "¥160.00" in page and "¥360.00" in page and NOBODYS in page and "SL-7" in page
    assert 'href="/office/held"' in desk.get("days").text
    assert 'href="/office/held">柜台待查款</a>' in desk.get("work").text

    assign, asked = f"held/{one.case_no}/assign", {"target": one.case_no, "payer": "family", "seen": seen(page)}
    bad = desk.post(assign, amount="160.01", **asked)
    assert bad.status_code == 409 and "¥160.00" in bad.text
    two = {"second_staff_no": "1016", "second_password": "10161016"}
    assert desk.post(assign, amount="60", **asked).status_code == 303
    twice = desk.post(assign, amount="60", **asked)
    assert (
        twice.status_code == 409 and say("zh_CN", "problem.list_changed.say") in twice.text and "¥100.00" in twice.text
    )
    back = {"amount": "40", "means": "transfer", **two}
    assert desk.post(f"held/{one.case_no}/back", seen=seen(twice.text), **back).status_code == 303
    assert desk.post(f"held/{one.case_no}/back", seen=seen(twice.text), **back).status_code == 409
    assert desk.post(f"held/{one.case_no}/back", **back).status_code == 422, "what page was seen?"
    assert waits(service)[0].fen == 6_000
    back |= {"amount": "60", "seen": seen(desk.get("held").text)}
    assert desk.post(f"held/{one.case_no}/back", **back).status_code == 303
    [number] = strays(service)
    assert desk.post(f"held/strays/{number}/back", **two).status_code == 303

    page = desk.get("held").text
    assert "¥" not in page and "柜台没有待查款" in page
    assert Desk(service, "1001").get("held").status_code == 403
    whole(service)


def test_what_cannot_be_a_number_is_said_and_nothing_breaks(service: Service) -> None:
    one = overpaid(service)
    desk, two = Desk(service, MANAGER), {"second_staff_no": "1016", "second_password": "10161016"}
    short = {"amount": "1", "means": "transfer", "reason": "payer_found", "seen": "0", **two}
    for number in ("汉字", "A" * 39):
        said = desk.post(f"held/{one.case_no}/recover", reference=number, **short)
        assert said.status_code == 422 and "填写的内容不对" in said.text
    assign = {"target": one.case_no, "payer": "family", "amount": "60", "seen": "0"}
    assert desk.post(f"held/{one.case_no}/assign", slip="汉字", **assign).status_code == 422
    assert desk.post("held/汉字/assign", slip="", **assign, **two).status_code == 422
    assert waits(service)[0].most_fen == 16_000


def test_a_refused_record_of_money_is_shown_with_its_amount_and_held_by_whom_it_concerns(service: Service) -> None:
    """As a service kept it that refused such money, or a station that says what no station should."""
    one, cold = quoted(service), service.station(StationKind.COLD_STORAGE)
    details = Details(amount_fen=FEN, means=Means.TRANSFER, receipt="SL-9")
    cold.append(wire.Observation(step=Step.DEPOSIT, details=details), case_no=one.case_no, staff_no=ONE)
    assert cold.judged().outcome is wire.Outcome.REFUSED
    manager, auditor = Desk(service, MANAGER), Desk(service, AUDITOR)
    page = manager.get("unsettled").text
    assert "¥360.00" in page and "收费员" in page and manager.get("unsettled?outcome=conflict").text.count("¥") == 0
    number = page.partition("/office/unsettled/")[2].partition("/")[0]
    assert f"/office/unsettled/{number}/hold" not in auditor.get("unsettled").text

    assert auditor.post(f"unsettled/{number}/hold").status_code == 403
    assert manager.post(f"unsettled/{number}/hold").status_code == 303
    assert manager.post(f"unsettled/{number}/hold").status_code == 404
    [stray] = strays(service)
    assert held.assign_stray(service.context, BY, stray, one.case_no) is None, "its own case, its own deposit"

    assert (bill(service, one.case_no).deposit_fen, open_checks(service)) == (FEN, 0)
    assert f"/office/unsettled/{number}/hold" not in manager.get("unsettled").text
