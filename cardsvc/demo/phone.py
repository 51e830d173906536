"""The family's phone in the demo: what the home has sent it."""

import re
import time

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Notice
from cardsvc.demo.way import CODE
from cardsvc.store import outbox

LOOKS, LOOK_EVERY_S = 200, 0.05


def messages(context: Context, case_no: CaseNo, notice: Notice | None = None) -> list[str]:
    """The texts that were sent about a case, the newest first."""
    with context.engine.connect() as connection:
        entries = outbox.of_case(connection, context.home_id, case_no, notice)
    return [context.vault.show(entry.body_sealed, f"{entry.where}/body") for entry in entries]


def collection_code(context: Context, case_no: CaseNo) -> str:
    """The six digits with which the ashes are collected. Raises LookupError when none were sent."""
    texts = messages(context, case_no, Notice.COLLECTION_CODE)
    found = re.search(r"\d{6}", texts[0]) if texts else None
    if found is None:
        raise LookupError(f"no collection code was sent for {case_no}")
    return found.group()


def with_code(context: Context, case_no: CaseNo, entered: dict[str, str]) -> dict[str, str]:
    """What is entered, with the code from the family's phone where the way stands for it."""
    if entered.get("code") != CODE:
        return entered
    for _ in range(LOOKS):  # the record that makes the home send it may still be on its way
        if messages(context, case_no, Notice.COLLECTION_CODE):
            break
        time.sleep(LOOK_EVERY_S)
    return entered | {"code": collection_code(context, case_no)}
