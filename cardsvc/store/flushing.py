"""Write what a working set has changed, in a few set-based statements."""

from typing import Any

from sqlalchemy import UpdateBase, bindparam, case, delete, update

from cardsvc.core import ledger, paid_out
from cardsvc.core.board import live
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import CardNo, CaseNo
from cardsvc.core.reference import MARK as REFERENCE
from cardsvc.core.terms import Reason
from cardsvc.store import cards, reading, receipts, stray_money, tills
from cardsvc.store import tables as t
from cardsvc.store.collection import use_codes
from cardsvc.store.flagging import flag_rows
from cardsvc.store.grounds import out_of_service
from cardsvc.store.lines import line_row, transfer_row
from cardsvc.store.working import DEATH_PAPER, WorkingSet


def flush(tx: WorkingSet) -> None:
    """Write what changed, in a few set-based statements."""
    home = tx.home_id
    tx.log.open_days()
    facts = [
        {
            "home_id": home,
            "case_no": one.case_no,
            "log_no": no,
            "cause": one.cause,
            "body": one.model_dump_json(exclude_none=True),
        }
        for no, one in tx.facts
    ]
    _each(tx, _FACTS, facts)
    _each(tx, _CASE_MOVED, [_case_row(tx, case_no) for case_no in sorted(tx.changed)])
    owed = ledger.owed_by((case_no, one) for case_no, _, _, one in tx.transfers)
    _each(tx, _OWED, [{"of_home": home, "of_case": case_no, "more": fen} for case_no, fen in sorted(owed.items())])
    flagged = flag_rows(tx)
    _each(tx, _LINES, [line_row(home, n, *one) for n, one in enumerate(tx.lines)])
    ordered = sorted(tx.transfers, key=lambda one: ledger.lowers(one[3]))
    _each(tx, _TRANSFERS, [transfer_row(home, n, *one) for n, one in enumerate(ordered)])
    _each(tx, _FLAGS, flagged)
    tills.flush(tx)
    stray_money.flush(tx)
    receipts.flush(tx)
    _flush_cards(tx)
    _flush_things(tx)
    _flush_day(tx)
    tx.log.close()


def _case_row(tx: WorkingSet, case_no: CaseNo) -> dict[str, Any]:
    case = tx.cases[case_no]
    return {
        "of_home": tx.home_id,
        "of_case": case_no,
        "stage": case.stage.value,
        "body": reading.body_of(case),
        "live": live(case).model_dump_json(exclude_defaults=True),
        "changed_log_no": tx.log.log_no,
    }


def _card_row(tx: WorkingSet, card_no: CardNo) -> dict[str, Any]:
    chain = tx.cards[card_no]
    return {
        "of_home": tx.home_id,
        "of_card": card_no,
        "counter": chain.counter,
        "case_no": chain.case_no,
        "issue_no": tx.issue[card_no],
        "last_journal": chain.last.journal_id if chain.last else None,
        "last_seq": chain.last.seq if chain.last else None,
        "changed_log_no": tx.log.log_no,
    }


def _flush_cards(tx: WorkingSet) -> None:
    run = tx.connection.execute
    if tx.writes:
        run(_CARD_WRITTEN, [_card_row(tx, card_no) for card_no in sorted({no for no, _ in tx.writes})])
        rows = [
            {"home_id": tx.home_id, "card_no": no, "counter": n, "journal_id": key.journal_id, "seq": key.seq}
            for (no, n), key in tx.writes.items()
        ]
        run(_WRITES, rows)
    for card_no, reason in sorted(tx.heat.items()):
        cards.make_hot(tx.connection, tx.home_id, card_no, reason, tx.log.log_no, tx.now)
    cards.open_missing(tx.connection, tx.home_id, tx.missing, tx.log.log_no, tx.now)
    cards.resolve_missing(tx.connection, tx.home_id, tx.arrived & tx.awaited, tx.now)


def _flush_things(tx: WorkingSet) -> None:
    """Who is where, whose marks, which periods are held, which permits live: deleted first, then changed, then new."""
    run, home, before = tx.connection.execute, tx.home_id, tx.known_before
    places, halls, permits = (before.get(name, {}) for name in ("places", "halls", "permits"))
    gone = places.keys() - tx.places.keys()
    moved = [key for key, case_no in tx.places.items() if key in places and places[key] != case_no]
    _each(tx, _PLACE_FREE, [{"of_home": home, "of_kind": kind, "of_code": code} for kind, code in gone])
    _each(
        tx,
        _PLACE_MOVED,
        [{"of_home": home, "of_kind": k, "of_code": code, "case_no": tx.places[(k, code)]} for k, code in moved],
    )
    taken = [(key, tx.places[key]) for key in tx.places if key not in places]
    _each(tx, _PLACES, [{"home_id": home, "kind": k, "code": code, "case_no": no} for (k, code), no in taken])
    marks = [
        {"home_id": home, "kind": k, "code": code, "case_no": no}
        for (k, code), no in tx.marks.items()
        if k not in GO_OVER or not _goes_over(tx, k, code, no)
    ]
    _each(tx, _MARKS, marks)
    free = halls.keys() - tx.halls.keys()
    _each(tx, _HALL_FREE, [{"of_home": home, "of_hall": hall, "of_starts": starts} for hall, starts in free])
    held = [(key, tx.halls[key]) for key in tx.halls if key not in halls]
    _each(tx, _HALLS, [{"home_id": home, "hall": h, "starts": starts, "case_no": no} for (h, starts), no in held])
    for code in permits.keys() & tx.permits.keys():
        if permits[code] != tx.permits[code]:
            c = t.permit.c
            run(update(t.permit).where(c.home_id == home, c.permit == code).values(state=tx.permits[code].state))
    for code in tx.permits.keys() - permits.keys():
        one = tx.permits[code]
        run(
            t.permit.insert().values(
                home_id=home, permit=code, case_no=one.case_no, furnace=one.furnace, disc=one.disc,
                journal_id=one.journal_id, state=one.state, until=one.until,
            )
        )  # fmt: skip


