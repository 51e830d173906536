"""Judge what a station says happened, and let it happen in the working set.

The rules are `core.tap.judge`; the reasons that the service alone can know stand in `known_here`.
"""

from cardsvc.core.came import TAKES_MONEY, came_in, went_out
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, Step, chain_place
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES
from cardsvc.core.tap import CONTESTED, FACTS_STAND, CardChain, Judged, judge
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers.record_tap.answering import answer, refused
from cardsvc.handlers.record_tap.freezing import copied
from cardsvc.handlers.record_tap.gates import clear, ground_of
from cardsvc.handlers.record_tap.happening import given, let_happen
from cardsvc.handlers.record_tap.known_here import awaits, forked, further_reasons, roles_then
from cardsvc.handlers.record_tap.reported import Reported
from cardsvc.store import references, stray_money
from cardsvc.store.chains import place_of
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, reported: Reported, log_no: int) -> Judgement:
    """Judge a reported step; what is accepted, waiting or in conflict becomes a fact with its lines and transfers.

    A record that arrives late, after others that were written on the card behind it, is judged by the case as it was
    at its own place in the card's chain.
    """
    case = tx.case(reported.case_no) if reported.case_no else None
    if case is None:
        unknown = Refusal(Problem.CASE_UNKNOWN, reported.case_no or "")
        twice = references.entered_before(tx, reported.asked.step, reported.asked.details, reported.cause)
        reasons = (unknown,) if twice is None else (unknown, twice)
        kept = reported.happened and _of_no_case(tx, reported, log_no)
        return answer(Judged(Outcome.CONFLICT, reasons)) if kept else refused(unknown)
    card = tx.cards.get(reported.card_no) if reported.card_no and reported.counter is not None else None
    late, issue_no = _late(case, reported, card), _issue_no(tx, case, card)
    if late and reported.counter is not None:
        case = tx.case_at(case.case_no, chain_place(issue_no, reported.counter)) or case
    ground = ground_of(tx, case, reported)
    judged = judge(
        case,
        reported.asked,
        reported.station_kind,
        roles_then(tx, reported, reported.asked.staff_no) or (),
        happened=reported.happened,
        card=card,
        awaits=awaits(tx, reported, card),
        issue_no=case.issue_no + 1,
        further=further_reasons(tx, case, reported, card),
        ground=ground,
    )
    if judged.outcome is Outcome.ACCEPTED and not reported.happened:
        clear(tx, case, reported, ground, log_no)
    if card is not None and reported.happened:
        _chain(tx, reported, card, case.case_no, issue_no)
        if judged.waiting_for is not None:
            tx.missing[(judged.waiting_for, card.card_no)] = case.case_no
    place = chain_place(issue_no, reported.counter + 1) if reported.counter is not None else place_of(tx, case)
    for body in judged.facts:
        fact = Fact(
            case_no=case.case_no,
            body=body,
            at=reported.at,
            observed=reported.observed,
            staff_no=reported.asked.staff_no or StaffNo(""),
            second_staff_no=reported.asked.second_staff_no,
            station_id=reported.station_id,
            station_kind=reported.station_kind,
            card_no=reported.card_no,
            cause=reported.cause,
            order=(place, log_no),
            contested=_contested(reported.asked.step, judged),
        )
        if reported.asked.step in TAKES_MONEY and judged.reasons:
            tx.against[fact.cause] = tuple(one.problem for one in judged.reasons)
        let_happen(tx, case, given(tx, case, fact), log_no, late=late)
    if card is not None and reported.happened and forked(tx, reported, card) is not None:
        copied(tx, card.card_no, case.case_no)
    return answer(judged)


def _of_no_case(tx: WorkingSet, reported: Reported, log_no: int) -> bool:
    """Keep money that moved for a case that nobody here knows: what came in, what lost books let go, each once."""
    asked, cause = reported.asked, reported.cause
    if asked.step is Step.REVERSE_PAYMENT:
        return stray_money.take_back(tx, asked, log_no)
    if not (came_in(asked, reported.station_kind) or went_out(asked)):
        return False
    if not stray_money.knows(tx, cause):
        stray_money.keep(tx, asked, reported.case_no, reported.at, reported.station_id, cause, log_no)
    return True


def _contested(step: Step, judged: Judged) -> bool:
    """Whether a person resolves it before what cannot be undone.

    Money is posted, held or short, and never stands in a body's way; another write of the card does.
    """
    told = {one.problem for one in judged.reasons} - FACTS_STAND
    if judged.outcome is not Outcome.CONFLICT or RULES[step].by_word:
        return False
    return bool(told & CONTESTED - {Problem.STAFF_LEFT} if step in TAKES_MONEY else told)


def _issue_no(tx: WorkingSet, case: Case, card: CardChain | None) -> int:
    """Which card of the case wrote this: a blank is the next one, even when its binding has not arrived yet."""
    if card is None:
        return case.issue_no
    return tx.issue[card.card_no] if card.case_no is not None else case.issue_no + 1


def _late(case: Case, reported: Reported, card: CardChain | None) -> bool:
    """Whether others have written behind it: the same card, or the office took the card from the case since."""
    if card is None or reported.counter is None:
        return False
    released = card.case_no is not None and case.card_no != card.card_no and case.issue_no > 0
    return reported.counter < card.counter or released


def _chain(tx: WorkingSet, reported: Reported, card: CardChain, case_no: CaseNo, issue_no: int) -> None:
    """Move the card's chain on: whatever is thought of the step, the card was written."""
    if reported.counter is None or reported.key is None or tx.writer(card.card_no, reported.counter + 1) is not None:
        return
    tx.writes[(card.card_no, reported.counter + 1)] = reported.key
    tx.arrived.add(reported.key)
    tx.issue[card.card_no] = issue_no
    if reported.counter + 1 > card.counter:
        bound = case_no if card.case_no is None else card.case_no
        tx.cards[card.card_no] = CardChain(card.card_no, bound, reported.counter + 1, reported.key)
    else:
        tx.cards[card.card_no] = card
