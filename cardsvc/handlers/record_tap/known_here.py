"""What only the service can know against a step: marks, places, permits, price list, money, forks, hot cards."""

from cardsvc.core import closing, ledger, paid_out, quoting, recovery, reference, workflow
from cardsvc.core.came import GIVEN_BACK_BY
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.halls import not_its_hall
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, RecordKey, StaffNo
from cardsvc.core.periods import cell_of, cells
from cardsvc.core.permissions import Role, not_second
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import mifare_classic
from cardsvc.core.tap import NEVER_BY_UID, CardChain
from cardsvc.core.terms import Approval
from cardsvc.core.till import is_in_shift, without_shift
from cardsvc.handlers.record_tap.reported import Reported
from cardsvc.handlers.record_tap.things import EXCLUSIVE, KEEPS_PERMIT, PERIODS, live_permit, marks_of
from cardsvc.store import merged, references, reversing, short, tills
from cardsvc.store.cards import STAFF
from cardsvc.store.grounds import closed
from cardsvc.store.open_lines import open_lines
from cardsvc.store.staff import ever
from cardsvc.store.stock import next_certificate
from cardsvc.store.working import WorkingSet


def further_reasons(tx: WorkingSet, case: Case, reported: Reported, card: CardChain | None) -> list[Refusal]:
    """What only the service can know against a step."""
    step, details = reported.asked.step, reported.asked.details
    reasons = []
    legacy = by_uid(tx, reported.card_no) or by_uid(tx, case.card_no)
    if legacy and (step in NEVER_BY_UID or reported.counter is not None):
        reasons.append(Refusal(Problem.CARD_NOT_WRITABLE, legacy))
    if reported.card_no is not None and tx.kind.get(reported.card_no) == STAFF:
        reasons.append(Refusal(Problem.STAFF_CARD, reported.card_no))
    presented = tx.cards.get(reported.card_no) if reported.card_no is not None else None
    if not reported.happened and presented is not None and presented.case_no not in (None, case.case_no):
        reasons.append(Refusal(Problem.CARD_CHANGED, presented.card_no))
    for mark, code in marks_of(Step.LOAD if step is Step.ARM else step, details):
        owner = tx.mark_owner(mark.kind, code)
        if owner is not None and owner != case.case_no:
            reasons.append(Refusal(mark.problem, code))
    second = not_second(reported.asked.second_staff_no, roles_then(tx, reported, reported.asked.second_staff_no), step)
    reasons.extend([second] if second is not None else [])
    reasons.extend(_left_before(tx, reported))
    reasons.extend(_places(tx, case, step, details))
    reasons.extend(_planned(tx, case, step, details))
    if step is Step.FAREWELL and details.hall is not None:
        owner = tx.halls.get((details.hall, cell_of(reported.at)))
        holder = tx.case(owner) if owner is not None else None
        refusal = not_its_hall(case, reported.asked, [holder] if holder is not None else [])
        reasons.extend([refusal] if refusal is not None else [])
    if step is Step.CERTIFY and next_certificate(tx) is None:
        reasons.append(Refusal(Problem.CERTIFICATE_STOCK, case.case_no))
    if step is Step.LOAD and not _permitted(tx, case, details):
        reasons.append(Refusal(Problem.PERMIT_NEEDED, details.permit or ""))
    if step in (Step.QUOTE, Step.SIGN_QUOTE):
        quoted = details.items if step is Step.QUOTE else case.items
        reasons.extend(Refusal(Problem.ITEM_UNLISTED, item) for item in quoting.unlisted(quoted, tx.book))
        pairs = quoting.doubled(quoted, case, tx.book)
        reasons.extend(Refusal(Problem.ITEM_INCLUDED, f"{_named(tx, item)} ← {_named(tx, by)}") for item, by in pairs)
    if step is Step.SWITCH_PAYER and details.item is not None and not _has_item(tx, case, details.item):
        reasons.append(Refusal(Problem.ITEM_UNLISTED, details.item))
    if step is Step.REFUND:
        bill = ledger.bill(case.case_no, tx.balances(case.case_no), 0, 0)
        if (over := ledger.above_paid(reported.asked, bill)) is not None:
            reasons.append(over)
    if (
        step in ledger.ENDS_SHORT
        and (above := ledger.above_short(reported.asked, tx.balances(case.case_no))) is not None
    ):
        reasons.append(above)
    if step in (Step.GIVE_BACK_HELD, Step.RECOVER_SHORT) and details.means not in GIVEN_BACK_BY:
        reasons.append(Refusal(Problem.FIELD_INVALID, "means"))
    if step is Step.CLOSE:
        reasons.extend(closing.not_at_rest(reported.asked, case.case_no, tx.balances(case.case_no)))
    if step is Step.REVERSE_LINE and all(one.name != details.line for one in open_lines(tx, case.case_no)):
        reasons.append(Refusal(Problem.LINE_GONE, details.line or ""))
    if step is Step.REVERSE_PAYMENT and (gone := reversing.refused(tx, case.case_no, details.payment)) is not None:
        reasons.append(gone)
    if step is Step.UNDO_RECOVERY and (kept := _recovery_stays(tx, case, reported)) is not None:
        reasons.append(kept)
    if step is Step.GIVE_BACK_HELD and details.payment is not None:
        told, paid_fen = merged.facts(tx, case.case_no), short.recovered(tx, case.case_no)
        wrong = recovery.answers_none(told, details, paid_fen)
        reasons.extend([wrong] if wrong is not None else [])
    if step is Step.BANK_PAID:
        wrong = paid_out.refused(reported.asked, merged.facts(tx, case.case_no))
        reasons.extend([wrong] if wrong is not None else [])
    if (twice := _entered_before(tx, case, step, details)) is not None:
        reasons.append(twice)
    if not reported.happened and is_in_shift(step, details):
        by = reported.asked.staff_no
        shut = without_shift(step, details, by, tills.has_shift(tx, by))
        reasons.extend([shut] if shut is not None else [])
    if card is not None and reported.happened and (writer := forked(tx, reported, card)) is not None:
        reasons.append(Refusal(Problem.CASE_CONFLICT, f"{card.card_no}: {writer}"))
    heat = tx.hot.get(reported.card_no) if reported.card_no is not None else None
    if heat is HotReason.CLONED and reported.happened:
        reasons.append(Refusal(Problem.CASE_CONFLICT, f"{reported.card_no}: {heat}"))
    elif heat is not None and (not reported.happened or step is Step.BIND_CARD):
        reasons.append(Refusal(Problem.CARD_HOT, reported.card_no or ""))
    permit = live_permit(tx, case.case_no) if not reported.happened and step not in KEEPS_PERMIT else None
    if permit is not None:
        reasons.append(Refusal(Problem.PERMIT_LIVE, str(round((permit.until - tx.now).total_seconds()))))
    return reasons


