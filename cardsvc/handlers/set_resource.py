"""Change what a slot, vehicle, hall, furnace or shelf is like: out of service and why, sizes, video, number plate."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Traits
from cardsvc.store import resources
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(
    context: Context, kind: PlaceKind, code: str, traits: Traits, by: StaffNo, now: datetime
) -> Traits | Refusal:
    """Change it. Out of service stops what would begin there; what is there already stays until it is taken away."""

    def act(connection: Connection) -> Traits | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        before = resources.thing(connection, home, kind, code)
        if before is None:
            return Refusal(Problem.PLACE_UNKNOWN, code)
        old, new = before.traits.model_dump(mode="json"), traits.model_dump(mode="json")
        changes = [f"{name} {old[name]} > {new[name]}" for name in new if old[name] != new[name]]
        if not changes:
            return traits
        log.add("place changed", f"{kind} {code}: {', '.join(changes)}", "", now, by)
        resources.change(connection, home, kind, code, traits)
        log.close()
        return traits

    return transact(context.engine, act)
