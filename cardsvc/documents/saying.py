"""How papers say times, places, people and amounts."""

from datetime import datetime

from cardsvc.core.case import Taken
from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.words import CATALOGUES, Language, say


def when(at: datetime | None) -> str:
    """A moment as clocks in the home show it."""
    return local(at).strftime("%Y-%m-%d %H:%M") if at is not None else ""


def place(on: OnPaper, kind: PlaceKind, code: str | None, language: Language) -> str:
    """A place by its title and code."""
    if code is None:
        return ""
    zh, en = on.titles.get((kind, code), (code, code))
    title = zh if language == "zh_CN" else en
    return title if title == code else f"{title} {code}"


def people(on: OnPaper, taken: Taken) -> str:
    """Who took a step."""
    return " / ".join(on.staff.get(one, one) for one in (taken.by, taken.second) if one)


def how(on: OnPaper, step: Step, language: Language) -> dict[str, str] | None:
    """When a step was taken, by whom, where, and whether a tap saw it; None when it was not."""
    taken = on.case.last(step)
    if taken is None:
        return None
    return {
        "at": when(taken.at),
        "people": people(on, taken),
        "station": say(language, f"station.{taken.station_kind}"),
        "how": say(language, "sheet.observed" if taken.observed else "sheet.typed"),
    }


def relation(on: OnPaper, language: Language) -> str:
    """The applicant's relation in words; as it came where it is none of the list."""
    return CATALOGUES[language].get(f"relation.{on.relation}", on.relation)
