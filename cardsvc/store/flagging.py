"""Flags that a transaction raises: found when everything is posted, by one more query for all its cases together."""

from datetime import datetime
from typing import Any

from cardsvc.core import closing, review
from cardsvc.core.came import doubted
from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import short_of
from cardsvc.core.local_time import local
from cardsvc.core.posting import Posting
from cardsvc.core.prices import trigger_of
from cardsvc.core.review import Flag, Looked
from cardsvc.core.reviewing import ON_FACT, FlagState
from cardsvc.store import reviewing
from cardsvc.store.open_lines import open_lines_of
from cardsvc.store.working import WorkingSet


def flag_rows(tx: WorkingSet) -> list[dict[str, Any]]:
    """The flags on what this transaction posts, as rows; a line that it takes back itself raises none."""
    charged = {one[2].case_no for one in tx.looked if any(line.reverses is None for line in one[4].lines)}
    standing = open_lines_of(tx, charged) if charged else {}
    rows = []
    for log_no, first, fact, before, posted in tx.looked:
        step, against = step_of(fact), tx.against.get(fact.cause, ())
        held = any(one.credit.startswith(("deposit/", "suspense/")) for one in posted.transfers)
        looked_at = _may_owe(step) or review.qr_by_hand(fact) or doubted(step, before, against, held=held)
        if not posted.lines and not looked_at:
            continue
        lines = standing.get(fact.case_no, [])
        stands = {(one.log_no, one.line_no) for one in lines}
        earlier = tuple(one for one in lines if (one.log_no, one.line_no) < (log_no, first))
        looked = Looked(
            *(fact, before, posted.lines, earlier, tx.book_of),
            short_fen=_short(fact, posted),
            left_fen=_left(tx, fact),
            out_fen=sum(one.amount_fen for one in posted.transfers if one.credit.startswith("till/")),
            against=against,
            held=held,
        )
        for flag in review.flags(looked):
            if flag.line is None:
                rows.append(_of_fact(tx.home_id, log_no, ON_FACT, fact, flag))
            elif (log_no, first + flag.line) in stands:
                rows.append(_of_fact(tx.home_id, log_no, first + flag.line, fact, flag))
    return rows


def _may_owe(step: Step | None) -> bool:
    return step in (Step.REFUND, Step.REVERSE_PAYMENT, Step.CLOSE) or (
        step is not None and trigger_of(step) is not None
    )


def _short(fact: Fact, posted: Posting) -> int | None:
    """What was given out and is not covered; 0 for a payment taken back that the books do not have."""
    lost = step_of(fact) is Step.REVERSE_PAYMENT and not posted.transfers
    return short_of(posted.transfers) or (0 if lost else None)


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
