"""Run a drill: wrong-body attempts at a copy of two cases, judged by the very handler that judges the real ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.context import Context
from cardsvc.core import drill as rules
from cardsvc.core.case import Case
from cardsvc.core.drill import Attempt, Drill, Thing, Whose
from cardsvc.core.facts import Details, PlaceKind, Stage, StationKind, Step
from cardsvc.core.ids import CardNo, CaseNo, JournalId, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.tap import CardChain
from cardsvc.handlers import record_tap
from cardsvc.handlers.record_tap import Reported
from cardsvc.store import copying, drills, furnaces, grounds, reconciling
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.working import Permit, WorkingSet

PERMIT = "DRILL"
Said = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Ready:
    """Two cases made ready in a copy, a furnace that is free there, and two people who may use it."""

    tx: WorkingSet
    cases: tuple[Case, Case]
    furnace: str
    operator: StaffNo
    checker: StaffNo
    now: datetime


def run(
    context: Context,
    by: StaffNo,
    numbers: tuple[CaseNo, CaseNo] | None = None,
    county: str | None = None,
    say: Said = lambda done, of: None,
) -> int | Refusal:
    """Run a drill with two cases, or with the newest two; its number. `say` hears how far it is."""
    now, home = context.clock(), context.home_id
    with reconciling.one_moment(context.engine) as source:
        if numbers is None:
            newest = copying.waiting_for_fire(source, home, county, 2)
            if len(newest) < 2:
                return Refusal(Problem.CASE_UNKNOWN, "")
            numbers = (newest[0], newest[1])
        if numbers[0] == numbers[1]:
            return Refusal(Problem.CASE_DUPLICATE, numbers[0])
        with copying.copied(source, home, numbers) as copy:
            ready = _ready(context, copy, numbers, now)
            if isinstance(ready, Refusal):
                return ready
            wanted = [(place, *one) for place in (0, 1) for one in rules.combinations()]
            attempts = []
            for done, (place, step, station, thing) in enumerate(wanted, 1):
                attempts.append(_attempt(ready, place, step, station, thing))
                say(done, len(wanted))
            policy = ready.tx.policy.version
    result = Drill(first=numbers[0], second=numbers[1], policy_version=policy, attempts=tuple(attempts))

    def keep(connection: Connection) -> int:
        log = open_log(connection, home)
        log_no = log.add(f"drill {'red' if result.red else 'green'}", f"{result.first} {result.second}", "", now, by)
        drills.keep(connection, home, result, log_no, by, now)
        log.close()
        return log_no

    return transact(context.engine, keep)


def _ready(context: Context, copy: Connection, numbers: tuple[CaseNo, CaseNo], now: datetime) -> Ready | Refusal:
    """Make both cases ready in the copy: nothing speaks against them but what the drill does wrong."""
    tx = working_set(copy, context.home_id, open_log(copy, context.home_id), now)
    tx.load_cases(numbers)
    missing = [number for number in numbers if number not in tx.cases]
    if missing:
        return Refusal(Problem.CASE_UNKNOWN, missing[0])
    tx.load_things()
    able = sorted(grounds.operators(tx))
    checkers = [no for no, roles in sorted(tx.staff.items()) if Role.CHECKER in roles and no not in able[:1]]
    if not able or not checkers:
        return Refusal(Problem.OPERATOR_UNQUALIFIED, "")
    copying.on_duty(tx, (able[0], checkers[0]), now)
    codes = [one.code for one in furnaces.furnaces(copy, context.home_id)]
    fit = [code for code in codes if (one := grounds.furnace_at(tx, code)).serviceable and one.video]
    if not fit:
        return Refusal(Problem.FURNACE_UNSERVICEABLE, ", ".join(codes))
    tx.places.pop((PlaceKind.FURNACE.value, fit[0]), None)
    first, second = (rules.made_ready(tx.cases[no], place, now) for place, no in enumerate(numbers))
    for place, case in enumerate((first, second)):
        card_no = case.card_no or CardNo("")
        tx.cases[case.case_no] = case
        tx.cards[card_no] = CardChain(card_no, case.case_no, 0, None)
        tx.issue[card_no] = max(case.issue_no, 1)
        tx.hot.pop(card_no, None)
        tx.marks[("tag", case.tag or "")] = tx.marks[("disc", _disc(place))] = case.case_no
    return Ready(tx, (first, second), fit[0], able[0], checkers[0], now)


def _disc(place: int) -> str:
    return f"DRILL-D{place}"


def _attempt(ready: Ready, place: int, step: Step, station: StationKind, thing: Thing) -> Attempt:
    """Try one thing with the case at `place`; the copy is as before when it is over."""
    tx, own, other = ready.tx, ready.cases[place], ready.cases[1 - place]
    whose = {Whose.OWN: (own, place), Whose.OTHER: (other, 1 - place)}
    saved = tx.mark()
    if step is Step.LOAD:
        tx.cases[own.case_no] = own.model_copy(update={"stage": Stage.ARMED})
        until = ready.now + timedelta(seconds=90)
        journal = JournalId(PERMIT)
        tx.permits[PERMIT] = Permit(PERMIT, own.case_no, ready.furnace, _disc(place), journal, "live", until)
    details = Details(
        tag=whose[thing.tag][0].tag if thing.tag in whose else None,
        disc=_disc(whose[thing.disc][1]) if thing.disc in whose else None,
        furnace=ready.furnace,
        permit=PERMIT if step is Step.LOAD else None,
    )
    reported = Reported(
        case_no=own.case_no,
        asked=Asked(step, details, ready.operator, ready.checker),
        at=ready.now,
        cause=rules.CAUSE,
        station_kind=station,
        card_no=whose[thing.card][0].card_no,
        happened=False,
    )
    judgement = record_tap.handle(tx, reported, tx.log.log_no)
    tx.back(saved)
    return Attempt(
        case_no=own.case_no,
        step=step,
        station=station,
        card=thing.card,
        tag=thing.tag,
        disc=thing.disc,
        refusals=tuple(dict.fromkeys(one.problem for one in judgement.reasons)),
    )


def summary(result: Drill) -> Iterator[tuple[Problem, int]]:
    """How often each refusal was met, the most frequent first."""
    met = [one for attempt in result.attempts for one in attempt.refusals]
    yield from sorted({one: met.count(one) for one in met}.items(), key=lambda pair: -pair[1])
