"""Decide about flags of review: by somebody who did not cause them, each decision a link of the log."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core import stations
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.plug import discover
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import Because, Decision, FlagState, decide, may_answer
from cardsvc.core.station import Station
from cardsvc.store import reviewing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.reviewing import Decided, FlagKey

STATIONS = discover(stations, "STATION", Station)


def handle(
    context: Context, key: FlagKey, decision: Decision, because: Because, by: StaffNo, now: datetime
) -> FlagState | Refusal:
    """How the flag stands afterwards; nothing on the bill changes. A reversal is a step: `review_reversal`."""

    def act(connection: Connection) -> FlagState | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        roles = load_staff(connection, home).get(by, ())
        if decision is not Decision.ANSWER and not may(roles, Action.REVIEW_BILLS):
            return Refusal(Problem.NOT_ALLOWED, Action.REVIEW_BILLS)
        flag = reviewing.find(connection, home, key)
        if flag is None or decision is Decision.REVERSE:
            return Refusal(Problem.NOT_FOUND)
        people = flag.people
        if decision is Decision.ANSWER and not may_answer(flag.station, by, roles, people, STATIONS):
            return Refusal(Problem.NOT_ALLOWED)
        earlier = reviewing.decisions(connection, home, key)
        last = (earlier[0].by, earlier[0].at) if earlier else None
        state = decide(flag.state, decision, because, by, people, last, now)
        if isinstance(state, Refusal):
            return state
        said = f"{key.log_no}:{key.line_no} {key.rule} {because}"
        log_no = log.add(f"review {decision} {said}", flag.case_no or "", "", now, by)
        reviewing.keep(connection, home, key, state, Decided(decision, because, by, now), log_no)
        log.close()
        return state

    return transact(context.engine, act)
