"""Accept several flags of one safe rule together, exactly those that the page has shown; or take all of them back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import SAFE
from cardsvc.core.reviewing import (
    MOST_TOGETHER,
    REASONS,
    UNDO_WITHIN,
    Because,
    Decision,
    FlagState,
    decide,
    fingerprint,
    together,
)
from cardsvc.store import reviewing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.policies import policy_of
from cardsvc.store.reviewing import Decided, Flagged, FlagKey, Wanted


@dataclass(frozen=True, slots=True)
class Together:
    """Which flags may be accepted together: what a list's filters show of one safe rule; `seen` names exactly them."""

    flags: tuple[Flagged, ...]
    below_fen: int

    @property
    def seen(self) -> str:
        """What the page has shown."""
        return fingerprint(f"{one.key.log_no}.{one.key.line_no}.{one.key.rule}" for one in self.flags)


def preview(connection: Connection, home_id: HomeId, wanted: Wanted, by: StaffNo, now: datetime) -> Together:
    """What would be accepted: none of a rule that is not safe, of their own work, or from the policy's amount on."""
    below = policy_of(connection, home_id, now).review_bulk_fen
    if wanted.rule not in SAFE or wanted.state is not FlagState.OPEN:
        return Together((), below)
    most = below - 1 if wanted.below_fen is None else min(below - 1, wanted.below_fen)
    asked = replace(wanted, below_fen=most, not_by=by)
    found = reviewing.listed(connection, home_id, asked, None, MOST_TOGETHER)
    return Together(tuple(one for one in found if together(one.key.rule, one.amount_fen, by, one.people, below)), below)


def accept(
    context: Context, wanted: Wanted, seen: str, because: Because, by: StaffNo, now: datetime
) -> tuple[int, int] | Refusal:
    """The link that says so, and how many decisions follow it; nothing when the list is not what was `seen`."""

    def act(connection: Connection) -> tuple[int, int] | Refusal:
        log = open_log(connection, context.home_id)
        if not may(load_staff(connection, context.home_id).get(by, ()), Action.REVIEW_BILLS):
            return Refusal(Problem.NOT_ALLOWED, Action.REVIEW_BILLS)
        found = preview(connection, context.home_id, wanted, by, now)
        if not found.flags or found.seen != seen:
            return Refusal(Problem.LIST_CHANGED)
        states = [decide(one.state, Decision.ACCEPT, because, by, one.people, None, now) for one in found.flags]
        link = log.add(f"review accept {len(found.flags)} together: {wanted.rule}", "", "", now, by)
        decided = Decided(Decision.ACCEPT, because, by, now)
        refusal = _keep_all(connection, context.home_id, log, zip(found.flags, states, strict=True), decided)
        return refusal or (link, len(found.flags))

    return transact(context.engine, act)


def undo(context: Context, link: int, count: int, by: StaffNo, now: datetime) -> int | Refusal:
    """How many of the decisions after `link` are taken back: those that nobody has decided about since."""
    because = REASONS[Decision.UNDO][0]

    def act(connection: Connection) -> int | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(by, ()), Action.REVIEW_BILLS):
            return Refusal(Problem.NOT_ALLOWED, Action.REVIEW_BILLS)
        keys = left(connection, home, link, count, by, now)
        if not keys:
            return Refusal(Problem.FLAG_DECIDED)
        flags = [one for key in keys if (one := reviewing.find(connection, home, key)) is not None]
        last = (by, reviewing.decisions(connection, home, keys[0])[0].at)
        states = [decide(one.state, Decision.UNDO, because, by, one.people, last, now) for one in flags]
        decided = Decided(Decision.UNDO, because, by, now)
        return _keep_all(connection, home, log, zip(flags, states, strict=True), decided) or len(flags)

    return transact(context.engine, act)


def left(connection: Connection, home_id: HomeId, link: int, count: int, by: StaffNo, now: datetime) -> list[FlagKey]:
    """What they accepted after `link` and may still take back."""
    keys = reviewing.accepted_between(connection, home_id, link, link + min(count, MOST_TOGETHER), by)
    newest = reviewing.decisions(connection, home_id, keys[0]) if keys else []
    return keys if newest and now - newest[0].at <= UNDO_WITHIN else []


def _keep_all(
    connection: Connection,
    home_id: HomeId,
    log: Log,
    states: Iterable[tuple[Flagged, FlagState | Refusal]],
    decided: Decided,
) -> Refusal | None:
    """Keep a decision about each of the flags, or about none when one refuses it."""
    kept = []
    for flag, state in states:
        if isinstance(state, Refusal):
            return state
        kept.append((flag, state))
    for flag, state in kept:
        said = f"{flag.key.log_no}:{flag.key.line_no} {flag.key.rule} {decided.because}"
        log_no = log.add(f"review {decided.decision} {said}", flag.case_no or "", "", decided.at, decided.by)
        reviewing.keep(connection, home_id, flag.key, state, decided, log_no)
    log.close()
    return None
