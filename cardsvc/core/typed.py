"""Text that somebody entered, as the fields of a step's details: one reading for touch pages and desks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cardsvc.core.local_time import CHINA
from cardsvc.core.money import yuan
from cardsvc.core.reference import normal
from cardsvc.core.station import ENTRIES, Entry


def typed(entered: Mapping[str, str]) -> dict[str, Any]:
    """The fields that were entered, as JSON has them; a time without a zone is the home's. Raises ValueError."""
    raw: dict[str, Any] = {}
    for name, text in entered.items():
        if not text.strip():
            continue
        match ENTRIES[name]:
            case Entry.NUMBER:
                raw[name] = int(text)
            case Entry.MONEY:
                raw[name] = int(yuan(text))
            case Entry.YES_NO:
                raw[name] = text == "yes"
            case Entry.TIME:
                at = datetime.fromisoformat(text)
                raw[name] = (at if at.tzinfo is not None else at.replace(tzinfo=CHINA)).isoformat()
            case Entry.DATE:
                raw[name] = date.fromisoformat(text.strip()).isoformat()
            case Entry.ITEMS | Entry.THINGS:
                pairs = [one.split(":") for one in text.split(",") if one]
                raw[name] = [{"item": item, "count": int(count)} for item, count in pairs]
            case Entry.SLIP:
                raw[name] = normal(text)
            case _:
                raw[name] = text.strip()
    return raw
