"""A register of relief that keeps records in a table of its own, answers strictly, and misbehaves on demand."""

import threading
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from cardsvc.core.records import Label
from cardsvc.core.registers import Entitlement, RecordState
from cardsvc.core.terms import WaiverFor
from cardsvc.modules import Module, Stood

SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


class Way(StrEnum):
    """How it behaves until it is told otherwise."""

    WELL = "well"
    SLOW = "slow"
    ERROR = "error"
    WRONG_PERSON = "wrong_person"
    WRONG_DAY = "wrong_day"
    GARBAGE = "garbage"


class Mood:
    """What this register of tests does; `go_on` ends the sleep of a slow one."""

    way = Way.WELL
    asked = 0
    go_on = threading.Event()


def waivers(connection: Connection, person: str, day: date, stood: Stood) -> Iterable[Entitlement]:
    """The records of a person that held on a day."""
    Mood.asked += 1
    answers: list[Any] = [
        Entitlement(
            person=row.person,
            category=WaiverFor(row.category),
            number=row.number,
            state=RecordState(row.state),
            on=day,
        )
        for row in connection.execute(
            text(
                "SELECT * FROM relief_record WHERE person = :person AND since <= :day"
                " AND (until IS NULL OR until >= :day) ORDER BY number"
            ),
            {"person": person, "day": day.isoformat()},
        )
    ]
    match Mood.way:
        case Way.SLOW:
            Mood.go_on.wait(60)
        case Way.ERROR:
            raise ConnectionError("the register is away")
        case Way.WRONG_PERSON:
            return [one.model_copy(update={"person": f"{person}x"}) for one in answers]
        case Way.WRONG_DAY:
            return [one.model_copy(update={"on": date(2020, 1, 1)}) for one in answers]
        case Way.GARBAGE:
            return [*answers, {"number": "?"}]
        case Way.WELL:
            pass
    return answers


MODULE = Module("relief", Label("救助登记", "Relief register"), waivers=waivers)
