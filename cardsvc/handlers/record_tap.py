"""Judge what a station says happened, and let it happen in the working set.

The rules are `core.tap.judge`; here stand only the reasons that the service alone can know.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core import ledger, prices, workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Fact, PlaceKind, StationKind, Step, StepTaken, chain_place, step_of
from cardsvc.core.facts import Reason as HoldReason
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, JournalId, RecordKey, StaffNo, StationId
from cardsvc.core.preconditions import BEFORE_NO_RETURN, Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import mifare_classic
from cardsvc.core.snapshot import Limits
from cardsvc.core.tap import FACTS_STAND, NEVER_BY_UID, CardChain, Judged, judge
from cardsvc.core.wire import Judgement, Key, Outcome, Reason
from cardsvc.store import journals
from cardsvc.store.cards import STAFF
from cardsvc.store.working import Permit, WorkingSet

MARKS = {
    Step.COLLECT: ("tag", Problem.TAG_IN_USE),
    Step.LOAD: ("disc", Problem.DISC_USED),
    Step.SEAL: ("label", Problem.DISC_USED),
}
EXCLUSIVE = (PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF)
KEEPS_PERMIT = frozenset(
    {Step.ARM, Step.LOAD, Step.HOLD, Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.BIND_CARD}
)
"""A hold leaves the permit alone: it is effective when the permit is over (RELIABILITY.md section 5)."""
MARGIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reported:
    """A step as somebody reports or requests it: by a station's record, or by an entry in the office.

    `cause` is ``journal:seq`` or ``office:log``; `counter` and `last` are what the card said before it was written
    (None when the step writes no card). `happened` is True for what is already so.
    """

    case_no: CaseNo | None
    asked: Asked
    at: datetime
    cause: str
    station_kind: StationKind
    station_id: StationId | None = None
    key: RecordKey | None = None
    card_no: CardNo | None = None
    counter: int | None = None
    last: RecordKey | None = None
    happened: bool = True
    observed: bool = True


def handle(tx: WorkingSet, reported: Reported, log_no: int) -> Judgement:
    """Judge a reported step; what is accepted, waiting or in conflict becomes a fact with its lines and transfers.

    A record that arrives late, after others that were written on the card behind it, is judged by the case as it was
    at its own place in the card's chain.
    """
    case = tx.case(reported.case_no) if reported.case_no else None
    if case is None:
        return refused(Refusal(Problem.CASE_UNKNOWN, reported.case_no or ""))
    card = tx.cards.get(reported.card_no) if reported.card_no and reported.counter is not None else None
    late, issue_no = _late(case, reported, card), _issue_no(tx, case, card)
    if late and reported.counter is not None:
        case = tx.case_at(case.case_no, chain_place(issue_no, reported.counter)) or case
    judged = judge(
        case,
        reported.asked,
        reported.station_kind,
        tx.staff.get(reported.asked.staff_no or StaffNo(""), ()),
        happened=reported.happened,
        card=card,
        awaits=_awaits(tx, reported, card),
        issue_no=case.issue_no + 1,
        further=_further(tx, case, reported, card),
    )
    if card is not None and reported.happened:
        _chain(tx, reported, card, case.case_no, issue_no)
        if judged.waiting_for is not None:
            tx.missing[(judged.waiting_for, card.card_no)] = case.case_no
    place = chain_place(issue_no, reported.counter + 1) if reported.counter is not None else _place(tx, case)
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
            contested=judged.outcome is Outcome.CONFLICT
            and any(one.problem not in FACTS_STAND for one in judged.reasons),
        )
        _take(tx, case, _sparing(tx, fact), log_no, late=late)
    if card is not None and reported.happened and _forked(tx, reported, card) is not None:
        copied(tx, card.card_no, case.case_no)
    return answer(judged)


def copied(tx: WorkingSet, card_no: CardNo, case_no: CaseNo | None) -> None:
    """A card exists twice: both are hot from now on, and its cases wait for a person before what cannot be undone."""
    tx.load_cards([card_no])
    if card_no not in tx.cards:
        return
    if tx.hot.get(card_no) is not HotReason.CLONED:
        tx.heat[card_no] = HotReason.CLONED
        tx.hot[card_no] = HotReason.CLONED
    for number in sorted({number for number in (case_no, tx.cards[card_no].case_no) if number is not None}):
        case = tx.case(number)
        if case is None or any(hold.reason is HoldReason.CARD_COPIED for hold in case.holds):
            continue
        log_no = tx.log.add("held: card copied", case.case_no, "", tx.now)
        body = StepTaken(
            step=Step.HOLD, details=Details(reason=HoldReason.CARD_COPIED, blocks=tuple(sorted(BEFORE_NO_RETURN)))
        )
        fact = Fact(
            case_no=case.case_no,
            body=body,
            at=tx.now,
            observed=False,
            staff_no=StaffNo(""),
            station_kind=StationKind.OFFICE,
            card_no=card_no,
            cause=f"office:{log_no}",
            order=(_place(tx, case), log_no),
        )
        _take(tx, case, _sparing(tx, fact), log_no, late=False)


def _sparing(tx: WorkingSet, fact: Fact) -> Fact:
    """A hold names the permit that lives while it is placed: a load with that one is not stopped any more."""
    if not isinstance(fact.body, StepTaken) or fact.body.step is not Step.HOLD:
        return fact
    permit = _live(tx, fact.case_no)
    details = fact.body.details.model_copy(update={"permit": permit.permit if permit is not None else None})
    return fact.model_copy(update={"body": fact.body.model_copy(update={"details": details})})


def _live(tx: WorkingSet, case_no: CaseNo) -> Permit | None:
    """The permit with which a load of this case may still start."""
    lives = (one for one in tx.permits.values() if one.case_no == case_no and one.state == "live")
    return next((one for one in lives if one.until > tx.now), None)


def _awaits(tx: WorkingSet, reported: Reported, card: CardChain | None) -> RecordKey | None:
    """The record that the card names as its last, where nothing has come that wrote this counter."""
    if card is None or not reported.counter:
        return None
    return reported.last if tx.writer(card.card_no, reported.counter) is None else None


def _forked(tx: WorkingSet, reported: Reported, card: CardChain) -> RecordKey | None:
    """The record that wrote the same counter of the card, or the one before it, where the card names another."""
    if reported.counter is None:
        return None
    writer = tx.writer(card.card_no, reported.counter + 1)
    if writer is not None and writer != reported.key:
        return writer
    before = tx.writer(card.card_no, reported.counter)
    return before if before is not None and reported.last is not None and before != reported.last else None


def answer(judged: Judged) -> Judgement:
    """A judgement as it travels."""
    reasons = tuple(
        Reason(problem=one.problem, detail=one.detail) for refusal in judged.reasons for one in refusal.all()
    )
    waiting = Key.of(judged.waiting_for) if judged.waiting_for else None
    return Judgement(outcome=judged.outcome, reasons=reasons, waiting_for=waiting)


def refused(refusal: Refusal) -> Judgement:
    """A plain no as it travels."""
    return answer(Judged(Outcome.REFUSED, (refusal,)))


def grant_permit(tx: WorkingSet, reported: Reported, limits: Limits, code: str) -> Judgement:
    """Give leave to load: one live permit a case and a furnace; an older one of this case dies with the new one.

    The answer carries a duration, never an end time (RELIABILITY.md section 5). After a restore nobody gets one before
    every station has said hello: one of them may know of a start that the backup does not.
    """
    details = reported.asked.details
    silent = journals.all_said_hello(tx.connection, tx.home_id)
    if silent:
        return refused(Refusal(Problem.STATIONS_AWAITED, ", ".join(silent)))
    live = [one for one in tx.permits.values() if one.state == "live"]
    here = [one for one in live if one.furnace == details.furnace]
    if any(one.until > tx.now and one.case_no != reported.case_no for one in here):
        return refused(Refusal(Problem.PLACE_TAKEN, details.furnace or ""))
    judgement = handle(tx, reported, tx.log.log_no)
    if judgement.outcome is not Outcome.ACCEPTED or reported.key is None or reported.case_no is None:
        return judgement
    for one in (*here, *(one for one in live if one.case_no == reported.case_no)):
        one.state = "dead"
    until = tx.now + timedelta(milliseconds=limits.permit_ms) + MARGIN
    tx.permits[code] = Permit(
        code, reported.case_no, details.furnace or "", details.disc or "", reported.key.journal_id, "live", until
    )
    return judgement.model_copy(update={"permit": code, "permit_ms": limits.permit_ms})


def permit_over(tx: WorkingSet, code: str, journal_id: JournalId) -> None:
    """The station says that nothing will start with its permit any more."""
    permit = tx.permits.get(code)
    if permit is not None and permit.journal_id == journal_id and permit.state == "live":
        permit.state = "dead"


def by_uid(tx: WorkingSet, card_no: CardNo | None) -> CardNo | None:
    """The card, if it can only be recognised: the service's word is needed for every step with it."""
    if card_no is None:
        return None
    tx.load_cards([card_no])
    return card_no if tx.profile.get(card_no) == mifare_classic.PROFILE.name else None


