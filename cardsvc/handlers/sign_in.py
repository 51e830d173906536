"""Sign in to the office with a personal account, and out again."""

import base64
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import ALLOWED, Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import hash_of
from cardsvc.store.log import open_log
from cardsvc.vault.passwords import is_theirs


def handle(context: Context, staff_no: str, password: str, now: datetime) -> str | Refusal:
    """Open a session; the secret of its cookie. A wrong number and a wrong password look alike."""
    with context.engine.connect() as connection:
        member = staff.find(connection, context.home_id, staff_no)
    known = is_theirs(member.password_hash if member is not None else None, password)
    if member is None or not known or not any(ALLOWED[Role(role)].actions for role in member.roles):
        return Refusal(Problem.SIGN_IN_FAILED)
    token, form_token = (base64.urlsafe_b64encode(context.chance(32)).rstrip(b"=").decode() for _ in range(2))
    number = member.staff_no

    def act(connection: Connection) -> None:
        log = open_log(connection, context.home_id)
        staff.open_session(connection, context.home_id, hash_of(token), number, form_token, now)
        log.add("signed in", number, "", now, number)
        log.close()

    transact(context.engine, act)
    return token


def sign_out(context: Context, token: str, staff_no: StaffNo, now: datetime) -> None:
    """End the session at once."""

    def act(connection: Connection) -> None:
        log = open_log(connection, context.home_id)
        staff.close_session(connection, context.home_id, hash_of(token), now)
        log.add("signed out", staff_no, "", now, staff_no)
        log.close()

    transact(context.engine, act)


def proven(context: Context, staff_no: str, password: str) -> staff.StaffRow | Refusal:
    """Who stands for something with their own password; a first one, which somebody else made, stands for nobody."""
    with context.engine.connect() as connection:
        member = staff.find(connection, context.home_id, staff_no)
    known = is_theirs(member.password_hash if member is not None else None, password)
    if member is None or not known:
        return Refusal(Problem.SIGN_IN_FAILED)
    return Refusal(Problem.PASSWORD_FIRST, member.staff_no) if member.first_by is not None else member
