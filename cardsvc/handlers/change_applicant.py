"""Another person arranges the funeral from now on: sealed anew; the links of the one before open nothing any more.

What was before is kept sealed (`earlier_value`). The step itself (`Step.CHANGE_APPLICANT`) is judged before: it asks
for a new authorisation, and for the new applicant's identity.
"""

from collections.abc import Callable

from cardsvc.core.correction import NewApplicant
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.naming.names import digits
from cardsvc.store import corrections, family
from cardsvc.store.working import WorkingSet
from cardsvc.vault.vault import Vault


def handle(
    tx: WorkingSet,
    case_no: CaseNo,
    new: NewApplicant,
    log_no: int,
    staff_no: StaffNo,
    vault: Vault,
    chance: Callable[[int], bytes],
) -> None:
    """Name, phone and relation; every living family link is revoked."""
    row = corrections.sealed_row(tx, case_no)
    for what in ("applicant_name", "applicant_phone"):
        old = vault.show(getattr(row, f"{what}_sealed"), f"funeral_case/{case_no}/{what}")
        kept = vault.hide(old, corrections.where_earlier(case_no, log_no, what), chance(12))
        corrections.keep_earlier(tx, case_no, log_no, what, kept)
    corrections.rewrite(
        tx,
        case_no,
        {
            "applicant_name_sealed": vault.hide(
                new.applicant_name, f"funeral_case/{case_no}/applicant_name", chance(12)
            ),
            "applicant_phone_sealed": vault.hide(
                new.applicant_phone, f"funeral_case/{case_no}/applicant_phone", chance(12)
            ),
            "phone_blind": vault.blind("phone", digits(new.applicant_phone)),
            "relation": new.relation,
        },
    )
    for token_hash in corrections.living_links(tx.connection, tx.home_id, case_no, tx.now):
        family.revoke(tx.connection, tx.home_id, token_hash, tx.now)
        tx.log.add("family link revoked", case_no, token_hash, tx.now, staff_no)
