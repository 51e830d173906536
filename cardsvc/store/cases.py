"""Cases: their rows, the words by which they are found, their numbers."""

from typing import Any

from sqlalchemy import Connection, func, select, update

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store import tables as t


def last_number(connection: Connection, home_id: HomeId, year: int) -> int:
    """The highest case number of a year; 0 when there is none. The home's log is locked, so nobody takes the next."""
    c = t.funeral_case.c
    prefix = f"{home_id}-{year:04d}-"
    newest = select(func.max(c.case_no)).where(c.home_id == home_id, c.case_no.startswith(prefix, autoescape=True))
    last = connection.execute(newest).scalar_one_or_none()
    return int(last[-6:]) if last else 0


def add(connection: Connection, row: dict[str, Any], words: list[str], provisional_no: CaseNo | None) -> None:
    """Write a case, the keyed words by which it is found, and the number that it had before."""
    home_id, case_no = row["home_id"], row["case_no"]
    connection.execute(t.funeral_case.insert().values(row))
    if words:
        keys = [{"home_id": home_id, "word_blind": word, "case_no": case_no} for word in words]
        connection.execute(t.case_word.insert(), keys)
    if provisional_no is not None:
        alias = {"home_id": home_id, "provisional_no": provisional_no, "case_no": case_no}
        connection.execute(t.case_alias.insert().values(alias))


def exists(connection: Connection, home_id: HomeId, case_no: CaseNo) -> bool:
    """Whether there is such a case."""
    c = t.funeral_case.c
    return connection.execute(select(c.case_no).where(c.home_id == home_id, c.case_no == case_no)).first() is not None


def moved(connection: Connection, home_id: HomeId, case_no: CaseNo, log_no: int) -> None:
    """What stations know of a case has changed, with this number of the log."""
    c = t.funeral_case.c
    these = (c.home_id == home_id, c.case_no == case_no)
    connection.execute(update(t.funeral_case).where(*these).values(changed_log_no=log_no))


def contact(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Any:
    """Sealed phones of a case's applicant and second contact, and how the home is called; None for no such case."""
    c, h = t.funeral_case.c, t.home.c
    return connection.execute(
        select(
            c.applicant_phone_sealed, c.second_contact_sealed, h.name_zh.label("home_zh"), h.phone.label("home_phone")
        )
        .join(t.home, h.home_id == c.home_id)
        .where(c.home_id == home_id, c.case_no == case_no)
    ).one_or_none()


def people(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Any:
    """Who a case is about and who arranges it, sealed, and its county. Raises NoResultFound for no such case."""
    c = t.funeral_case.c
    names = (c.deceased_name_sealed, c.id_no_sealed, c.applicant_name_sealed, c.applicant_phone_sealed, c.county)
    return connection.execute(select(*names).where(c.home_id == home_id, c.case_no == case_no)).one()


def identity(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Any:
    """The sealed name and ID number of the deceased, its blind index, and the county; None for no such case."""
    c = t.funeral_case.c
    where, what = (c.home_id == home_id, c.case_no == case_no), (c.deceased_name_sealed, c.id_no_sealed)
    return connection.execute(select(*what, c.id_no_blind, c.county).where(*where)).one_or_none()
