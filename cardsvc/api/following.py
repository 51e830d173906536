"""What a merge does to sign-ups for ashes: that of the case that ends follows to the one that goes on.

Where both have one, that of the case that goes on stands; the other stays as it is, and both pages say so.
"""

from cardsvc.api.signing_up import may_be_planned, trails_of
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.records import Value
from cardsvc.core.trails import Trail
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.modules import Module
from cardsvc.rows import keeping
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept
from cardsvc.store import cases as case_store
from cardsvc.store import journals
from cardsvc.store.engine import Connection, StoreConflict
from cardsvc.store.working import WorkingSet


def follow(context: Context, tx: WorkingSet, source: CaseNo, target: CaseNo, staff_no: StaffNo) -> None:
    """Let the sign-ups of `source` follow to `target`, with the plan of the rest where `target` has none."""
    for module, trail in trails_of(context):
        found = rows.of_cases(tx.connection, context.home_id, module, trail, [source, target])
        row = _living(trail, found.get(source))
        if row is None or _living(trail, found.get(target)) is not None:
            continue
        _follow(context, tx, module, trail, row, target, staff_no)
        ended, goes_on = tx.case(source), tx.case(target)
        planned = ended is not None and ended.ash_plan is trail.ways.get(str(row.values[trail.sign_ups.way]))
        if ended is None or goes_on is None or not planned or ended.rest_at is None:
            continue
        if goes_on.ash_plan is None and may_be_planned(goes_on):
            log_no = tx.log.add(f"entered {Step.PLAN_REST}", target, "", tx.now, staff_no)
            details = Details(destination=ended.ash_plan, starts=ended.rest_at)
            take_by_itself(tx, goes_on, Step.PLAN_REST, details, log_no, by=staff_no)


def left_behind(connection: Connection, context: Context, case_no: CaseNo) -> list[CaseNo]:
    """The cases that were merged into this one whose sign-ups did not follow, as it had one itself."""
    merged = journals.merged_into(connection, context.home_id, case_no)
    behind = []
    for module, trail in trails_of(context):
        found = rows.of_cases(connection, context.home_id, module, trail, merged) if merged else {}
        behind += [number for number, row in found.items() if _living(trail, row) is not None]
    return behind


def _living(trail: Trail, row: Kept | None) -> Kept | None:
    """A sign-up that was not given up."""
    return row if row is not None and row.values[trail.sign_ups.state] not in trail.sign_ups.given_up else None


def _follow(
    context: Context, tx: WorkingSet, module: Module, trail: Trail, row: Kept, target: CaseNo, staff_no: StaffNo
) -> None:
    """The row is of the other case from now on, and of its person: two people said that both are one."""
    s, where = trail.sign_ups, rows.sign_ups(context.home_id, module, trail)
    found = case_store.people(tx.connection, context.home_id, target)
    name = context.vault.show(found.deceased_name_sealed, f"funeral_case/{target}/deceased_name")
    id_no = context.vault.show(found.id_no_sealed, f"funeral_case/{target}/id_no") if found.id_no_sealed else None
    after: dict[str, Value] = {s.case_no: target, s.deceased: name, s.person: id_no, "county": found.county}
    bits = context.chance(12 * len(where.record.columns))
    log_no = tx.log.add(f"row changed: {module.name}/{s.record}", row.id, "", tx.now, staff_no)
    if not keeping.change(tx.connection, context.vault, where, row, after, staff_no, tx.now, bits, log_no):
        raise StoreConflict(row.id)
