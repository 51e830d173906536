"""Who may sit the national examination of social workers, and what must hold in the rows of training and roster."""

from collections.abc import Iterator, Mapping
from datetime import date

from cardsvc.core.records import Fault, Label, Values, Wrong

YEARS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "assistant": {"secondary": (4, 4), "college": (2, 4), "bachelor": (0, 2), "master": (0, 2), "doctor": (0, 2)},
    "social_worker": {"college": (4, 6), "bachelor": (3, 5), "master": (1, 3), "doctor": (0, 2)},
}
"""Years of social work that a level asks, by education: where that was in social work, and where it was not.

社会工作者职业水平评价暂行规定 (国人部发〔2006〕71号), articles 11 and 12.
"""
SECONDARY_AFTER_ASSISTANT = 6
"""With secondary education: years of social work since the assistant's certificate, for the social worker's."""


def qualified(values: Values) -> Values:
    """Whether the national examination's conditions are met; none for other examinations, or before all is told."""
    level, education = values["level"], values["education"]
    if values["exam"] != "national" or level not in YEARS or education is None:
        return {"qualified": None}
    years, since = values["years"] or 0, values["years_since_assistant"]
    if level == "social_worker" and education == "secondary":
        return {"qualified": isinstance(since, int) and since >= SECONDARY_AFTER_ASSISTANT}
    in_field, otherwise = YEARS[str(level)][str(education)]
    return {"qualified": isinstance(years, int) and years >= (in_field if values["in_field"] else otherwise)}


def registration(values: Values) -> Iterator[Fault]:
    """Nobody has worked longer since the certificate than at all; who is turned down is told why."""
    years, since = values["years"], values["years_since_assistant"]
    if isinstance(years, int) and isinstance(since, int) and since > years:
        yield Fault(
            "years_since_assistant", Wrong.RULE, Label("不能多于从业年限", "No more than the years of social work")
        )
    if values["review"] == "rejected" and values["reason"] is None:
        yield Fault("reason", Wrong.MISSING)


def session(values: Values) -> Iterator[Fault]:
    """It ends no earlier than it begins, and no more are trained than enrolled."""
    held_on, until = values["held_on"], values["until"]
    if isinstance(held_on, date) and isinstance(until, date) and until < held_on:
        yield Fault("until", Wrong.RULE, Label("早于开班日期", "Earlier than the first day"))
    enrolled, trained = values["enrolled"], values["trained"]
    if isinstance(enrolled, int) and isinstance(trained, int) and trained > enrolled:
        yield Fault("trained", Wrong.RULE, Label("多于报名人数", "More than were enrolled"))


def worker(values: Values) -> Iterator[Fault]:
    """Who is seconded comes from a body; who has left has a last day, no earlier than the first."""
    if values["source"] == "seconded" and values["body"] is None:
        yield Fault("body", Wrong.MISSING)
    since, until = values["since"], values["until"]
    if (values["state"] == "left") is not (until is not None):
        yield Fault("until", Wrong.RULE, Label("离岗者填，在岗者不填", "For who has left, and for nobody else"))
    elif isinstance(since, date) and isinstance(until, date) and until < since:
        yield Fault("until", Wrong.RULE, Label("早于到岗日期", "Earlier than the first day"))
