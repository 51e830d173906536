"""Add a place or thing, such as temporary slots for a surge; and take one away that nobody uses."""

import re
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import PLACES
from cardsvc.store import resources
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.resources import Thing

KINDS = tuple(PLACES.values())
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")


def handle(context: Context, one: Thing, by: StaffNo, now: datetime) -> Thing | Refusal:
    """Add it. Its code must be new in the home: codes are scanned and read aloud."""
    if one.kind not in KINDS or CODE.fullmatch(one.code) is None:
        return Refusal(Problem.FIELD_INVALID, "code")

    def act(connection: Connection) -> Thing | Refusal:
        log = open_log(connection, context.home_id)
        if resources.has_code(connection, context.home_id, one.code):
            return Refusal(Problem.PLACE_TAKEN, one.code)
        log.add("place added", f"{one.kind} {one.code}", "", now, by)
        resources.add(connection, context.home_id, one)
        log.close()
        return one

    return transact(context.engine, act)


def remove(context: Context, kind: PlaceKind, code: str, by: StaffNo, now: datetime) -> Refusal | None:
    """Take away a temporary one that is empty and not reserved; what belongs to the house is closed instead."""

    def act(connection: Connection) -> Refusal | None:
        home = context.home_id
        log = open_log(connection, home)
        found = resources.thing(connection, home, kind, code)
        if found is None:
            return Refusal(Problem.PLACE_UNKNOWN, code)
        user = resources.in_use(connection, home, kind, code, now)
        if user is not None:
            return Refusal(Problem.PLACE_TAKEN, f"{code}, {user}")
        if not found.traits.temporary:
            return Refusal(Problem.NOT_ALLOWED, code)
        log.add("place removed", f"{kind} {code}", "", now, by)
        resources.remove(connection, home, kind, code)
        log.close()
        return None

    return transact(context.engine, act)