GO_OVER = (DEATH_PAPER, REFERENCE, paid_out.OPEN, paid_out.MARK)
"""Marks that can be another case's, or nobody's, some day."""


def _goes_over(tx: WorkingSet, kind: str, code: str, case_no: CaseNo | None) -> bool:
    """Whether a mark was known, and is now this case's, or nobody's; one that came and went leaves nothing."""
    m = t.mark.c
    own = (m.home_id == tx.home_id, m.kind == kind, m.code == code)
    return tx.connection.execute(update(t.mark).where(*own).values(case_no=case_no or "")).rowcount > 0 or not case_no


def _each(tx: WorkingSet, statement: UpdateBase, rows: list[dict[str, Any]]) -> None:
    """Run a statement once for all rows; not at all for none."""
    if rows:
        tx.connection.execute(statement, rows)


def _flush_day(tx: WorkingSet) -> None:
    """Queue numbers, certificates, trips, clearances."""
    run, home = tx.connection.execute, tx.home_id
    if tx.queue:
        rows = [{"home_id": home, "day": d, "number": n, "case_no": no} for (d, n), no in tx.queue.items()]
        run(t.queue_place.insert(), rows)
    c = t.certificate.c
    for number, drawn in tx.drawn.items():
        values = {"case_no": drawn.case_no, "disc": drawn.disc, "drawn_at": tx.now, "drawn_by": drawn.by}
        run(update(t.certificate).where(c.home_id == home, c.number == number).values(state="drawn", **values))
    for number, voided in tx.voided.items():
        values = {"state": "void", "void_at": tx.now, "void_why": voided.why.value}
        run(update(t.certificate).where(c.home_id == home, c.number == number).values(**values))
    _flush_trips(tx)
    for case_no in sorted(tx.collected):
        use_codes(tx.connection, home, case_no, tx.now)
    for log_no, cleared in tx.cleared:
        body = cleared.model_dump_json(exclude_none=True)
        sig = tx.sign(body.encode()) if tx.sign is not None else b""
        run(
            t.clearance.insert().values(
                home_id=home, case_no=cleared.case_no, log_no=log_no, step=cleared.step.value, body=body, sig=sig
            )
        )


def _flush_trips(tx: WorkingSet) -> None:
    run, home, known, c = tx.connection.execute, tx.home_id, tx.known_before.get("trips", {}), t.trip.c
    before = {one.log_no: one for one in known.values()}
    # Ended ones first: a vehicle may leave again in the same transaction.
    for trip in sorted((*tx.left, *tx.trips.values()), key=lambda one: one.ended_at is None):
        if before.get(trip.log_no) == trip:
            continue
        if trip.log_no in before:
            where = (c.home_id == home, c.case_no == trip.case_no, c.log_no == trip.log_no)
            run(update(t.trip).where(*where).values(ended_at=trip.ended_at, kilometres=trip.kilometres))
            continue
        run(
            t.trip.insert().values(
                home_id=home, case_no=trip.case_no, log_no=trip.log_no, vehicle=trip.vehicle, driver=trip.driver,
                mate=trip.mate, started_at=trip.started_at, ended_at=trip.ended_at, kilometres=trip.kilometres,
            )
        )  # fmt: skip
    for vehicle in sorted(tx.broken):
        out_of_service(tx.connection, home, PlaceKind.VEHICLE, vehicle, Reason.VEHICLE_BROKEN)


# Built once: each transaction runs them.
_FACTS, _LINES, _TRANSFERS, _WRITES = t.fact.insert(), t.bill_line.insert(), t.transfer.insert(), t.card_write.insert()
_FLAGS = t.review_flag.insert()
_PLACES, _MARKS, _HALLS = t.occupancy.insert(), t.mark.insert(), t.hall_booking.insert()
_PLACE = (
    t.occupancy.c.home_id == bindparam("of_home"),
    t.occupancy.c.kind == bindparam("of_kind"),
    t.occupancy.c.code == bindparam("of_code"),
)
_PLACE_FREE, _PLACE_MOVED = delete(t.occupancy).where(*_PLACE), update(t.occupancy).where(*_PLACE)
_HALL_FREE = delete(t.hall_booking).where(
    t.hall_booking.c.home_id == bindparam("of_home"),
    t.hall_booking.c.hall == bindparam("of_hall"),
    t.hall_booking.c.starts == bindparam("of_starts"),
)
_CASE_MOVED = update(t.funeral_case).where(
    t.funeral_case.c.home_id == bindparam("of_home"), t.funeral_case.c.case_no == bindparam("of_case")
)
_OWED = _CASE_MOVED.values(owed_fen=t.funeral_case.c.owed_fen + bindparam("more"))
# A tap of before it was blocked or handed back does not make it a living card again.
_CARD_WRITTEN = (
    update(t.card)
    .where(t.card.c.home_id == bindparam("of_home"), t.card.c.card_no == bindparam("of_card"))
    .values(state=case((t.card.c.state == "pool", "bound"), else_=t.card.c.state))
)
