"""Let a fact happen in the working set: case, places, marks, permits, lines, transfers."""

from dataclasses import replace
from datetime import timedelta

from cardsvc.core import paid_out, recovery, reference
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, PlaceKind, Step, StepTaken, step_of
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.periods import cells
from cardsvc.core.reversal import reversed_by
from cardsvc.core.terms import OF_DEATH, Notice, Paper, Reason
from cardsvc.handlers.record_tap.charging import charge
from cardsvc.handlers.record_tap.things import EXCLUSIVE, KEEPS_PERMIT, PERIODS, live_permit, marks_of
from cardsvc.store import merged, references
from cardsvc.store.grounds import also_inside, kind_of, next_queue_no
from cardsvc.store.stock import next_certificate
from cardsvc.store.working import DEATH_PAPER, Drawn, Message, Trip, Voided, WorkingSet


def let_happen(tx: WorkingSet, before: Case, fact: Fact, log_no: int, *, late: bool) -> None:
    """Let a fact happen: case, places, marks, permits, lines, transfers."""
    known = tx.cases[fact.case_no]
    tx.add_fact(fact, log_no, late=late)
    step = step_of(fact)
    charge(tx, known, before, fact, log_no, late=late)
    _occupy(tx, tx.cases[fact.case_no])
    if isinstance(fact.body, StepTaken):
        _mark(tx, fact, fact.body)
        _free_papers(tx, before, tx.cases[fact.case_no])
        _refer(tx, fact, fact.body)
        _to_bank(tx, fact, fact.body)
        _travel(tx, fact, fact.body, log_no)
        notice = _tells(fact.body)
        if notice is not None:
            tx.outgoing.append((log_no, Message(notice, fact.case_no)))
        if step is Step.RELEASE:
            tx.collected.add(fact.case_no)
    for permit in tx.permits.values():
        if permit.case_no == fact.case_no and permit.state == "live":
            if step is Step.LOAD:
                permit.state = "used"
            elif step not in KEEPS_PERMIT:
                permit.state = "dead"


def _occupy(tx: WorkingSet, case: Case) -> None:
    """The body or its ashes are where they are; a furnace is the case's until its record is closed."""
    here = {
        (place.kind.value, place.code) for place in case.places if place.kind in EXCLUSIVE and place.code is not None
    }
    if case.last(Step.LOAD) is not None and case.furnace is not None and not case.furnace_closed:
        here.add((PlaceKind.FURNACE.value, case.furnace))
    for key in [key for key, owner in tx.places.items() if owner == case.case_no and key not in here]:
        del tx.places[key]
        heir = also_inside(tx, key[1], case.case_no) if key[0] == PlaceKind.FURNACE else None
        if heir is not None:
            tx.places[key] = heir
    for kind, code in here:
        tx.places.setdefault((kind, code or ""), case.case_no)


def _mark(tx: WorkingSet, fact: Fact, body: StepTaken) -> None:
    step, details = body.step, body.details
    for mark, code in marks_of(step, details):
        if tx.mark_owner(mark.kind, code) is None:
            tx.marks[(mark.kind, code)] = fact.case_no
    if step in PERIODS and details.starts is not None:
        thing, minutes = PERIODS[step]
        code = getattr(details, thing)
        _free_periods(tx, fact.case_no, PlaceKind(thing))
        for cell in cells(details.starts, getattr(tx.policy, minutes)):
            tx.halls.setdefault((code, cell), fact.case_no)
    if step in (Step.RELEASE_SLOT, Step.CANCEL, Step.MERGE):
        _free_periods(tx, fact.case_no, PlaceKind.HALL, PlaceKind.FURNACE)


def _free_papers(tx: WorkingSet, before: Case, after: Case) -> None:
    """A death paper that a case does not have any more can be another's: it was entered at the wrong one."""
    held = {(one.paper, one.number) for one in after.papers}
    for one in before.papers:
        key = (DEATH_PAPER, f"{one.paper}.{one.number}")
        if (one.paper, one.number) not in held and tx.mark_owner(*key) == after.case_no:
            tx.marks[key] = None


def _refer(tx: WorkingSet, fact: Fact, body: StepTaken) -> None:
    """A card slip or a bank's number is used once; that of a payment that was a mistake can be entered again."""
    code = reference.code_of(body.step, body.details)
    if code is not None and tx.mark_owner(reference.MARK, code) is None:
        tx.marks[(reference.MARK, code)] = fact.case_no
    undone = _taken_back_by(fact)
    if undone is None:
        return
    facts = merged.facts(tx, fact.case_no)
    numbers = {one.cause: _number(one) for one in facts}
    gone = numbers.get(undone)
    standing = {numbers[cause] for cause in numbers.keys() - {_taken_back_by(one) for one in facts}}
    ours = {one.case_no for one in facts}
    if gone is not None and gone not in standing and tx.mark_owner(reference.MARK, gone) in ours:
        references.free(tx, gone)


