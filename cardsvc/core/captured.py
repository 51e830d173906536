"""What a step leaves on the case beside its stage and place: papers, decisions, marks, plans."""

from cardsvc.core import waivers
from cardsvc.core.case import Approved, Belongings, Case, Hold, PaperSeen, Switched
from cardsvc.core.facts import Details, Fact, Stage, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.terms import Belonging, Condition, Notice, Paper

ABOUT_TERM = (Notice.ASHES_END, Notice.COLLECT_ASHES)
"""What is told once about each term of ash storage."""
ABOUT_COLD_TERM = (Notice.STORAGE_ENDS, Notice.STORAGE_OVERDUE)
"""What is told once about each term of cold storage."""
OF_APPLICANT = (Paper.APPLICANT_IDENTITY, Paper.DELEGATION)


def captured(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object]:
    """The fields of the case that the step changes. Unknown to no step: a step that captures nothing gives {}."""
    for part in (_arranged, _bodily, _cremated, _ashes, _stopped):
        update = part(case, fact, step, details)
        if update is not None:
            return update
    return {}


def _arranged(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object] | None:
    """What was agreed with the family, and the papers that it showed."""
    match step:
        case Step.QUOTE:
            return {"items": details.items, "quote_signed": False, "price_version": None}
        case Step.SIGN_QUOTE:
            return {"quote_signed": True, "price_version": details.number}
        case Step.CANCEL_ITEM:
            return {"items": tuple(one for one in case.items if one.item != details.item)}
        case Step.RESERVE:
            return {"hall": details.hall, "appointment": details.starts}
        case Step.RESERVE_FURNACE:
            return {"furnace": details.furnace, "furnace_at": details.starts}
        case Step.RELEASE_SLOT:
            return {"hall": None, "appointment": None, "furnace_at": None}
        case Step.AUTHORISE:
            return {"authorised": True, "signed_by": details.signed_by}
        case Step.PLAN_ASHES:
            return {"ash_plan": details.destination} | _chosen(case, details)
        case Step.VERIFY | Step.VERIFY_DEATH if details.paper is not None:
            seen = PaperSeen(
                paper=details.paper,
                number=details.number or "",
                issuer=details.issuer,
                alike=bool(details.alike),
                at=fact.at,
                cause=fact.cause,
            )
            told = {"died_on": details.died_on} if details.died_on is not None else {}
            return {"papers": (*(one for one in case.papers if one.paper is not seen.paper), seen), **told}
        case Step.VOID_DEATH_PAPER:
            # The day came with the paper.
            return {"papers": tuple(one for one in case.papers if one.paper is not details.paper), "died_on": None}
        case Step.CORRECT_DEATH_DAY:
            return {"died_on": details.died_on}
        case Step.APPROVE if details.approval is not None and details.reason is not None:
            other = CaseNo(details.other) if details.other else None
            decided = Approved(approval=details.approval, reason=details.reason, other=other, cause=fact.cause)
            return {"approvals": (*case.approvals, decided)}
        case Step.SWITCH_PAYER if details.item is not None and details.payer is not None:
            kept = tuple(one for one in case.switched if one.item != details.item)
            return {"switched": (*kept, Switched(item=details.item, payer=details.payer))}
        case Step.PROVE_WAIVER:
            return waivers.proven(case, details)
        case Step.WITHDRAW_WAIVER:
            return waivers.withdrawn(case, details)
        case Step.SETTLE:
            return {"settled": True}
        case _:
            return None


def _chosen(case: Case, details: Details) -> dict[str, object]:
    """A place that was chosen; another plan without one leaves none."""
    return {"resting": details.resting} if details.resting != case.resting else {}


