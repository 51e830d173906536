"""What a cashier's desk asks of the service beside steps: money by QR, and paper. Records like all others."""

from typing import Literal

from pydantic import Field

from cardsvc.core.facts import Code, Wire
from cardsvc.core.receipts import Family
from cardsvc.core.terms import Payer


class AskPay(Wire):
    """Ask a payer of the case for money by QR; the order and its code come with the snapshot."""

    kind: Literal["ask_pay"] = "ask_pay"
    payer: Payer
    amount_fen: int = Field(ge=1, le=100_000_000)


class DropPay(Wire):
    """The desk waits for a QR payment no longer."""

    kind: Literal["drop_pay"] = "drop_pay"
    order_no: str = Field(min_length=1, max_length=40)


class AskPaper(Wire):
    """Ask for a receipt on paper; the service logs the copy and answers with its number, the PDF is fetched by itself.

    `strip`: for a receipt printer (80 mm), else a sheet (A5).
    """

    kind: Literal["ask_paper"] = "ask_paper"
    family: Family
    number: Code
    strip: bool = False
    language: Literal["zh_CN", "en"] = "zh_CN"
