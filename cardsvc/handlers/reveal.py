"""Show one piece of personal data to somebody who may see it and says why; the look is logged before it happens."""

from datetime import datetime
from enum import StrEnum

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import corrections, office
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


class Personal(StrEnum):
    """What is hidden of a case; the names of its sealed columns without their ending."""

    DECEASED_NAME = "deceased_name"
    ID_NO = "id_no"
    APPLICANT_NAME = "applicant_name"
    APPLICANT_PHONE = "applicant_phone"
    ADDRESS = "address"
    SECOND_NAME = "second_name"
    SECOND_CONTACT = "second_contact"


class Why(StrEnum):
    """Why somebody looks; chosen from a list, so that the log itself holds no names."""

    CALL_FAMILY = "call_family"
    CHECK_PAPERS = "check_papers"
    COLLECT = "collect"
    POLICE = "police"
    CORRECTION = "correction"


def handle(
    context: Context, case_no: CaseNo, what: Personal, why: Why, staff_no: StaffNo, now: datetime
) -> str | Refusal:
    """The value in clear; "" when the booking left it open."""

    def act(connection: Connection) -> bytes | Refusal | None:
        log = open_log(connection, context.home_id)
        found = office.sealed(connection, context.home_id, case_no, f"{what}_sealed")
        if isinstance(found, office.Missing):
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        log.add(f"revealed {what} for {why}", case_no, "", now, staff_no)
        log.close()
        return found

    sealed = transact(context.engine, act)
    if isinstance(sealed, Refusal):
        return sealed
    return context.vault.show(sealed, f"funeral_case/{case_no}/{what}") if sealed is not None else ""


def earlier(
    context: Context, case_no: CaseNo, log_no: int, what: Personal, staff_no: StaffNo, now: datetime
) -> str | Refusal:
    """A value as it was before the correction of this log number."""

    def act(connection: Connection) -> bytes | None:
        log = open_log(connection, context.home_id)
        found = corrections.earlier_sealed(connection, context.home_id, case_no, log_no, what)
        log.add(f"revealed {what} before {log_no} for {Why.CORRECTION}", case_no, "", now, staff_no)
        log.close()
        return found

    sealed = transact(context.engine, act)
    if sealed is None:
        return Refusal(Problem.NOT_FOUND)
    return context.vault.show(sealed, corrections.where_earlier(case_no, log_no, what))
