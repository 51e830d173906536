"""Look again at the records that all of a gate held: signed, whole, in the log, there for every fire and release."""

from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, func, or_, select

from cardsvc.core.facts import Details, Fact, Step, StepTaken
from cardsvc.core.gate import Clearance
from cardsvc.core.ids import HomeId
from cardsvc.core.tap import GATES
from cardsvc.store import tables as t

FACT, CLEARANCE = TypeAdapter(Fact), TypeAdapter(Clearance)
CLEARED = "cleared "
"""How the link in the log begins that names a kept record."""
ASKED: Mapping[Step, Step] = {Step.LOAD: Step.ARM, Step.RELEASE: Step.RELEASE}
"""What cannot be undone, and the step for which leave was asked."""


def faults(connection: Connection, home_id: HomeId, public_key: bytes | None) -> Iterator[str]:
    """What is wrong with the kept records, in words. `public_key` is the service's Ed25519 key, 32 bytes; without it
    signatures are not looked at.
    """
    key = Ed25519PublicKey.from_public_bytes(public_key) if public_key is not None else None
    c, link = t.clearance.c, t.audit_link.c
    of_log = (link.home_id == c.home_id) & (link.log_no == c.log_no)
    rows = connection.execute(
        select(t.clearance, link.what, link.subject)
        .outerjoin(t.audit_link, of_log)
        .where(c.home_id == home_id)
        .order_by(c.log_no)
    ).all()
    kept: list[tuple[int, Clearance]] = []
    for row in rows:
        where = f"clearance {row.case_no} {row.log_no}"
        try:
            if key is not None:
                key.verify(row.sig, row.body.encode())
            cleared = CLEARANCE.validate_json(row.body)
        except InvalidSignature:
            yield f"{where} is not signed by the service"
            continue
        except ValidationError:
            yield f"{where} cannot be read"
            continue
        if (row.what, row.subject) != (f"{CLEARED}{row.step}", row.case_no):
            yield f"{where} is not in the log"
        elif (cleared.case_no, cleared.step.value) != (row.case_no, row.step):
            yield f"{where} is of another case or step"
        elif [one.number for one in cleared.checks] != [one.number for one in GATES[cleared.step]]:
            yield f"{where} does not name every precondition"
        else:
            kept.append((row.log_no, cleared))
    yield from _cut_out(connection, home_id, {row.log_no for row in rows})
    yield from _without_leave(connection, home_id, kept)


def _cut_out(connection: Connection, home_id: HomeId, there: set[int]) -> Iterator[str]:
    """Records that the log names and that are not there."""
    link = t.audit_link.c
    named = func.substr(link.what, 1, len(CLEARED)) == CLEARED
    for row in connection.execute(select(link.log_no, link.subject).where(link.home_id == home_id, named)):
        if row.log_no not in there:
            yield f"clearance {row.subject} {row.log_no} is missing"


def _without_leave(connection: Connection, home_id: HomeId, kept: list[tuple[int, Clearance]]) -> Iterator[str]:
    """Fires and releases that nothing contests, and for which no leave was kept before them.

    What was there before the home kept its first record is of an older version, and not asked.
    """
    c, since = t.fact.c, min((number for number, _ in kept), default=None)
    if since is None:
        return
    steps = or_(*(c.body.contains(f'"step":"{step}"') for step in ASKED))
    rows = connection.execute(
        select(c.log_no, c.body).where(c.home_id == home_id, c.log_no >= since, steps).order_by(c.log_no)
    )
    for row in rows:
        fact = FACT.validate_json(row.body)
        if isinstance(fact.body, StepTaken) and fact.body.step in ASKED and not fact.contested:
            step, details = ASKED[fact.body.step], fact.body.details
            before = (one for number, one in kept if number < row.log_no and one.case_no == fact.case_no)
            if not any(one.step is step and _same(one, details) for one in before):
                yield f"fact {fact.case_no} {row.log_no}: {fact.body.step} without a kept clearance"


def _same(cleared: Clearance, details: Details) -> bool:
    """Whether leave was given for this very furnace and disc, or for this very box."""
    if cleared.step is Step.ARM:
        return (cleared.furnace, cleared.disc) == (details.furnace, details.disc)
    return cleared.label == details.label
