"""Messages and statutory reports that a transaction causes: sealed into the outbox in the same transaction."""

from dataclasses import replace
from datetime import timedelta

from pydantic import TypeAdapter

from cardsvc.context import Context
from cardsvc.core.facts import step_of
from cardsvc.core.ids import CaseNo
from cardsvc.core.outgoing import Channel
from cardsvc.core.statutory import TOUCHES, Deceased, Event, Report, content_of, next_report
from cardsvc.core.terms import CaseKind, Notice
from cardsvc.core.words import Language, say
from cardsvc.store import cases, collection, outbox
from cardsvc.store.outbox import Entry
from cardsvc.store.working import WorkingSet

LANGUAGE: Language = "zh_CN"
REPORT = TypeAdapter(Report)


def post(context: Context, tx: WorkingSet) -> None:
    """Write what is to be told outside because of a working set.

    A collection code is made here, and only its hash is kept beside it.
    """
    for number, (log_no, message) in enumerate(tx.outgoing, 1):
        contact = cases.contact(tx.connection, tx.home_id, message.case_no)
        if contact is None:
            continue
        second = message.notice is Notice.SECOND_CONTACT and contact.second_contact_sealed is not None
        column = "second_contact" if second else "applicant_phone"
        sealed = contact.second_contact_sealed if second else contact.applicant_phone_sealed
        to = context.vault.show(sealed or b"", f"funeral_case/{message.case_no}/{column}")
        code = ""
        if message.notice is Notice.COLLECTION_CODE:
            code = f"{int.from_bytes(context.chance(4), 'big') % 1_000_000:06d}"
            until = tx.now + timedelta(minutes=tx.policy.collection_code_minutes)
            collection.add_code(tx.connection, tx.home_id, message.case_no, code, tx.now, until)
        text = say(LANGUAGE, f"message.{message.notice}", home=contact.home_zh, phone=contact.home_phone, code=code)
        entry = Entry(log_no, number, Channel.MESSAGE, message.notice.value, message.case_no, b"", b"")
        hidden = [
            context.vault.hide(one, f"{entry.where}/{name}", context.chance(12))
            for name, one in (("to", to), ("body", text))
        ]
        put = replace(entry, to_sealed=hidden[0], body_sealed=hidden[1])
        outbox.put(tx.connection, tx.home_id, put, tx.now)
    for case_no in sorted({fact.case_no for _, fact in tx.facts if step_of(fact) in TOUCHES}):
        for event in Event:
            _report(context, tx, case_no, event)


def _report(context: Context, tx: WorkingSet, case_no: CaseNo, event: Event) -> None:
    """What the city has to be told of the case now, if it does not know."""
    home = tx.home_id
    earlier = outbox.of_case(tx.connection, home, case_no, event)
    newest = (
        REPORT.validate_json(context.vault.show(earlier[0].body_sealed, f"{earlier[0].where}/body"))
        if earlier
        else None
    )
    who = _deceased(context, tx, case_no) if event is Event.CREMATION else Deceased()
    content = content_of(tx.cases[case_no], event, who)
    report = next_report(tx.cases[case_no], event, newest, content)
    if report is None:
        return
    log_no = tx.log.add(f"statutory {event} {report.revision}", case_no, "", tx.now)
    entry = Entry(log_no, 1, Channel.STATUTORY, event.value, case_no, None, b"")
    body = context.vault.hide(report.model_dump_json(), f"{entry.where}/body", context.chance(12))
    outbox.put(tx.connection, home, replace(entry, body_sealed=body), tx.now)


def _deceased(context: Context, tx: WorkingSet, case_no: CaseNo) -> Deceased:
    """Whose cremation it is: name and ID number, as the statute asks."""
    row = cases.identity(tx.connection, tx.home_id, case_no)
    if row is None or tx.cases[case_no].kind is CaseKind.UNIDENTIFIED:
        return Deceased()
    where = f"funeral_case/{case_no}"
    return Deceased(
        name=context.vault.show(row.deceased_name_sealed, f"{where}/deceased_name"),
        id_no=context.vault.show(row.id_no_sealed, f"{where}/id_no") if row.id_no_sealed is not None else None,
    )
