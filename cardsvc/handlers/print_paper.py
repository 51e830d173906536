"""Print a paper: whether it may be, and which copy it is; the log is told first."""

import hashlib
from datetime import datetime
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.context import Context
from cardsvc.core.certificate_code import code_of, key_of
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.on_paper import Kept, OnPaper
from cardsvc.core.printing import NAMED, Printed, printable
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Family
from cardsvc.store import cases, office, opening, papers, staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.papers import Cleared

IN_FULL = ("deceased_name", "id_no", "applicant_name", "applicant_phone")
"""What papers with names show in clear."""


def handle(
    context: Context, case_no: CaseNo, paper: Printed, of: str, staff_no: StaffNo, now: datetime
) -> OnPaper | Refusal:
    """What stands on the paper; `of` names its label, certificate or clearance, "" for the case itself."""

    def act(connection: Connection) -> OnPaper | Refusal:
        log = open_log(connection, context.home_id)
        row = office.case(connection, context.home_id, case_no)
        if row is None:
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        kept = papers.cleared(connection, context.home_id, case_no)
        why = printable(row.case, [one.log_no for one in kept], paper, of)
        if why is not None:
            log.add(f"refused {why.problem} {paper}", case_no, "", now, staff_no)
            log.close()
            return why
        copy = papers.add_copy(log, case_no, named(paper, of), now, staff_no)
        log.close()
        return _gathered(context, connection, row, paper, of, copy, staff_no, now, kept)

    return transact(context.engine, act)


def counted(context: Context, paper: str, subject: str, staff_no: StaffNo, now: datetime) -> int:
    """The number of this copy of a paper beside those of `Printed`: the bill of a case, the furnace log of a day."""

    def act(connection: Connection) -> int:
        log = open_log(connection, context.home_id)
        copy = papers.add_copy(log, subject, f"printed {paper}", now, staff_no)
        log.close()
        return copy

    return transact(context.engine, act)


def of_receipt(context: Context, case_no: CaseNo, family: Family, number: str, staff_no: StaffNo, now: datetime) -> int:
    """The number of this copy of a receipt; the cashier's stations learn that it is on paper."""

    def act(connection: Connection) -> int:
        log = open_log(connection, context.home_id)
        copy = papers.add_copy(log, case_no, f"printed receipt {family} {number}", now, staff_no)
        cases.moved(connection, context.home_id, case_no, log.log_no)
        log.close()
        return copy

    return transact(context.engine, act)


def named(paper: Printed, of: str) -> str:
    """How the log calls a print, before the number of its copy."""
    return f"printed {paper} {of}".rstrip()


def _gathered(
    context: Context,
    connection: Connection,
    row: office.CaseRow,
    paper: Printed,
    of: str,
    copy: int,
    staff_no: StaffNo,
    now: datetime,
    kept: list[Cleared],
) -> OnPaper:
    home, case = context.home_id, row.case
    book = papers.book(connection, home, case.price_version) if case.price_version else None
    names = staff.names(connection, home)
    personal: dict[str, str] = {}
    if paper in NAMED:
        sealed = papers.personal(connection, home, case.case_no, IN_FULL)
        where = f"funeral_case/{case.case_no}"
        personal = {name: context.vault.show(one, f"{where}/{name}") if one else "" for name, one in sealed.items()}
    clearance = next((one for one in kept if str(one.log_no) == of), None) if paper is Printed.CLEARANCE else None
    code = code_of(key_of(context.vault.blind, home), home, of) if paper is Printed.CERTIFICATE else ""
    return OnPaper(
        paper=paper,
        of=of,
        copy=copy,
        at=now,
        by=names.get(staff_no, staff_no),
        home=papers.home(connection, home),
        case=case,
        shown_name=row.shown_name,
        relation=row.relation,
        facts=office.facts(connection, home, case.case_no),
        book=book or opening.price_book(connection, home, now),
        titles=papers.titles(connection, home),
        staff=names,
        personal=personal,
        kept=_kept(context, clearance) if clearance is not None else None,
        address=verify_address(context.family_url, of, code) if code else "",
        code=code,
    )


def verify_address(family_url: str, number: str, code: str) -> str:
    """Where anybody who holds a certificate asks whether it was drawn here."""
    return f"{family_url.rstrip('/')}/certificate?{urlencode({'number': number, 'code': code})}"


def _kept(context: Context, one: Cleared) -> Kept:
    return Kept(one.clearance, hashlib.sha256(one.sig).hexdigest()[:16], whole(context, one.body, one.sig))


def whole(context: Context, body: bytes, sig: bytes) -> bool:
    """Whether the service signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(context.vault.public_key).verify(sig, body)
    except InvalidSignature:
        return False
    return True