def roles_then(tx: WorkingSet, reported: Reported, who: StaffNo | None) -> tuple[Role, ...] | None:
    """The roles of who took or confirmed a step; who has left since took what has happened all the same."""
    if who is None or who in tx.staff or not reported.happened:
        return tx.staff.get(who or StaffNo(""))
    known = ever(tx.connection, tx.home_id, who)
    return known[0] if known is not None else None


def _left_before(tx: WorkingSet, reported: Reported) -> list[Refusal]:
    """Who took or confirmed what has happened, and had left before it did: a person looks at it."""
    asked = reported.asked
    people = [one for one in (asked.staff_no, asked.second_staff_no) if one is not None and one not in tx.staff]
    known = {one: ever(tx.connection, tx.home_id, one) for one in people if reported.happened}
    left = {one: row[1] for one, row in known.items() if row is not None and row[1] is not None}
    return [Refusal(Problem.STAFF_LEFT, one) for one, at in left.items() if at < reported.at]


def _entered_before(tx: WorkingSet, case: Case, step: Step, details: Details) -> Refusal | None:
    """Why money by card or transfer is in doubt: its number was entered before.

    What goes out has numbers of its own; the one that a transfer has may be written otherwise.
    """
    number = details.reference if step is Step.BANK_PAID else None
    if number is not None and tx.mark_owner(paid_out.MARK, reference.compared(number)) is not None:
        own = paid_out.told(merged.facts(tx, case.case_no)).get(details.payment or "")
        same = own is not None and paid_out.code_of(own) == reference.compared(number)
        return None if same else Refusal(Problem.PAID_TWICE, number)
    return references.entered_before(tx, step, details)


def _recovery_stays(tx: WorkingSet, case: Case, reported: Reported) -> Refusal | None:
    """Why what was recovered cannot be taken back now: it is not there, or nobody has a drawer out of which it goes."""
    cause, by = reported.asked.details.payment, reported.asked.staff_no
    one = recovery.found(merged.facts(tx, case.case_no), cause, short.recovered(tx, case.case_no))
    if isinstance(one, Refusal):
        return one
    in_shift, shift_no = tills.back_from(tx, one.cause, by or StaffNo(""))
    return Refusal(Problem.TILL_CLOSED, by or "") if in_shift and shift_no is None else None


