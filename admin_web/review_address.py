"""How review stands in the address: its filters, its place in the list, and the flag that is looked at."""

import re
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo
from cardsvc.core.money import yuan
from cardsvc.core.review import Rule
from cardsvc.core.reviewing import FlagState
from cardsvc.core.terms import Payer
from cardsvc.store.reviewing import FlagKey, Wanted

E = TypeVar("E", bound=StrEnum)
FILTERS = ("state", "rule", "item", "payer", "station", "month", "case_no", "from", "to", "order")
"""What stands in the address, beside the page (`after`) and the flag that is looked at (`at`)."""
_KEY = re.compile(r"(\d{1,18})\.(-1|\d{1,6})\.([a-z_]{1,40})")


def address(kept: dict[str, str], **change: object) -> str:
    """The filters as they stand in the address, some of them changed; what is empty is left out."""
    values = {**kept, **{name.removesuffix("_"): str(value) for name, value in change.items() if value is not None}}
    return urlencode({name: value for name, value in values.items() if value})


def name_of(key: FlagKey) -> str:
    """A flag as it stands in the address."""
    return f"{key.log_no}.{key.line_no}.{key.rule}"


def key_of(name: str) -> FlagKey | None:
    """The flag that an address names; None for what names none."""
    match = _KEY.fullmatch(name)
    if match is None or match[3] not in set(Rule):
        return None
    return FlagKey(int(match[1]), int(match[2]), Rule(match[3]))


def wanted_of(kept: dict[str, str]) -> Wanted:
    """What the filters ask for; a word that is none of the known ones asks for all. Raises ValueError for an amount."""

    low, high = (yuan(kept[name]) if kept.get(name) else None for name in ("from", "to"))
    return Wanted(
        state=known(FlagState, kept.get("state")) or FlagState.OPEN,
        rule=known(Rule, kept.get("rule")),
        item=kept.get("item"),
        payer=known(Payer, kept.get("payer")),
        station=known(StationKind, kept.get("station")),
        month=kept.get("month"),
        case_no=CaseNo(kept["case_no"].strip().upper()) if kept.get("case_no") else None,
        from_fen=low,
        below_fen=high,
        dearest=kept.get("order") == "dearest",
    )


def known(of: type[E], value: str | None) -> E | None:
    """The value that a word in the address stands for; None for a word that stands for none."""
    return of(value) if value in set(of) else None
