"""Messages that a transaction causes: sealed into the outbox in the same transaction."""

from datetime import timedelta

from cardsvc.context import Context
from cardsvc.core.terms import Notice
from cardsvc.core.words import Language, say
from cardsvc.store import cases, collection, outbox
from cardsvc.store.outbox import Entry
from cardsvc.store.working import WorkingSet

LANGUAGE: Language = "zh_CN"


def post(context: Context, tx: WorkingSet) -> None:
    """Write the messages of a working set. A collection code is made here, and only its hash is kept beside it."""
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
        entry = Entry(log_no, number, "message", message.notice.value, message.case_no, b"", b"")
        hidden = [
            context.vault.hide(one, f"{entry.where}/{name}", context.chance(12))
            for name, one in (("to", to), ("body", text))
        ]
        put = Entry(log_no, number, "message", message.notice.value, message.case_no, hidden[0], hidden[1])
        outbox.put(tx.connection, tx.home_id, put, tx.now)
