"""A QR payment as the cashier's page shows it: the code to scan, and how it stands."""

import io
from dataclasses import dataclass

import qrcode
from qrcode.image.svg import SvgPathImage

from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.paying import LIVE, OrderState
from cardsvc.core.snapshot import Snapshot
from cardsvc.core.words import say
from terminal.orders import order_of
from terminal.session import Session

SHAPES = {OrderState.PAID: "✓", OrderState.ASKED: "○", OrderState.SHOWN: "○"}


@dataclass(frozen=True, slots=True)
class PayView:
    """How a payment stands; `qr` is the picture to scan, "" where there is none (any more)."""

    state: str
    word: str
    shape: str
    amount: str
    payer: str
    until: str
    qr: str
    live: bool


def pay_view(session: Session, snapshot: Snapshot | None) -> PayView | None:
    """The payment that the desk waits for; None while it waits for none."""
    waits = session.paying
    if waits is None:
        return None
    language, order = session.language, order_of(session, snapshot)
    state = order.state if order is not None else OrderState.ASKED
    return PayView(
        state=state,
        word=say(language, f"order_state.{state}"),
        shape=SHAPES.get(state, "■"),
        amount=in_yuan(order.amount_fen if order is not None else waits.amount_fen),
        payer=say(language, f"payer.{waits.payer}"),
        until=f"{local(order.expires_at):%H:%M}" if order is not None else "",
        qr=picture(order.qr) if order is not None and order.qr and state is OrderState.SHOWN else "",
        live=state in LIVE,
    )


def picture(text: str) -> str:
    """A QR code as an SVG element."""
    out = io.BytesIO()
    image = qrcode.make(text, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_M)
    image.save(out)
    return out.getvalue().decode().partition("?>")[2].strip() or out.getvalue().decode()
