"""Flags that a transaction raises: found when everything is posted, by one more query for all its cases together."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cardsvc.core import closing, review
from cardsvc.core.came import doubted
from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import RECOVERED_BEFORE, WRITTEN_BACK, short_of, sum_of, till
from cardsvc.core.local_time import local
from cardsvc.core.posting import Posting
from cardsvc.core.prices import trigger_of
from cardsvc.core.recovery import undone_by
from cardsvc.core.reversal import standing_payments
from cardsvc.core.review import Flag, Looked
from cardsvc.core.reviewing import ON_FACT, FlagState
from cardsvc.core.terms import Means
from cardsvc.store import merged, reviewing
from cardsvc.store.assigned import assigned_by
from cardsvc.store.journals import merged_into
from cardsvc.store.open_lines import open_lines_of
from cardsvc.store.working import WorkingSet

GIVES_BACK = (Step.REFUND, Step.REVERSE_PAYMENT, Step.UNDO_RECOVERY)


def flag_rows(tx: WorkingSet) -> list[dict[str, Any]]:
    """The flags on what this transaction posts, as rows; a line that it takes back itself raises none."""
    charged = {one[2].case_no for one in tx.looked if any(line.reverses is None for line in one[4].lines)}
    standing = open_lines_of(tx, charged) if charged else {}
    rows = []
    for log_no, first, fact, before, posted in tx.looked:
        step, against = step_of(fact), tx.against.get(fact.cause, ())
        held = any(one.credit.startswith(("deposit/", "suspense/")) for one in posted.transfers)
        looked_at = _may_owe(step) or review.qr_by_hand(fact) or doubted(step, before, against, held=held)
        back_fen, twice_fen = (sum_of(posted.transfers, memo) for memo in (WRITTEN_BACK, RECOVERED_BEFORE))
        looked_at = looked_at or bool(back_fen or twice_fen)
        if not posted.lines and not looked_at and fact.cause not in tx.cold:
            continue
        lines = standing.get(fact.case_no, [])
        stands = {(one.log_no, one.line_no) for one in lines}
        earlier = tuple(one for one in lines if (one.log_no, one.line_no) < (log_no, first))
        looked = Looked(
            *(fact, before, posted.lines, earlier, tx.book_of),
            short_fen=_short(fact, posted),
            written_back_fen=back_fen,
            recovered_before_fen=twice_fen,
            left_fen=_left(tx, fact),
            out_fen=sum(one.amount_fen for one in posted.transfers if one.credit.startswith("till/")),
            against=against,
            held=held,
            as_cash_fen=_as_cash(tx, fact.case_no, posted) if step in (Step.REFUND, Step.GIVE_BACK_HELD) else 0,
            assigned=tuple(_said_by(tx, fact)) if step in GIVES_BACK else (),
            now=tx.cases.get(fact.case_no),
            cold=tx.cold.get(fact.cause),
        )
        for flag in review.flags(looked):
            if flag.line is None:
                rows.append(_of_fact(tx.home_id, log_no, ON_FACT, fact, flag))
            elif (log_no, first + flag.line) in stands:
                rows.append(_of_fact(tx.home_id, log_no, first + flag.line, fact, flag))
    return rows


def _may_owe(step: Step | None) -> bool:
    if step in (*GIVES_BACK, Step.GIVE_BACK_HELD, Step.CLOSE, Step.SWITCH_PAYER):
        return True
    return step is not None and trigger_of(step) is not None


def _short(fact: Fact, posted: Posting) -> int | None:
    """What was given out and is not covered; 0 for a payment taken back that the books do not have."""
    if step_of(fact) is Step.UNDO_RECOVERY:
        return None  # two people have said so: it went out before
    lost = step_of(fact) is Step.REVERSE_PAYMENT and not posted.transfers
    return short_of(posted.transfers) or (0 if lost else None)


def _said_by(tx: WorkingSet, fact: Fact) -> Iterator[tuple[str, StaffNo]]:
    """By which causes money is of the case that its own desks did not take for it, and whose doing that was.

    It was put on the case, was recovered, or came for a case that was merged into it.
    """
    yield from assigned_by(tx.connection, tx.home_id, fact.case_no)
    for number in merged_into(tx.connection, tx.home_id, fact.case_no):
        facts = tx.facts_of(number)
        yield from ((one.cause, one.staff_no) for one in standing_payments(facts) if one.staff_no)
        held = (one for one in facts if step_of(one) is Step.ASSIGN_HELD)
        yield from ((one.cause, who) for one in held for who in (one.staff_no, one.second_staff_no) if who)
    cause = undone_by(fact)
    for one in merged.facts(tx, fact.case_no) if cause is not None else ():
        if one.cause == cause:
            yield from ((cause, who) for who in (one.staff_no, one.second_staff_no) if who is not None)


def _as_cash(tx: WorkingSet, case_no: CaseNo, posted: Posting) -> int:
    """How much of the cash that a fact gave out had not come as cash, for the case or for those merged into it."""
    cash = till(Means.CASH)
    out_fen = sum(one.amount_fen for one in posted.transfers if one.credit == cash)
    if not out_fen:
        return 0
    ours = (*merged_into(tx.connection, tx.home_id, case_no), case_no)
    left_fen = sum(tx.balances(one).get(cash, 0) for one in ours)
    return min(out_fen, max(0, -left_fen))


def _left(tx: WorkingSet, fact: Fact) -> int:
    """What the closing of a case leaves owed or held, in fen."""
    closes = step_of(fact) is Step.CLOSE
    return sum(closing.left(fact.case_no, tx.balances(fact.case_no)).values()) if closes else 0


def _of_fact(home_id: HomeId, log_no: int, line_no: int, fact: Fact, flag: Flag) -> dict[str, Any]:
    row = flag_row(home_id, log_no, line_no, fact.case_no, fact.at, flag)
    return row | {"station": fact.station_kind.value, "caused_by": fact.staff_no, "second": fact.second_staff_no}


def raise_flag(
    tx: WorkingSet, log_no: int, case_no: CaseNo | None, flag: Flag | None, by: StaffNo, second: StaffNo | None
) -> None:
    """Raise a flag on what two people did under a link of the log, where there is one to raise."""
    if flag is not None:
        row = flag_row(tx.home_id, log_no, ON_FACT, case_no, tx.now, flag)
        reviewing.add(tx.connection, [row | {"caused_by": by, "second": second}])


def flag_row(
    home_id: HomeId, log_no: int, line_no: int, case_no: CaseNo | None, at: datetime, flag: Flag
) -> dict[str, Any]:
    """An open flag as a row; nobody of ours caused it, as far as it says."""
    return {
        "home_id": home_id,
        "log_no": log_no,
        "line_no": line_no,
        "rule": flag.rule.value,
        "case_no": case_no,
        "item": flag.item,
        "payer": flag.payer.value if flag.payer is not None else None,
        "station": None,
        "caused_by": None,
        "second": None,
        "amount_fen": flag.amount_fen,
        "at": at,
        "month": local(at).strftime("%Y-%m"),
        "evidence": flag.evidence.model_dump_json(exclude_defaults=True),
        "state": FlagState.OPEN.value,
    }
