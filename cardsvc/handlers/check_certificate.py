"""Whoever has a certificate in hand asks whether the home drew it: number and check code, nothing else is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardsvc.context import Context
from cardsvc.core.certificate_code import key_of, same
from cardsvc.core.people import surname_agrees
from cardsvc.core.stock import FormState
from cardsvc.store import stock as stocks
from cardsvc.store.stock import CERTIFICATES


class Verdict(StrEnum):
    """What the home says of a certificate."""

    VALID = "valid"
    VOID = "void"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: `at` is when it was drawn, or became void; `agrees` says whether a surname that was typed is its own.

    `shown_name` is masked, and told only to who has typed the surname.
    """

    verdict: Verdict
    at: datetime | None = None
    agrees: bool | None = None
    shown_name: str = ""


def handle(context: Context, number: str, code: str, surname: str) -> Checked:
    """Compare the code in constant time, and read the ledger only when it is right."""
    number = number.strip().upper()
    if not same(code, key_of(context.vault.blind, context.home_id), context.home_id, number):
        return Checked(Verdict.NOT_KNOWN)
    with context.engine.connect() as connection:
        one = stocks.form(connection, CERTIFICATES, context.home_id, number)
    if one is None or one.state is FormState.STOCK:
        return Checked(Verdict.NOT_KNOWN)
    agrees = surname_agrees(one.shown_name or "", surname) if surname.strip() and one.shown_name else None
    shown = one.shown_name or "" if agrees else ""
    if one.state is FormState.VOID:
        return Checked(Verdict.VOID, one.void_at, agrees, shown)
    return Checked(Verdict.VALID, one.drawn_at, agrees, shown)
