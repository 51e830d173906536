"""Money by card terminal or transfer names its slip or the bank's number, each of them once; decision 0040."""

import pytest
from sqlalchemy import update

from cardsvc.api import held
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.core.words import say
from cardsvc.store import reviewing, stray_money
from cardsvc.store import tables as t
from cardsvc.store.reviewing import Wanted
from cardsvc.store.working import Stray
from tests.service.test_money_that_came import NOBODYS, quoted
from tests.service.test_statements import collected, pay, sent, signed
from tests.service.test_tills import mine
from tests.support.accounts import bill
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

MANAGER, AUDITOR = StaffNo("1015"), StaffNo("1016")


def flagged(service: Service, rule: Rule) -> list[tuple[str | None, int, tuple[Problem, ...]]]:
    with service.context.engine.connect() as connection:
        rows = reviewing.listed(connection, service.context.home_id, Wanted(rule=rule), None, 10)
    return [(one.case_no, one.amount_fen, one.evidence.against) for one in rows]


def paid(one: Told, reference: str | None, means: Means = Means.TRANSFER, fen: int = 1_000) -> Judgement:
    """The desk has taken it: what it says is in the books, whatever is thought of it."""
    station, before = one.service.station(StationKind.CASHIER), came(one)
    one.service.clock.forward(minutes=1)
    details = Details(amount_fen=fen, means=means, reference=reference)
    station.append(wire.Observation(step=Step.PAY, details=details), case_no=one.case_no, staff_no=MANAGER)
    judgement = station.judged()
    assert came(one) == before + fen
    return judgement


def came(one: Told) -> int:
    found = bill(one.service, one.case_no)
    return found.paid_fen + found.deposit_fen


@pytest.mark.parametrize("means", [Means.TRANSFER, Means.CARD_TERMINAL])
def test_money_by_card_or_transfer_without_its_number_is_looked_at(service: Service, means: Means) -> None:
    one = quoted(service)

    judgement = paid(one, None, means)

    assert (judgement.outcome, judgement.reasons[0].detail) == (Outcome.CONFLICT, "reference")
    assert flagged(service, Rule.TAKEN_IN_DOUBT) == [(one.case_no, 1_000, (Problem.FIELD_MISSING,))]
    assert one.case.gaps == (), "it stands in nobody's way"


def test_a_number_that_was_entered_before_is_looked_at_whatever_case_it_comes_for(service: Service) -> None:
    one, other = quoted(service), Told.begun(service, 2, resident=False, id_no=None)
    other.does(Step.QUOTE)
    other.does(Step.SIGN_QUOTE)
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED

    again = [(one, "b-7", Means.TRANSFER), (other, "0B7", Means.TRANSFER), (one, "B.7", Means.CARD_TERMINAL)]
    for told, number, means in again:
        assert [reason.problem for reason in paid(told, number, means).reasons] == [Problem.PAID_TWICE]

    doubts = flagged(service, Rule.TAKEN_IN_DOUBT)
    assert sorted(doubts) == sorted((told.case_no, 1_000, (Problem.PAID_TWICE,)) for told, _, _ in again)


