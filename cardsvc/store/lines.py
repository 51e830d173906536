"""Lines of a bill and transfers of money, as rows and back."""

import json
from datetime import datetime
from typing import Any

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import Transfer
from cardsvc.core.prices import Line

LineKey = tuple[int, int]
"""The log number that a line was posted under, and its own number there."""


def line_of(row: Any) -> Line:
    """A stored line."""
    names = (
        "item",
        "quantity",
        "price_fen",
        "waiver_fen",
        "payer",
        "waiver_payer",
        "legal_basis",
        "price_version",
        "at",
        "waiver_source",
    )
    return Line.model_validate_json(json.dumps({name: _plain(getattr(row, name)) for name in names}))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def line_row(
    home: HomeId, number: int, case_no: CaseNo, log_no: int, cause: str, line: Line, reverses: LineKey | None
) -> dict[str, Any]:
    """A line as a row; one that takes another back has its amounts negative."""
    sign = -1 if reverses is not None else 1
    return {
        "home_id": home,
        "case_no": case_no,
        "log_no": log_no,
        "line_no": number,
        "cause": cause,
        "item": line.item,
        "quantity": line.quantity,
        "price_fen": sign * line.price_fen,
        "waiver_fen": sign * line.waiver_fen,
        "due_fen": sign * line.due_fen,
        "payer": line.payer.value,
        "waiver_payer": line.waiver_payer.value if line.waiver_payer else None,
        "legal_basis": line.legal_basis,
        "price_version": line.price_version,
        "at": line.at,
        "waiver_source": line.waiver_source,
        "reverses": reverses[0] if reverses is not None else None,
        "reverses_line": reverses[1] if reverses is not None else None,
    }


def transfer_row(home: HomeId, number: int, case_no: CaseNo, log_no: int, cause: str, one: Transfer) -> dict[str, Any]:
    """A transfer as a row."""
    return {
        "home_id": home,
        "case_no": case_no,
        "log_no": log_no,
        "entry_no": number,
        "debit": one.debit,
        "credit": one.credit,
        "amount_fen": one.amount_fen,
        "memo": one.memo,
        "cause": cause,
    }
