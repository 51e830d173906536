"""Make, name and switch off a screen on a wall: 256 bits in its address; only their SHA-256 is kept."""

import base64
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin

from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.shown import ScreenKind
from cardsvc.store import resources, screens
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import hash_of
from cardsvc.store.log import open_log
from cardsvc.store.screens import Screen

LONGEST_TITLE = 40


def make(context: Context, kind: ScreenKind, hall: str | None, title: str, by: StaffNo, now: datetime) -> str | Refusal:
    """A new screen: its address, told once. `hall` is the code of a hall, for a screen of that hall only."""
    token = base64.urlsafe_b64encode(context.chance(32)).rstrip(b"=").decode()
    if (wrong := _wrong(title)) is not None:
        return wrong

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        known = hall is not None and resources.thing(connection, context.home_id, PlaceKind.HALL, hall) is not None
        if known != (kind is ScreenKind.HALL):
            return Refusal(Problem.FIELD_INVALID, "hall")
        screens.add(connection, context.home_id, Screen(hash_of(token), kind, hall, title.strip(), now, by))
        log.add("screen made", f"{kind} {hall or ''}".strip(), hash_of(token), now, by)
        log.close()
        return urljoin(context.family_url, f"../screens/{token}")

    return transact(context.engine, act)


def rename(context: Context, token_hash: str, title: str, by: StaffNo, now: datetime) -> Refusal | None:
    """Another title, by which the staff know where it hangs."""
    if (wrong := _wrong(title)) is not None:
        return wrong
    return _changed(
        context,
        token_hash,
        "screen renamed",
        by,
        now,
        lambda one: {"title": title.strip()} if one.title != title else {},
    )


def revoke(context: Context, token_hash: str, by: StaffNo, now: datetime) -> Refusal | None:
    """Switch it off at once: its address shows nothing any more."""
    return _changed(
        context,
        token_hash,
        "screen revoked",
        by,
        now,
        lambda one: {"revoked_at": now} if one.revoked_at is None else {},
    )


def _wrong(title: str) -> Refusal | None:
    fits = 0 < len(title.strip()) <= LONGEST_TITLE
    return None if fits else Refusal(Problem.FIELD_INVALID, "title")


def _changed(
    context: Context,
    token_hash: str,
    what: str,
    by: StaffNo,
    now: datetime,
    values_of: Callable[[Screen], dict[str, str | datetime]],
) -> Refusal | None:
    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        found = screens.screen(connection, context.home_id, token_hash)
        if found is None:
            return Refusal(Problem.NOT_FOUND)
        values = values_of(found)
        if values:
            screens.change(connection, context.home_id, token_hash, **values)
            log.add(what, f"{found.kind} {found.hall or ''}".strip(), token_hash, now, by)
            log.close()
        return None

    return transact(context.engine, act)