def _place(tx: WorkingSet, case: Case) -> int:
    """Where a fact that wrote no card stands among those that did: after all that the service knows of."""
    if case.card_no is None:
        return chain_place(case.issue_no + 1, 0)
    tx.load_cards([case.card_no])
    return chain_place(case.issue_no, tx.cards[case.card_no].counter)


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


def _further(tx: WorkingSet, case: Case, reported: Reported, card: CardChain | None) -> list[Refusal]:
    """What only the service can know against a step."""
    step, details = reported.asked.step, reported.asked.details
    reasons = []
    legacy = by_uid(tx, reported.card_no) or by_uid(tx, case.card_no)
    if legacy and (step in NEVER_BY_UID or reported.counter is not None):
        reasons.append(Refusal(Problem.CARD_NOT_WRITABLE, legacy))
    if reported.card_no is not None and tx.kind.get(reported.card_no) == STAFF:
        reasons.append(Refusal(Problem.STAFF_CARD, reported.card_no))
    if step in MARKS or step is Step.ARM:
        kind, problem = MARKS.get(step, MARKS[Step.LOAD])
        code = getattr(details, kind)
        owner = tx.mark_owner(kind, code) if code else None
        if owner is not None and owner != case.case_no:
            reasons.append(Refusal(problem, code))
    place = workflow.place_after(step, details)
    if place is not None and place.kind in EXCLUSIVE and place.code is not None:
        owner = tx.places.get((place.kind, place.code))
        if owner is not None and owner != case.case_no:
            reasons.append(Refusal(Problem.PLACE_TAKEN, place.code))
    if step is Step.ARM and tx.places.get((PlaceKind.FURNACE, details.furnace or "")) not in (None, case.case_no):
        reasons.append(Refusal(Problem.PLACE_TAKEN, details.furnace or ""))
    if step is Step.RESERVE and details.starts is not None:
        owner = tx.halls.get((details.hall or "", details.starts))
        if owner is not None and owner != case.case_no:
            reasons.append(Refusal(Problem.PLACE_TAKEN, details.hall or ""))
    if step is Step.LOAD and not _permitted(tx, case, details):
        reasons.append(Refusal(Problem.PERMIT_NEEDED, details.permit or ""))
    if step is Step.QUOTE:
        reasons.extend(Refusal(Problem.ITEM_UNLISTED, item) for item in prices.unlisted(details.items, tx.book))
    if step is Step.REFUND and details.amount_fen is not None:
        held = -tx.balances(case.case_no).get(ledger.deposits(case.case_no), 0)
        if details.amount_fen > held:
            reasons.append(Refusal(Problem.ABOVE_PAID, str(held)))
    if card is not None and reported.happened and (writer := _forked(tx, reported, card)) is not None:
        reasons.append(Refusal(Problem.CASE_CONFLICT, f"{card.card_no}: {writer}"))
    heat = tx.hot.get(reported.card_no) if reported.card_no is not None else None
    if heat is HotReason.CLONED and reported.happened:
        reasons.append(Refusal(Problem.CASE_CONFLICT, f"{reported.card_no}: {heat}"))
    elif heat is not None and (not reported.happened or step is Step.BIND_CARD):
        reasons.append(Refusal(Problem.CARD_HOT, reported.card_no or ""))
    permit = _live(tx, case.case_no) if not reported.happened and step not in KEEPS_PERMIT else None
    if permit is not None:
        reasons.append(Refusal(Problem.PERMIT_LIVE, str(round((permit.until - tx.now).total_seconds()))))
    return reasons


