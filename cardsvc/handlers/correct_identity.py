"""Give the deceased the right name and ID number: sealed anew, found and compared by other words.

What was before is kept sealed (`earlier_value`). The step itself (`Step.CORRECT_IDENTITY`) is judged before; it lets
every paper be compared anew. What the family approved for its hall's screen was the other name: it is masked again.
"""

from collections.abc import Callable

from cardsvc.core import radar
from cardsvc.core.correction import RightIdentity
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.people import masked_name
from cardsvc.core.problems import Problem, Refusal
from cardsvc.naming.identity import valid_id_no
from cardsvc.naming.signs import signs_of, words_of
from cardsvc.store import corrections, screens
from cardsvc.store.radar import alert, echoes
from cardsvc.store.working import WorkingSet
from cardsvc.vault.vault import Vault


def handle(
    tx: WorkingSet,
    case_no: CaseNo,
    right: RightIdentity,
    log_no: int,
    staff_no: StaffNo,
    vault: Vault,
    chance: Callable[[int], bytes],
) -> Refusal | None:
    """Refuses an ID number that cannot be one, and one on which another case is open: that is a merge."""
    if right.id_no is not None and not valid_id_no(right.id_no):
        return Refusal(Problem.FIELD_INVALID, "id_no")
    signs = signs_of(vault.blind, right.deceased_name, right.id_no, "", tx.now)
    heard = echoes(tx, signs, but=case_no)
    if (twice := radar.duplicate(signs, heard)) is not None:
        return twice
    row = corrections.sealed_row(tx, case_no)
    new: dict[str, object] = {"shown_name": masked_name(right.deceased_name), "id_no_blind": signs.identity}
    for what, value in (("deceased_name", right.deceased_name), ("id_no", right.id_no)):
        where, old = f"funeral_case/{case_no}/{what}", getattr(row, f"{what}_sealed")
        if old is not None:
            kept = vault.hide(vault.show(old, where), corrections.where_earlier(case_no, log_no, what), chance(12))
            corrections.keep_earlier(tx, case_no, log_no, what, kept)
        new[f"{what}_sealed"] = vault.hide(value, where, chance(12)) if value else None
    corrections.rewrite(tx, case_no, new)
    corrections.reword(tx, case_no, words_of(vault.blind, right.deceased_name, signs))
    screens.mask_name(tx.connection, tx.home_id, case_no)
    alert(tx, case_no, radar.hits(signs, heard), staff_no)
    return None
