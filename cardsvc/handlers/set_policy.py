"""Set a new version of the city's rules: by two people, from today or a later day on; older versions stay."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.policy import Policy, changed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import policies
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(context: Context, policy: Policy, by: StaffNo, second: StaffNo | None, now: datetime) -> Policy | Refusal:
    """Keep a version; the log names what changes against the rules that would be in force on that day."""

    def act(connection: Connection) -> Policy | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        refusal = confirmed(by, second, load_staff(connection, home), Action.SET_RULES)
        if refusal is not None or second is None:
            return refusal or Refusal(Problem.FOUR_EYES)
        if policy.valid_from < local(now).date():
            return Refusal(Problem.FIELD_INVALID, "valid_from")
        before = policies.policy_on(connection, home, policy.valid_from)
        changes = changed(before, policy)
        if not changes and before.basis == policy.basis:
            return Refusal(Problem.FIELD_MISSING, "rules")
        unfounded = [name for name, _, _ in changes if not policy.basis.get(name, "").strip()]
        if unfounded:
            return Refusal(Problem.FIELD_MISSING, ", ".join(f"legal_basis {name}" for name in unfounded))
        kept = policies.keep_policy(connection, home, policy, now, by, second)
        said = ", ".join(f"{name} {old} > {new}" for name, old, new in changes)
        log.add(f"rules set from {policy.valid_from} with {second}", f"{kept.version}: {said}", "", now, by)
        log.close()
        return kept

    return transact(context.engine, act)
