"""Change what stations may do without network: checked by the model, logged, and told to every station."""

import json
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Limits
from cardsvc.store import limits
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

LIMITS = TypeAdapter(Limits)


def handle(context: Context, name: str, value: int, now: datetime, by: StaffNo | None = None) -> Limits | Refusal:
    """Set one limit; the refusal's detail says what the model has against it."""
    if name not in Limits.model_fields:
        return Refusal(Problem.INPUT_INVALID, f"{name}: one of {', '.join(Limits.model_fields)}")

    def act(connection: Connection) -> Limits | Refusal:
        log = open_log(connection, context.home_id)
        before = limits.limits_of(connection, context.home_id)
        try:
            changed = LIMITS.validate_json(json.dumps(before.model_dump() | {name: value}))
        except ValidationError as error:
            return Refusal(Problem.FIELD_INVALID, "; ".join(one["msg"] for one in error.errors()))
        log.add("limit set", f"{name} {getattr(before, name)} > {value}", "", now, by)
        limits.keep(connection, context.home_id, changed)
        log.close()
        return changed

    return transact(context.engine, act)