def _permitted(tx: WorkingSet, case: Case, details: Details) -> bool:
    permit = tx.permits.get(details.permit or "")
    return (
        permit is not None
        and permit.state == "live"
        and (permit.case_no, permit.furnace, permit.disc) == (case.case_no, details.furnace, details.disc)
    )


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


def _take(tx: WorkingSet, before: Case, fact: Fact, log_no: int, *, late: bool) -> None:
    """Let a fact happen: case, places, marks, permits, lines, transfers."""
    tx.add_fact(fact, log_no, late=late)
    step = step_of(fact)
    if step is Step.VOID:
        _take_back(tx, before, fact, log_no)
    else:
        for line in prices.lines_for(fact, before, tx.book):
            tx.lines.append((fact.case_no, log_no, fact.cause, line, None))
            tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in ledger.charge(fact.case_no, line))
        moved = ledger.money_moved(fact)
        if step is Step.SETTLE:
            moved = ledger.settle(fact.case_no, tx.balances(fact.case_no))
        tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in moved)
    _occupy(tx, tx.cases[fact.case_no])
    if isinstance(fact.body, StepTaken):
        _mark(tx, fact, fact.body)
    for permit in tx.permits.values():
        if permit.case_no == fact.case_no and permit.state == "live":
            if step is Step.LOAD:
                permit.state = "used"
            elif step not in KEEPS_PERMIT:
                permit.state = "dead"


