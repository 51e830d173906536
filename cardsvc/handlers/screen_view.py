"""What a screen on a wall may show now: nothing else of any case ever reaches it."""

from dataclasses import dataclass
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.books import bounds
from cardsvc.core.facts import PlaceKind
from cardsvc.core.halls import Check, farewell_over, hall_now, in_hall
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.people import NAMELESS
from cardsvc.core.periods import Period
from cardsvc.core.periods import periods as periods_of
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.shown import Shown, queue_shown
from cardsvc.store import periods, resources, screens
from cardsvc.store.engine import transact
from cardsvc.store.family import hash_of
from cardsvc.store.screens import SEEN_EVERY, InHall, Screen


@dataclass(frozen=True, slots=True)
class Farewell:
    """A farewell as its hall's screen shows it; `name` is masked unless the family approved it, "" for nobody's."""

    name: str
    period: Period | None


@dataclass(frozen=True, slots=True)
class HallShown:
    """What is on in a hall; `titles` in Chinese and in English."""

    titles: tuple[str, str]
    check: Check | None
    now: Farewell | None
    after: Farewell | None


def look(context: Context, token: str, now: datetime) -> Screen | Refusal:
    """The screen that asks. Unknown and switched off look alike."""
    with context.engine.connect() as connection:
        found = screens.screen(connection, context.home_id, hash_of(token))
    if found is None or found.revoked_at is not None:
        return Refusal(Problem.LINK_INVALID)
    if found.seen_at is None or now - found.seen_at >= SEEN_EVERY:
        transact(context.engine, lambda one: screens.change(one, context.home_id, found.token_hash, seen_at=now))
    return found


def home_names(context: Context) -> tuple[str, str]:
    """The home's name in Chinese and in English."""
    with context.engine.connect() as connection:
        return screens.home_names(connection, context.home_id)


def queue(context: Context, now: datetime) -> tuple[Shown, ...]:
    """The furnace queue, by numbers only."""
    today = local(now).date()
    with context.engine.connect() as connection:
        return queue_shown(screens.queue_places(connection, context.home_id, today), today)


def hall(context: Context, code: str, now: datetime) -> HallShown:
    """What is on in a hall now, and what comes next today."""
    with context.engine.connect() as connection:
        held = periods_of(periods.held(connection, context.home_id, *bounds(local(now).date()), code))
        found = screens.in_halls(connection, context.home_id, {one.case_no for one in held})
        thing = resources.thing(connection, context.home_id, PlaceKind.HALL, code)
    cases = {one.case.case_no: one for one in found}
    open_ = [one for one in held if one.case_no in cases and not farewell_over(cases[one.case_no].case)]
    holder = next((one for one in open_ if one.covers(now)), None)
    present = next((one.case for one in found if in_hall(one.case, code)), None)
    shown, check = hall_now(code, now, present, cases[holder.case_no].case if holder is not None else None)
    number = shown.case_no if shown is not None else None
    coming = (
        one
        for one in open_
        if one.case_no != number and one.ends > now and not (check is Check.DIFFERS and one is holder)
    )
    after = next(coming, None)
    busy = shown is not None or check is Check.DIFFERS
    return HallShown(
        titles=(thing.title_zh, thing.title_en) if thing is not None else (code, code),
        check=check if busy else None,
        now=_farewell(context, cases, held, number) if number is not None else None,
        after=_farewell(context, cases, [after], after.case_no) if after is not None else None,
    )


def _farewell(
    context: Context, cases: dict[CaseNo, InHall], held: list[Period] | tuple[Period, ...], case_no: CaseNo
) -> Farewell:
    period = next((one for one in held if one.case_no == case_no), None)
    return Farewell(_name(context, cases[case_no]), period)


def _name(context: Context, one: InHall) -> str:
    """Masked, as booked, or in the family's own words; an unidentified person has no name."""
    number = one.case.case_no
    if one.own_sealed is not None:
        return context.vault.show(one.own_sealed, screens.where_own(number))
    name = (
        context.vault.show(one.name_sealed, f"funeral_case/{number}/deceased_name") if one.approved else one.shown_name
    )
    return "" if name == NAMELESS else name
