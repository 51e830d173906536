"""One's own password and PIN: chosen by oneself, with the password that one has; nobody else ever knows them."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.passwords import wrong_password, wrong_pin
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import managing, staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import hash_of
from cardsvc.store.log import open_log
from cardsvc.vault.passwords import verified, verifier_of


def choose(
    context: Context, staff_no: StaffNo, old: str, now: datetime, *, new: str = "", pin: str = "", token: str = ""
) -> Refusal | None:
    """Another password, another PIN, or both; a first password is changed with a PIN.

    Sessions of theirs end, save the one with `token`: whoever else was signed in as them is not any more.
    """
    with context.engine.connect() as connection:
        member = staff.find(connection, context.home_id, staff_no)
    if member is None or not verified(member.password_hash, old):
        return Refusal(Problem.PASSWORD_WRONG)
    waits = member.first_by is not None
    if refusal := _wrong(staff_no, old, new, pin, both=waits):
        return refusal
    hashes = {"password_hash": new, "pin_hash": pin}
    values: dict[str, object] = {column: verifier_of(text) for column, text in hashes.items() if text}
    done = " and ".join(word for word, text in (("password", new), ("PIN", pin)) if text)

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        still = staff.find(connection, context.home_id, staff_no)
        if still is None or still.password_hash != member.password_hash:
            return Refusal(Problem.PASSWORD_WRONG)
        log.add(f"own {done} chosen", staff_no, "", now, staff_no)
        staff.close_sessions(connection, context.home_id, staff_no, now, but=hash_of(token))
        managing.set_(connection, context.home_id, staff_no, **values, first_by=None, first_at=None)
        log.close()
        return None

    return transact(context.engine, act)


def _wrong(staff_no: StaffNo, old: str, new: str, pin: str, *, both: bool) -> Refusal | None:
    if new == pin == "" or (both and "" in (new, pin)):
        return Refusal(Problem.FIELD_MISSING, "pin" if new else "password")
    refusal = (wrong_password(new, staff_no) if new else None) or (wrong_pin(pin, staff_no) if pin else None)
    if refusal is not None:
        return refusal
    if new == old:
        return Refusal(Problem.PASSWORD_SAME)
    return Refusal(Problem.PIN_COMMON) if pin and pin in (new, old) else None