def _has_item(tx: WorkingSet, case: Case, item: str) -> bool:
    """Whether the list in force or the case's own bill has the item."""
    return tx.book.find(item) is not None or any(one.line.item == item for one in open_lines(tx, case.case_no))


def _named(tx: WorkingSet, item: str) -> str:
    row = tx.book.find(item)
    return f"{row.name_zh} {row.name_en}" if row is not None else item


def _places(tx: WorkingSet, case: Case, step: Step, details: Details) -> list[Refusal]:
    """Places of which there is one are free, and none that is used is out of service."""
    reasons = [
        Refusal(Problem.PLACE_CLOSED, code)
        for kind in ("slot", "vehicle", "hall", "furnace", "shelf")
        if step is not Step.CLOSE_FURNACE
        and (code := getattr(details, kind)) is not None
        and closed(tx, PlaceKind(kind), code)
    ]
    place = workflow.place_after(step, details)
    if place is not None and place.kind in EXCLUSIVE and place.code is not None:
        owner, together = tx.places.get((place.kind, place.code)), case.approved(Approval.TOGETHER)
        if owner not in (None, case.case_no) and not (step is Step.LOAD and together and together.other == owner):
            reasons.append(Refusal(Problem.PLACE_TAKEN, place.code))
    return reasons


def _planned(tx: WorkingSet, case: Case, step: Step, details: Details) -> list[Refusal]:
    """Periods of halls and furnaces, vehicles and crews: one case at a time."""
    if step in PERIODS and details.starts is not None:
        thing, minutes = PERIODS[step]
        code = getattr(details, thing) or ""
        taken = {tx.halls.get((code, one)) for one in cells(details.starts, getattr(tx.policy, minutes))}
        return [Refusal(Problem.PLACE_TAKEN, code)] if taken - {None, case.case_no} else []
    if step not in (Step.DISPATCH, Step.CHANGE_VEHICLE):
        return []
    others = [one for one in tx.trips.values() if one.ended_at is None and one.case_no != case.case_no]
    reasons = []
    if any(one.vehicle == details.vehicle for one in others):
        reasons.append(Refusal(Problem.PLACE_TAKEN, details.vehicle or ""))
    if step is Step.DISPATCH:
        crew = [one for one in (details.driver, details.mate) if one is not None]
        busy = {one for trip in others for one in (trip.driver, trip.mate)}
        reasons += [Refusal(Problem.CREW_TAKEN, one) for one in crew if one in busy]
        strangers = [one for one in crew if Role.CREW not in tx.staff.get(StaffNo(one), ())]
        reasons += [Refusal(Problem.STAFF_NOT_ALLOWED, one) for one in strangers]
        if len(set(crew)) < len(crew):
            reasons.append(Refusal(Problem.SECOND_PERSON_SAME, Step.DISPATCH))
    return reasons


def _permitted(tx: WorkingSet, case: Case, details: Details) -> bool:
    permit = tx.permits.get(details.permit or "")
    return (
        permit is not None
        and permit.state == "live"
        and (permit.case_no, permit.furnace, permit.disc) == (case.case_no, details.furnace, details.disc)
    )


def awaits(tx: WorkingSet, reported: Reported, card: CardChain | None) -> RecordKey | None:
    """The record that the card names as its last, where nothing has come that wrote this counter."""
    if card is None or not reported.counter:
        return None
    return reported.last if tx.writer(card.card_no, reported.counter) is None else None


def forked(tx: WorkingSet, reported: Reported, card: CardChain) -> RecordKey | None:
    """The record that wrote the same counter of the card, or the one before it, where the card names another."""
    if reported.counter is None:
        return None
    writer = tx.writer(card.card_no, reported.counter + 1)
    if writer is not None and writer != reported.key:
        return writer
    before = tx.writer(card.card_no, reported.counter)
    return before if before is not None and reported.last is not None and before != reported.last else None


def by_uid(tx: WorkingSet, card_no: CardNo | None) -> CardNo | None:
    """The card, if it can only be recognised: the service's word is needed for every step with it."""
    if card_no is None:
        return None
    tx.load_cards([card_no])
    return card_no if tx.profile.get(card_no) == mifare_classic.PROFILE.name else None
