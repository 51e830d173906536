"""What only the service can know against a step: marks, places, permits, price list, money, forks, hot cards."""

from cardsvc.core import ledger, prices, workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, RecordKey
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import mifare_classic
from cardsvc.core.tap import NEVER_BY_UID, CardChain
from cardsvc.handlers.record_tap.reported import Reported
from cardsvc.handlers.record_tap.things import EXCLUSIVE, KEEPS_PERMIT, MARKS, live_permit
from cardsvc.store.cards import STAFF
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
