"""Say something of a module's figures in a period: their targets, how they are told, what is withheld."""

from collections.abc import Mapping
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.indicated import NOTHING_SAID, Relation, Said
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Period
from cardsvc.modules import Module
from cardsvc.rows import marks
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

LONGEST_NOTE = 200


def handle(
    context: Context, module: Module, period: Period, said: Mapping[str, Said], staff_no: StaffNo, now: datetime
) -> int | Refusal:
    """Keep what changed and tell the home's log each change; how many figures it were."""
    known = {one.name for one in module.indicators}
    if not said.keys() <= known or period.last < period.first:
        return Refusal(Problem.INPUT_INVALID, "indicator" if period.first <= period.last else "day")
    for one in said.values():
        long = max(len(one.note), len(one.note_en)) > LONGEST_NOTE
        if long or any(number is not None and number < 0 for number in (one.target, one.bound)):
            return Refusal(Problem.FIELD_INVALID, "note" if long else "target")
        if (one.relation is Relation.EXACT) is not (one.bound is None):
            return Refusal(Problem.FIELD_INVALID, "bound")

    def act(connection: Connection) -> int | Refusal:
        log = open_log(connection, context.home_id)
        before = marks.exactly(connection, context.home_id, module.name, period)
        changed = {name: one for name, one in said.items() if one != before.get(name, NOTHING_SAID)}
        for name, one in changed.items():
            subject = (
                f"{module.name}.{name} {period.first}..{period.last}: {differs(before.get(name, NOTHING_SAID), one)}"
            )
            log.add("figure set", subject, "", now, staff_no)
        marks.keep(connection, context.home_id, module.name, period, changed, staff_no, now)
        log.close()
        return len(changed)

    return transact(context.engine, act)


def differs(before: Said, after: Said) -> str:
    """What changed, for the home's log; numbers in hundredths of the unit."""
    pairs = (
        ("target", before.target, after.target),
        ("relation", before.relation.value, after.relation.value),
        ("bound", before.bound, after.bound),
        ("withheld", before.withheld, after.withheld),
        ("note", before.note or None, after.note or None),
        ("note_en", before.note_en or None, after.note_en or None),
    )
    return ", ".join(f"{name} {old} > {new}" for name, old, new in pairs if old != new)
