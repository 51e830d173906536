"""Carry a duplicate case over into the case that goes on: its money, its number, its papers; its links end.

The step itself (`Step.MERGE`) is judged before. The lines of the duplicate's quote are taken back, for nothing was
done of it: what was paid for them goes along.
"""

from cardsvc.core import ledger, merging
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.store import corrections, family
from cardsvc.store.open_lines import open_lines
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, source: CaseNo, target: CaseNo, log_no: int, staff_no: StaffNo) -> None:
    """The source's accounts are zero afterwards; `log_no` is the merge's link, whose cause both sides name."""
    cause = f"office:{log_no}"
    for old in open_lines(tx, source):
        tx.lines.append((source, log_no, cause, old.line, (old.log_no, old.line_no)))
        tx.transfers.extend((source, log_no, cause, one) for one in ledger.reversed_(ledger.charge(source, old.line)))
    over = ledger.surplus(source, tx.balances(source))
    tx.transfers.extend((source, log_no, cause, one) for one in over)
    out, in_ = merging.carried_over(source, target, tx.balances(source))
    tx.transfers.extend((source, log_no, cause, one) for one in out)
    tx.transfers.extend((target, log_no, cause, one) for one in in_)
    corrections.redirect(tx, source, target)
    for token_hash in corrections.living_links(tx.connection, tx.home_id, source, tx.now):
        family.revoke(tx.connection, tx.home_id, token_hash, tx.now)
        tx.log.add("family link revoked", source, token_hash, tx.now, staff_no)
    tx.changed.add(target)