def _to_bank(tx: WorkingSet, fact: Fact, body: StepTaken) -> None:
    """A transfer that goes out waits for the bank's number; a number that was wrong is free again."""
    if paid_out.goes_by_bank(fact):
        tx.marks[(paid_out.OPEN, fact.cause)] = fact.case_no
    code = paid_out.code_of(fact)
    if code is None or body.details.payment is None:
        return
    earlier = (one for one in merged.facts(tx, fact.case_no) if one.cause != fact.cause)
    was = paid_out.told(earlier).get(body.details.payment)
    if was is not None:
        tx.marks[(paid_out.MARK, paid_out.code_of(was) or "")] = None
    tx.marks[(paid_out.OPEN, body.details.payment)] = None
    tx.marks[(paid_out.MARK, code)] = fact.case_no


def _taken_back_by(fact: Fact) -> str | None:
    """The cause of what the fact takes back so that its number is free: a payment, or a recovery that never came."""
    return reversed_by(fact) or recovery.never_came(fact)


def _number(fact: Fact) -> str | None:
    """Which slip or bank's number the fact's payment stands on."""
    return reference.code_of(fact.body.step, fact.body.details) if isinstance(fact.body, StepTaken) else None


def _free_periods(tx: WorkingSet, case_no: CaseNo, *kinds: PlaceKind) -> None:
    for key in [key for key, owner in tx.halls.items() if owner == case_no and kind_of(tx, key[0]) in kinds]:
        del tx.halls[key]


def _travel(tx: WorkingSet, fact: Fact, body: StepTaken, log_no: int) -> None:
    """Vehicle and crew are away from dispatch until arrival."""
    step, details = body.step, body.details
    trip = tx.trips.get(fact.case_no)
    open_trip = trip if trip is not None and trip.ended_at is None else None
    if step is Step.DISPATCH and details.vehicle is not None:
        crew = StaffNo(details.driver or ""), StaffNo(details.mate or "")
        tx.trips[fact.case_no] = Trip(fact.case_no, log_no, details.vehicle, *crew, fact.at)
    elif open_trip is None:
        return
    elif step is Step.COLLECT:
        tx.trips[fact.case_no] = replace(open_trip, kilometres=details.kilometres)
    elif step is Step.CHANGE_VEHICLE and details.vehicle is not None and not _away(tx, fact.case_no, details.vehicle):
        tx.left.append(replace(open_trip, ended_at=fact.at))
        tx.trips[fact.case_no] = replace(
            open_trip, log_no=log_no, vehicle=details.vehicle, started_at=fact.at, kilometres=details.kilometres
        )
        if details.reason is Reason.VEHICLE_BROKEN:
            tx.broken.add(open_trip.vehicle)
    elif step in (Step.ARRIVE, Step.CANCEL, Step.MERGE):
        tx.trips[fact.case_no] = replace(open_trip, ended_at=fact.at)


def _away(tx: WorkingSet, case_no: CaseNo, vehicle: str) -> bool:
    """Whether the vehicle is on another case's way: then the change is contested, and a person says which it was."""
    return any(one.vehicle == vehicle and one.ended_at is None and no != case_no for no, one in tx.trips.items())


def _tells(body: StepTaken) -> Notice | None:
    """What the step makes the home tell somebody outside."""
    match body.step:
        case Step.VERIFY if body.details.paper is Paper.COLLECTOR_IDENTITY:
            return Notice.COLLECTION_CODE
        case Step.LIFT_HOLD:
            return Notice.HOLD_LIFTED
        case Step.NOTIFY:
            return body.details.notice
        case _:
            return None


def given(tx: WorkingSet, case: Case, fact: Fact) -> Fact:
    """The fact with what the service gives: the spared permit, the queue number, certificate, price list, term."""
    if not isinstance(fact.body, StepTaken):
        return fact
    update: dict[str, object] = {}
    match fact.body.step:
        case Step.HOLD:
            permit = live_permit(tx, fact.case_no)
            update["permit"] = permit.permit if permit is not None else None
        case Step.QUEUE:
            day = local(tx.now).date().isoformat()
            number = next_queue_no(tx, day)
            tx.queue[(day, number)] = fact.case_no
            update["queue_no"] = number
        case Step.CERTIFY:
            certificate = next_certificate(tx)
            if certificate is not None:
                tx.drawn[certificate] = Drawn(fact.case_no, case.disc or "", fact.staff_no)
            update["certificate"] = certificate
        case Step.VOID_CERTIFICATE:
            if case.certificate is not None and fact.body.details.reason is not None:
                tx.voided[case.certificate] = Voided(fact.case_no, fact.body.details.reason)
            update["certificate"] = case.certificate
        case Step.VOID_DEATH_PAPER if (paper := case.paper(*OF_DEATH)) is not None:
            update |= {"paper": paper.paper, "number": paper.number}
        case Step.UNDO_RECOVERY:
            cause = fact.body.details.payment
            for came in (one for one in merged.facts(tx, fact.case_no) if one.cause == cause):
                update |= {"amount_fen": recovery.amount(came), "means": recovery.means(came)}
        case Step.SIGN_QUOTE:
            update["number"] = tx.book.version
        case Step.SHELVE if case.storage_until is None:
            update["due"] = fact.body.details.due or fact.at + timedelta(days=tx.policy.ash_storage_days)
        case _:
            return fact
    details = fact.body.details.model_copy(update=update)
    return fact.model_copy(update={"body": fact.body.model_copy(update={"details": details})})
