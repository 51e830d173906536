"""A cashier's station asks for a receipt on paper: logged in its exchange, filled and fetched beside it.

The record of the station is the ask: sent again it is the same copy, and so is the paper that is fetched again.
"""

import base64
from datetime import timedelta

from pydantic import TypeAdapter

from cardsvc.api import receipts as filling
from cardsvc.api.checking import RECORD
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core import desk, wire
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo, JournalId, StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.documents.numbered import Form
from cardsvc.handlers import record_tap
from cardsvc.store import journals, papers, receipts, staff
from cardsvc.store.journals import JournalRow
from cardsvc.store.working import WorkingSet

JUDGEMENT = TypeAdapter(Judgement)
FETCHED_WITHIN = timedelta(hours=1)
"""How long the paper of an ask is given out: a request that somebody kept opens no page of a family later."""


def ask(
    tx: WorkingSet, journal: JournalRow, by: StaffNo | None, case_no: CaseNo | None, asked: desk.AskPaper
) -> Judgement:
    """Log one more copy of a receipt, by whom and where."""
    if journal.kind is not StationKind.CASHIER:
        return record_tap.refused(Refusal(Problem.STEP_NOT_HERE, f"{Step.PAY} @ {journal.kind}"))
    if by is None or not may(tx.staff.get(by, ()), Action.KEEP_RECEIPTS):
        return record_tap.refused(Refusal(Problem.NOT_ALLOWED, Action.KEEP_RECEIPTS))
    one = receipts.one(tx.connection, tx.home_id, asked.family, asked.number)
    if one is None or one.void is not None or one.receipt.case_no != case_no:
        return record_tap.refused(Refusal(Problem.RECEIPT_VOID, asked.number))
    what = f"printed receipt {asked.family} {asked.number}"
    copy = papers.add_copy(tx.log, one.receipt.case_no, what, tx.now, by, journal.station_id)
    tx.load_cases([one.receipt.case_no])
    tx.changed.add(one.receipt.case_no)
    return Judgement(outcome=Outcome.ACCEPTED, copy_no=copy)


def answer(context: Context, journal_id: JournalId, asked: wire.PaperRequest) -> wire.PaperAnswer:
    """The paper that a granted ask of this journal is about, or why it is not given out."""
    try:
        pdf = _filled(context, journal_id, asked.seq)
    except Refused as error:
        no = error.refusal
        return wire.PaperAnswer(nonce=asked.nonce, seq=asked.seq, problem=no.problem, detail=no.detail)
    return wire.PaperAnswer(nonce=asked.nonce, seq=asked.seq, pdf=base64.b64encode(pdf))


def _filled(context: Context, journal_id: JournalId, seq: int) -> bytes:
    """The PDF. Raises Refused."""
    home, now = context.home_id, context.clock()
    with context.engine.connect() as connection:
        journal = journals.journal(connection, home, journal_id)
        stored = journals.record(connection, home, journal_id, seq)
        if journal is None or journal.standing is not None:
            raise Refused(Refusal((journal.standing if journal else None) or Problem.STATION_UNKNOWN))
        record = RECORD.validate_json(stored.raw) if stored is not None else None
        if stored is None or record is None or not isinstance(record.body, desk.AskPaper):
            raise Refused(Refusal(Problem.NOT_FOUND, str(seq)))
        body, judgement = record.body, JUDGEMENT.validate_json(stored.judgement)
        one = receipts.one(connection, home, body.family, body.number)
        if one is None or judgement.copy_no is None:
            raise Refused(Refusal(Problem.NOT_FOUND, str(seq)))
        who = staff.find(connection, home, record.staff_no or "")
        if who is None or now - stored.received_at > FETCHED_WITHIN:
            raise Refused(Refusal(Problem.FORM_EXPIRED, str(seq)))
    form = Form.STRIP if body.strip else Form.A5
    return filling.fill(context, one, form, (judgement.copy_no, now, who.staff_no), who.roles, body.language)
