"""Withdraw a row that was entered by mistake, or let it stand again: for a reason, by one within the day or by two."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Record
from cardsvc.modules import Module
from cardsvc.rows import agreeing, hindering, keeping, links, second_pair, stopping, trails, withdrawing
from cardsvc.rows.hindering import Hindrance
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.withdrawing import Act, Withdrawn
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(
    context: Context,
    module: Module,
    record: Record,
    row: tuple[str, int],
    why: str,
    county: str | None,
    people: tuple[StaffNo, StaffNo | None],
    now: datetime,
) -> tuple[Hindrance, ...] | Refusal | None:
    """Withdraw a row (the id and version that were looked at); None when it is done, else what stands against it.

    Its links for people outside end with it. `people`: who does, and who agrees where one alone does not suffice.
    """
    where = Where(context.home_id, module.name, record)

    def act(connection: Connection) -> tuple[Hindrance, ...] | Refusal | None:
        log = open_log(connection, context.home_id)
        before = keeping.find(connection, where, row[0], county)
        if before is None:
            return Refusal(Problem.NOT_FOUND)
        if before.version != row[1]:
            return Refusal(Problem.ROW_CHANGED)
        if not withdrawing.sound(why):
            return Refusal(Problem.REASON_MISSING)
        own = alone(connection, where, before, people[0], now)
        second = second_pair.confirming(connection, context.home_id, (module.name, before.county), people, own)
        if isinstance(second, Refusal):
            return second
        if found := hindering.hindrances(connection, where, module, {before.id: before}):
            return tuple(found)
        rows = withdrawing.stood(connection, where, [before.id])
        digest = withdrawing.put_aside(connection, where, rows, Act(why.strip(), now, people[0], second))
        if not withdrawing.take_out(connection, where, {before.id: before.version}):
            return Refusal(Problem.ROW_CHANGED)
        links.end(connection, context.home_id, (module.name, record.name, before.id), now)
        log.add(f"row withdrawn: {module.name}/{record.name}{_with(second)}", before.id, digest, now, people[0])
        log.close()
        return None

    return transact(context.engine, act)


def restore(
    context: Context,
    module: Module,
    record: Record,
    row_id: str,
    why: str,
    county: str | None,
    people: tuple[StaffNo, StaffNo | None],
    now: datetime,
) -> tuple[Fault, ...] | Refusal | None:
    """Let a withdrawn row stand again as it stood; None when it is done, else what its record's rules say."""
    where = Where(context.home_id, module.name, record)

    def act(connection: Connection) -> tuple[Fault, ...] | Refusal | None:
        log = open_log(connection, context.home_id)
        one = withdrawing.find(connection, where, row_id, county)
        if one is None:
            return Refusal(Problem.NOT_FOUND)
        if not withdrawing.sound(why):
            return Refusal(Problem.REASON_MISSING)
        own = alone_again(one, people[0], now)
        second = second_pair.confirming(connection, context.home_id, (module.name, one.row.county), people, own)
        if isinstance(second, Refusal):
            return second
        values = {**keeping.opened(context.vault, where, one.row), "county": one.row.county}
        faults = withdrawing.unsound(record, values)
        records, vault = {each.name: each for each in module.records}, context.vault
        faults += agreeing.disagreed(connection, vault, where, records, values, one.row.id, not faults)
        faults += trails.disagreed(connection, vault, where, module, values, {}, one.row.id)
        if faults:
            return faults
        withdrawing.put_back(connection, where, [one], Act(why.strip(), now, people[0], second))
        log.add(f"row restored: {module.name}/{record.name}{_with(second)}", one.row.id, "", now, people[0])
        stopping.came_back(connection, vault, log, where, module, one.row.id, now)
        log.close()
        return None

    return transact(context.engine, act)


def alone(connection: Connection, where: Where, row: Kept, staff_no: StaffNo, now: datetime) -> bool:
    """Whether somebody may withdraw a row without a second person: their own of today, which nobody else touched.

    One that two agreed to is not theirs alone, nor one that was withdrawn before and restored.
    """
    own = row.made_by == staff_no and local(row.made_at).date() == local(now).date()
    agreed = where.record.is_frozen(row.values) or where.record.by_two is not None
    if not own or agreed or withdrawing.ever(connection, where, row.id):
        return False
    changes = keeping.history(connection, where, row.id)
    return all(one.staff_no == staff_no and one.second_no is None for one in changes)


def alone_again(one: Withdrawn, staff_no: StaffNo, now: datetime) -> bool:
    """Whether somebody may restore a row without a second person: who withdrew it alone, on the same day."""
    same = one.out.staff_no == staff_no and one.out.second_no is None
    return same and local(one.out.at).date() == local(now).date()


def _with(second: StaffNo | None) -> str:
    return f" with {second}" if second is not None else ""