def _take_back(tx: WorkingSet, before: Case, fact: Fact, log_no: int) -> None:
    """Counter-entries for all that the voided step had caused."""
    voided = workflow.last_voidable(before)
    if voided is None:
        return
    lines, transfers = tx.caused(fact.case_no, voided.cause)
    tx.lines.extend((fact.case_no, log_no, fact.cause, line, number) for number, line in lines)
    tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in ledger.reversed_(transfers))


def _occupy(tx: WorkingSet, case: Case) -> None:
    """The case is in one place and in no other; a taken place stays with whoever has it."""
    here = (case.place.kind.value, case.place.code or "")
    for key in [key for key, owner in tx.places.items() if owner == case.case_no and key != here]:
        del tx.places[key]
    if case.place.kind in EXCLUSIVE and case.place.code is not None:
        tx.places.setdefault(here, case.case_no)


def _mark(tx: WorkingSet, fact: Fact, body: StepTaken) -> None:
    details = body.details
    if body.step in MARKS:
        kind, _ = MARKS[body.step]
        code = getattr(details, kind)
        if code and tx.mark_owner(kind, code) is None:
            tx.marks[(kind, code)] = fact.case_no
    if body.step is Step.RESERVE and details.starts is not None and details.hall is not None:
        _free_halls(tx, fact.case_no)
        tx.halls[(details.hall, details.starts)] = fact.case_no
    if body.step is Step.RELEASE_SLOT:
        _free_halls(tx, fact.case_no)


def _free_halls(tx: WorkingSet, case_no: CaseNo) -> None:
    for key in [key for key, owner in tx.halls.items() if owner == case_no]:
        del tx.halls[key]
