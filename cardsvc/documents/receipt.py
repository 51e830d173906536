"""A receipt of what a case owes and has paid, with the QR that opens the family's page (A5, typst)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Bill
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.snapshot import BillLine
from cardsvc.core.waiver_words import source_words
from cardsvc.core.words import Language, say, table
from cardsvc.documents.filling import fill, qr


def render(
    home_name: str,
    case_no: CaseNo,
    shown_name: str,
    bill: Bill,
    lines: Sequence[BillLine],
    family_address: str,
    printed_at: datetime,
    language: Language,
    copy: int = 1,
    folder: Path | None = None,
) -> bytes:
    """The receipt as PDF. `printed_at` is shown in local time; the name is masked;
    `copy` counts the prints. Raises TemplateBroken."""
    zh = language == "zh_CN"
    data = {
        "words": table(language, "receipt"),
        "home": home_name,
        "case_no": case_no,
        "name": shown_name,
        "printed": local(printed_at).strftime("%Y-%m-%d %H:%M"),
        "lines": [
            {
                "item": line.name_zh if zh else line.name_en,
                "quantity": str(line.quantity),
                "price": in_yuan(line.price_fen),
                "waiver": in_yuan(line.waiver_fen) if line.waiver_fen else "",
                "due": in_yuan(line.due_fen),
                "payer": say(language, f"payer.{line.payer}"),
                "basis": f"{line.legal_basis} {source_words(language, line.waiver_source)}".strip(),
            }
            for line in lines
        ],
        "charged": in_yuan(bill.charged_fen),
        "waived": in_yuan(bill.waived_fen),
        "total": in_yuan(bill.due_fen),
        "paid": in_yuan(bill.paid_fen),
        "deposit": in_yuan(bill.deposit_fen),
        "open": in_yuan(bill.open_fen),
        "copy": say(language, "sheet.copy" if copy == 1 else "sheet.reprint", number=copy),
        "qr": qr(family_address),
    }
    return fill("receipt", data, folder)