def _bodily(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object] | None:
    """What was seen of the body, and what was put on it or around it."""
    match step:
        case Step.COLLECT:
            return {"tag": details.tag}
        case Step.REPLACE_TAG:
            return {"tag": details.replacement}
        case Step.ENCOFFIN:
            sizes = {"length_cm": details.length_cm, "width_cm": details.width_cm}
            return {"coffin": details.coffin, "tag": case.tag or details.tag, **sizes}
        case Step.DECLARE if details.condition is not None:
            found = (*(one for one in case.conditions if one is not details.condition), details.condition)
            return {"conditions": found, "infectious": case.infectious or details.condition is Condition.INFECTIOUS}
        case Step.DECLARE_IMPLANTS:
            return {"implants": details.implants}
        case Step.DECLARE_RELATIVE if details.about is not None:
            return {"relatives": tuple(sorted({*case.relatives, StaffNo(details.about)}))}
        case Step.LIST_BELONGINGS:
            nothing = all(one.item == Belonging.NOTHING for one in details.things)
            return {"belongings": Belongings(things=details.things, handed=nothing)}
        case Step.HAND_BELONGINGS if case.belongings is not None:
            return {"belongings": case.belongings.model_copy(update={"handed": True})}
        case Step.RECOGNISE:
            return {"recognised": True, "unrecognised": None}
        case Step.SKIP_RECOGNITION:
            return {"unrecognised": details.reason}
        case Step.STORE:
            return {"storage_until": details.due or case.storage_until}
        case Step.EXTEND_STORAGE:
            notices = tuple(one for one in case.notices if one not in ABOUT_COLD_TERM)
            return {"storage_until": details.due or case.storage_until, "notices": notices}
        case Step.CONFIRM_TRANSFER:
            return {"transfer_receipt": details.receipt}
        case Step.CLEAR_ALERT:
            return {"alerts": tuple(one for one in case.alerts if one.other != details.other)}
        case Step.MERGE if details.other is not None:
            return {"merged_into": CaseNo(details.other)}
        case Step.CORRECT_IDENTITY:
            # Every paper is compared anew with the name that is right now.
            return {"papers": tuple(one.model_copy(update={"alike": False}) for one in case.papers)}
        case Step.CHANGE_APPLICANT:
            # The papers of the one before say nothing of who signs from now on.
            kept = tuple(one for one in case.papers if one.paper not in OF_APPLICANT)
            return {"authorised": False, "signed_by": None, "papers": kept}
        case _:
            return None


def _cremated(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object] | None:
    match step:
        case Step.QUEUE:
            return {"queue_no": details.queue_no}
        case Step.LOAD:
            return {"disc": details.disc, "furnace": details.furnace}
        case Step.CLOSE_FURNACE:
            return {"furnace_closed": True}
        case Step.CERTIFY:
            return {"certificate": details.certificate, "certificate_by": fact.staff_no}
        case Step.VOID_CERTIFICATE:
            return {"certificate": None, "certificate_by": None}
        case _:
            return None


def _ashes(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object] | None:
    match step:
        case Step.SEAL:
            return {"label": details.label, "cooled": bool(details.cooled), "storage_until": None}
        case Step.SHELVE:
            return {"storage_until": details.due or case.storage_until}
        case Step.RENEW_STORAGE:
            notices = tuple(one for one in case.notices if one not in ABOUT_TERM)
            return {"storage_until": details.due or case.storage_until, "notices": notices}
        case Step.RETURN_ASHES:
            # Whoever was told before is told anew before they leave again; a term ended when the last box had left.
            until = case.storage_until if case.stage is Stage.SEALED else None
            return {"notices": (), "storage_until": until}
        case Step.RELEASE:
            notices = tuple(one for one in case.notices if one is not Notice.CONFIRM_REST)
            return {"destination": details.destination or case.ash_plan, "notices": notices}
        case Step.PLAN_REST:
            return {"ash_plan": details.destination, "rest_at": details.starts} | _chosen(case, details)
        case Step.POSTPONE_REST:
            return {"rest_at": details.starts}
        case Step.NOTIFY if details.notice is not None:
            return {"notices": (*(one for one in case.notices if one is not details.notice), details.notice)}
        case _:
            return None


def _stopped(case: Case, fact: Fact, step: Step, details: Details) -> dict[str, object] | None:
    match step:
        case Step.HOLD if details.reason is not None:
            held = Hold(reason=details.reason, blocks=details.blocks, spares=details.permit)
            return {"holds": (*case.holds, held)}
        case Step.LIFT_HOLD:
            return {"holds": tuple(hold for hold in case.holds if hold.reason is not details.reason)}
        case Step.RESOLVE:
            return {"gaps": ()}
        case Step.SUSPEND:
            return {"suspended": True}
        case Step.RESUME | Step.RETURN_STEP:
            return {"suspended": False}
        case _:
            return None