def test_a_payment_that_was_taken_back_can_be_entered_again_with_its_number(service: Service) -> None:
    one = quoted(service)
    assert paid(one, "B-7", fen=100).outcome is Outcome.ACCEPTED
    service.clock.forward(minutes=5)
    one.does(Step.REVERSE_PAYMENT, payment=one.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    assert paid(one, "B-7").outcome is Outcome.ACCEPTED
    assert paid(one, "B-7").outcome is Outcome.CONFLICT


def test_taking_the_second_of_two_back_leaves_the_number_with_the_first(service: Service) -> None:
    one, other = quoted(service), Told.begun(service, 2, resident=False, id_no=None)
    other.does(Step.QUOTE)
    other.does(Step.SIGN_QUOTE)
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED
    for told in (other, one):
        assert paid(told, "B-7").outcome is Outcome.CONFLICT
        service.clock.forward(minutes=5)
        told.does(Step.REVERSE_PAYMENT, payment=told.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    assert paid(other, "B-7").outcome is Outcome.CONFLICT


def test_a_bank_s_number_is_entered_once_at_the_counter_or_for_a_statement(service: Service) -> None:
    one, draft_no = collected(service), sent(service)
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED
    assert pay(service, draft_no, 23_000, "b- 7") == Refusal(Problem.PAID_TWICE, "B-7")

    assert pay(service, draft_no, 10_000, "2026-ab 77") is None
    for again in ("2026-AB77", "2026-AB  77", "２０２６-ＡＢ７７"):
        assert pay(service, draft_no, 10_000, again) == Refusal(Problem.PAID_TWICE, "2026-AB77")
    assert [reason.problem for reason in paid(one, "2026-ab77").reasons] == [Problem.PAID_TWICE]


def test_a_slip_is_found_by_its_number_however_it_is_typed(service: Service) -> None:
    one, draft_no = collected(service), sent(service)
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED
    assert pay(service, draft_no, 10_000, "ICBC-1") is None
    desk = Desk(service, MANAGER)

    def found(text: str) -> str:
        return str(desk.post("search", q=text).headers["location"])

    assert found("b7").endswith(f"/cases/{one.case_no}")
    assert found(" icbc-1").endswith(f"/statements/{draft_no}")
    assert Desk(service, "1001").post("search", q="icbc-1").status_code == 200, "who sees no bills finds none"


def test_cash_that_goes_out_for_money_that_came_otherwise_is_looked_at(service: Service) -> None:
    one = Told.begun(service, 1, resident=False, id_no=None)
    mine(service, MANAGER)
    one.does(Step.DEPOSIT, amount_fen=30_000, means=Means.CARD_TERMINAL)
    one.does(Step.DEPOSIT, amount_fen=10_000, means=Means.CASH)

    back = Details(amount_fen=15_000, means=Means.CASH)
    for _ in range(2):
        given = service.station(StationKind.CASHIER).take(
            one.case_no, Step.REFUND, back, staff_no=MANAGER, second_staff_no=AUDITOR
        )
        assert given.outcome is Outcome.ACCEPTED

    assert sorted(fen for _, fen, _ in flagged(service, Rule.CASH_FOR_OTHER)) == [5_000, 15_000]
    one.does(Step.REFUND, amount_fen=10_000, means=Means.CARD_TERMINAL)
    assert len(flagged(service, Rule.CASH_FOR_OTHER)) == 2
    assert bill(service, one.case_no).deposit_fen == 0


def of_no_case(service: Service, number: str, said: str | None = None, by: Means = Means.TRANSFER) -> list[Problem]:
    """A desk takes 10 yuan for a case that nobody here knows; what speaks against it."""
    station = service.station(StationKind.CASHIER)
    details = Details(amount_fen=1_000, means=by, reference=number)
    station.append(wire.Observation(step=Step.DEPOSIT, details=details), case_no=said, staff_no=MANAGER)
    judgement = station.judged()
    assert judgement.outcome is Outcome.CONFLICT
    return [reason.problem for reason in judgement.reasons]


def waiting(service: Service) -> list[Stray]:
    with service.context.engine.connect() as connection:
        return stray_money.waiting(connection, service.context.home_id)


def puts(one: Told, stray: Stray, second: StaffNo | None = AUDITOR) -> Refusal | None:
    return held.assign_stray(one.service.context, signed(MANAGER), stray.log_no, one.case_no, second)


@pytest.mark.parametrize("said", [None, NOBODYS])
def test_the_number_of_money_of_no_case_is_entered_once_as_any_other(service: Service, said: str | None) -> None:
    one, draft_no = collected(service), sent(service)
    assert of_no_case(service, "B-7", said) == [Problem.CASE_UNKNOWN]

    assert of_no_case(service, "b7") == [Problem.CASE_UNKNOWN, Problem.PAID_TWICE]
    assert of_no_case(service, "B7", NOBODYS, Means.CARD_TERMINAL) == [Problem.CASE_UNKNOWN, Problem.PAID_TWICE]
    assert [reason.problem for reason in paid(one, "B-7").reasons] == [Problem.PAID_TWICE]
    assert pay(service, draft_no, 1_000, "B-7") == Refusal(Problem.PAID_TWICE, "B-7")

    against = [found for case_no, _, found in flagged(service, Rule.TAKEN_IN_DOUBT) if case_no is None]
    twice = (Problem.CASE_UNKNOWN, Problem.PAID_TWICE)
    assert sorted(against) == [(Problem.CASE_UNKNOWN,), twice, twice]
    assert Desk(service, MANAGER).post("search", q="b-7").headers["location"].endswith("/held")


def test_money_of_no_case_with_the_number_of_other_money_is_put_on_a_case_by_two_and_looked_at_there(
    service: Service,
) -> None:
    one, draft_no = collected(service), sent(service)
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED
    assert pay(service, draft_no, 1_000, "ICBC-1") is None
    for number in ("B-7", "ICBC-1"):
        assert of_no_case(service, number, one.case_no[:-1] + "9") == [Problem.CASE_UNKNOWN, Problem.PAID_TWICE]
    page = Desk(service, MANAGER).get("held").text
    assert page.count(say("zh_CN", "problem.paid_twice.say")) == 2 and "B-7" in page and "ICBC-1" in page

    for stray in waiting(service):
        assert puts(one, stray, None) == Refusal(Problem.FOUR_EYES, "settle_payment")
        assert puts(one, stray) is None

    doubts = flagged(service, Rule.TAKEN_IN_DOUBT)
    assert doubts.count((one.case_no, 1_000, (Problem.PAID_TWICE,))) == 2
    assert [reason.problem for reason in paid(one, "B-7").reasons] == [Problem.PAID_TWICE]


def test_money_of_no_case_keeps_its_number_at_its_case_and_frees_it_when_it_is_taken_back(service: Service) -> None:
    one, other = quoted(service), Told.begun(service, 2, resident=False, id_no=None)
    assert of_no_case(service, "B-7") == [Problem.CASE_UNKNOWN]
    [stray] = waiting(service)
    page = Desk(service, MANAGER).get("held").text
    assert "B-7" in page and say("zh_CN", "problem.paid_twice.say") not in page
    assert puts(one, stray) is None
    assert Desk(service, MANAGER).post("search", q="b-7").headers["location"].endswith(f"/cases/{one.case_no}")
    assert of_no_case(service, "B-7") == [Problem.CASE_UNKNOWN, Problem.PAID_TWICE]

    service.clock.forward(minutes=5)
    one.does(Step.REVERSE_PAYMENT, payment=one.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    assert of_no_case(service, "B-7")[1:] == [Problem.PAID_TWICE], "the second is not decided about, and has it now"
    for stray in waiting(service):
        assert held.give_back_stray(service.context, signed(MANAGER), stray.log_no, AUDITOR) is None
    assert of_no_case(service, "B-7")[1:] == [Problem.PAID_TWICE], "what came and went back keeps its number"
    assert puts(other, waiting(service)[0]) is None


def test_a_refused_record_of_money_is_held_with_what_is_known_of_its_number(service: Service) -> None:
    one, cold = quoted(service), service.station(StationKind.COLD_STORAGE)
    details = Details(amount_fen=1_000, means=Means.TRANSFER, reference="B-7")
    cold.append(wire.Observation(step=Step.DEPOSIT, details=details), case_no=one.case_no, staff_no=MANAGER)
    assert cold.judged().outcome is Outcome.REFUSED
    assert paid(one, "B-7").outcome is Outcome.ACCEPTED, "entered by hand meanwhile"
    desk = Desk(service, MANAGER)
    number = desk.get("unsettled").text.partition("/office/unsettled/")[2].partition("/")[0]

    assert desk.post(f"unsettled/{number}/hold").status_code == 303

    [stray] = waiting(service)
    assert stray.reference == "B-7" and puts(one, stray, None) == Refusal(Problem.FOUR_EYES, "settle_payment")
    [(_, _, against)] = [doubt for doubt in flagged(service, Rule.TAKEN_IN_DOUBT) if doubt[0] is None]
    assert Problem.PAID_TWICE in against


@pytest.mark.parametrize("times", [1, 2])
def test_money_of_no_case_that_lost_books_took_back_frees_its_number_when_no_other_has_it(
    service: Service, times: int
) -> None:
    station = service.station(StationKind.CASHIER)
    money = wire.Observation(step=Step.DEPOSIT, details=Details(amount_fen=1_000, means=Means.TRANSFER, reference="B7"))
    people = {"staff_no": MANAGER, "second_staff_no": AUDITOR, "case_no": NOBODYS}
    first, *_ = [station.append(money, staff_no=MANAGER, case_no=NOBODYS) for _ in range(times)]
    undo = Details(payment=f"{station.journal_id}:{first}", reason=Reason.ENTERED_BY_MISTAKE)
    asked = station.append(wire.Request(step=Step.REVERSE_PAYMENT, details=undo), **people)
    back = wire.Observation(step=Step.REVERSE_PAYMENT, details=undo, granted_seq=asked)
    station.append(back, **people)
    with service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=2))
    station.settled = station.seq

    station.send()

    assert len(waiting(service)) == times - 1
    assert of_no_case(service, "B-7")[1:] == [Problem.PAID_TWICE] * (times - 1)
