"""Adopt a legacy card: a chip of before, which can only be recognised by its UID, becomes the key to a case."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core import workflow
from cardsvc.core.facts import CardBound, Fact, StationKind, Step, chain_place
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import mifare_classic
from cardsvc.store import cards
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set


def handle(
    context: Context, case_no: CaseNo, uid: bytes, atr: bytes, staff_no: StaffNo, now: datetime
) -> CardNo | Refusal:
    """Bind a Classic chip (`uid` 4 or 7 bytes, `atr` as the reader gives it) to an open case that has no card."""
    if not mifare_classic.PROFILE.recognises(atr):
        return Refusal(Problem.CARD_FOREIGN)

    def act(connection: Connection) -> CardNo | Refusal:
        log = open_log(connection, context.home_id)
        tx = working_set(connection, context.home_id, log, now)
        case = tx.case(case_no)
        if case is None:
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        if case.card_no is not None:
            return Refusal(Problem.CASE_HAS_CARD, case_no)
        out_of_order = workflow.in_order(case, Step.BIND_CARD)
        if out_of_order is not None:
            return out_of_order
        if cards.known(connection, context.home_id, uid):
            return Refusal(Problem.CARD_NOT_BLANK, case_no)
        card_no = cards.next_number(connection, context.home_id)
        number = log.add("card adopted", f"{card_no} {case_no}", "", now, staff_no)
        cards.add(connection, _row(context, card_no, uid, number) | {"case_no": case_no, "issue_no": case.issue_no + 1})
        fact = Fact(
            case_no=case_no,
            body=CardBound(card_no=card_no, issue_no=case.issue_no + 1),
            at=now,
            observed=False,
            staff_no=staff_no,
            station_kind=StationKind.OFFICE,
            card_no=card_no,
            cause=f"office:{number}",
            order=(chain_place(case.issue_no + 1, 0), number),
        )
        tx.load_things()
        tx.add_fact(fact, number, late=False)
        flush(tx)
        return card_no

    return transact(context.engine, act)


def _row(context: Context, card_no: CardNo, uid: bytes, log_no: int) -> dict[str, object]:
    return {
        "home_id": context.home_id,
        "card_no": card_no,
        "uid": uid.hex(),
        "profile": mifare_classic.PROFILE.name,
        "state": "bound",
        "key_version": 0,
        "counter": 0,
        "changed_log_no": log_no,
    }
