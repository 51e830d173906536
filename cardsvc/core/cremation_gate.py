"""The 27 preconditions of a cremation (DOMAIN.md section 3), in its order: legal, identity, service, safety."""

from collections.abc import Mapping
from datetime import timedelta

from cardsvc.core import preconditions
from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.gate import LATER, NOT_NEEDED, Evidence, Gate, Precondition
from cardsvc.core.prices import Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Approval, CaseKind, CauseClass, Condition, Implants, Issuer, Origin, Paper, Signer

KIND_PAPER: Mapping[CaseKind, Paper] = {
    CaseKind.STILLBORN: Paper.STILLBIRTH_CERTIFICATE,
    CaseKind.BODY_PART: Paper.BODY_PART_DOCUMENT,
    CaseKind.BONES: Paper.EXHUMATION_PERMIT,
}
"""Kinds of case that have a document of their own instead of a death certificate."""
KIND_ISSUER: Mapping[CaseKind, frozenset[Issuer]] = {
    CaseKind.STILLBORN: frozenset({Issuer.HOSPITAL}),
    CaseKind.BODY_PART: frozenset({Issuer.HOSPITAL, Issuer.POLICE}),
    CaseKind.BONES: frozenset({Issuer.CIVIL_AFFAIRS, Issuer.POLICE}),
}
ORIGIN_PAPER: Mapping[Origin, Paper] = {
    Origin.BURIAL_CUSTOM: Paper.BURIAL_CUSTOM_CONSENT,
    Origin.FOREIGN: Paper.CONSULATE_NOTE,
    Origin.HK_MO_TW: Paper.AFFAIRS_OFFICE_NOTE,
}
UNCLAIMED_PAPERS = (Paper.UNCLAIMED_NOTICE, Paper.DNA_SAMPLE, Paper.FINGERPRINTS)
NO_LIVING_BODY = frozenset({CaseKind.STILLBORN, CaseKind.BODY_PART, CaseKind.BONES})
"""Kinds without implants, belongings or recognition."""


def unclaimed(case: Case) -> bool:
    """Nobody arranges this funeral but the authorities."""
    return case.kind is CaseKind.UNIDENTIFIED or Condition.UNCLAIMED in case.conditions


def death_certificate_verified(gate: Gate) -> Evidence | Refusal:
    """1: the death certificate was verified; its number serves one case only (a mark in the database)."""
    if gate.case.kind in KIND_PAPER:
        return NOT_NEEDED
    seen = gate.case.paper(Paper.DEATH_CERTIFICATE)
    return seen.cause if seen else Refusal(Problem.CERTIFICATE_MISSING, gate.case.case_no)


def right_issuer(gate: Gate) -> Evidence | Refusal:
    """2: issued by who is competent: the police if not natural, unknown or doubtful."""
    case = gate.case
    seen = case.paper(KIND_PAPER.get(case.kind, Paper.DEATH_CERTIFICATE))
    doubtful = case.police or case.cause_class is not CauseClass.NATURAL
    able = KIND_ISSUER.get(case.kind) or (
        frozenset({Issuer.POLICE}) if doubtful else frozenset({Issuer.HOSPITAL, Issuer.COMMUNITY_CLINIC, Issuer.POLICE})
    )
    if seen is None or seen.issuer not in able:
        return Refusal(Problem.ISSUER_WRONG, ", ".join(sorted(able)))
    return f"{seen.issuer} {seen.cause}"


def authorised(gate: Gate) -> Evidence | Refusal:
    """3: the authorisation is signed by the applicant; by police or civil affairs for the unclaimed."""
    case = gate.case
    able = {Signer.POLICE, Signer.CIVIL_AFFAIRS} if unclaimed(case) else {Signer.APPLICANT, Signer.DELEGATE}
    signed = case.last(Step.AUTHORISE)
    if not case.authorised or case.signed_by not in able or signed is None:
        return Refusal(Problem.NOT_AUTHORISED, ", ".join(sorted(able)))
    return f"{case.signed_by} {signed.cause}"


def applicant_verified(gate: Gate) -> Evidence | Refusal:
    """4: identity and relation of the applicant were verified; a delegate has it in writing."""
    case = gate.case
    if unclaimed(case):
        return NOT_NEEDED
    identity, written = case.paper(Paper.APPLICANT_IDENTITY), case.paper(Paper.DELEGATION)
    if identity is None or (case.signed_by is Signer.DELEGATE and written is None):
        missing = Paper.APPLICANT_IDENTITY if identity is None else Paper.DELEGATION
        return Refusal(Problem.APPLICANT_UNVERIFIED, missing)
    return identity.cause


def no_hold(gate: Gate) -> Evidence | Refusal:
    """5: no active hold blocks the step."""
    return preconditions.no_hold(gate.case, gate.asked) or NOT_NEEDED


def consent_of_origin(gate: Gate) -> Evidence | Refusal:
    """6: written consent where burial is the custom; the consulate's or the affairs office's note."""
    wanted = ORIGIN_PAPER.get(gate.case.origin)
    if wanted is None:
        return NOT_NEEDED
    seen = gate.case.paper(wanted)
    return seen.cause if seen else Refusal(Problem.CONSENT_MISSING, wanted)


def outside_approved(gate: Gate) -> Evidence | Refusal:
    """7: approval for a body from outside the area."""
    if not gate.case.outside:
        return NOT_NEEDED
    seen = gate.case.paper(Paper.OUTSIDE_APPROVAL)
    return seen.cause if seen else Refusal(Problem.OUTSIDE_UNAPPROVED, Paper.OUTSIDE_APPROVAL)


def ash_plan_recorded(gate: Gate) -> Evidence | Refusal:
    """8: where the ashes go is recorded; a city may make it a warning."""
    if gate.case.ash_plan is not None:
        return gate.case.ash_plan
    if not gate.ground.policy.ash_plan_required:
        return NOT_NEEDED
    return Refusal(Problem.ASH_PLAN_MISSING, gate.case.case_no)


def notice_over(gate: Gate) -> Evidence | Refusal:
    """9: unclaimed: the notice period is over, DNA and fingerprints are taken."""
    case, ground = gate.case, gate.ground
    if not unclaimed(case):
        return NOT_NEEDED
    papers = {paper: case.paper(paper) for paper in UNCLAIMED_PAPERS}
    missing = [paper for paper, seen in papers.items() if seen is None]
    if missing:
        return Refusal(Problem.NOTICE_RUNNING, ", ".join(missing))
    notice = papers[Paper.UNCLAIMED_NOTICE]
    over = notice.at + timedelta(days=ground.policy.unclaimed_notice_days) if notice else None
    if ground.now is None or over is None:
        return LATER
    return notice.cause if notice and ground.now >= over else Refusal(Problem.NOTICE_RUNNING, over.date().isoformat())


def kind_documented(gate: Gate) -> Evidence | Refusal:
    """10: stillborn, body part and bones have a document of their own and are not counted as persons."""
    wanted = KIND_PAPER.get(gate.case.kind)
    if wanted is None:
        return NOT_NEEDED
    seen = gate.case.paper(wanted)
    return seen.cause if seen else Refusal(Problem.KIND_DOCUMENT_MISSING, wanted)


def tag_at_furnace(gate: Gate) -> Evidence | Refusal:
    """11: the body tag was scanned at the furnace, and it is this case's."""
    scanned = gate.asked.details.tag
    if scanned is None or scanned != gate.case.tag:
        return Refusal(Problem.TAG_MISMATCH, scanned or "")
    return scanned


def label_agrees(gate: Gate) -> Evidence | Refusal:
    """12: container label and tag were bound together, and the name is spelt alike on every paper."""
    differing = [seen.paper for seen in gate.case.papers if not seen.alike]
    if gate.case.coffin is None or differing:
        return Refusal(Problem.LABEL_DISAGREES, ", ".join(differing) or "coffin")
    return gate.case.coffin


def chain_unbroken(gate: Gate) -> Evidence | Refusal:
    """13: the last place is the furnace hall, nothing is open, nothing is contested or missing."""
    case = gate.case
    if case.gaps or case.doing is not None or case.place.kind is not PlaceKind.FURNACE_HALL:
        return Refusal(Problem.PLACES_BROKEN, case.gaps[0] if case.gaps else f"{case.place.kind}")
    queued = case.last(Step.QUEUE)
    return queued.cause if queued else Refusal(Problem.PLACES_BROKEN, f"{case.place.kind}")


def no_alert(gate: Gate) -> Evidence | Refusal:
    """14: no unresolved alert of a same or similar name."""
    others = ", ".join(one.other for one in gate.case.alerts)
    return Refusal(Problem.ALERT_OPEN, others) if others else NOT_NEEDED


def independent_checker(gate: Gate) -> Evidence | Refusal:
    """15: a second person confirms, who is a checker, not the operator, and no relative; nor is the operator one."""
    asked, checkers = gate.asked, gate.ground.checkers
    second, relatives = asked.second_staff_no, gate.case.relatives
    if second is None or second == asked.staff_no or second in relatives or asked.staff_no in relatives:
        return Refusal(Problem.CHECKER_NOT_INDEPENDENT, second or "")
    if checkers is not None and second not in checkers:
        return Refusal(Problem.CHECKER_NOT_INDEPENDENT, second)
    return second


def recognition_recorded(gate: Gate) -> Evidence | Refusal:
    """16: after a farewell the family's recognition is recorded, or why there was none."""
    case = gate.case
    if not case.has_taken(Step.FAREWELL_OVER):
        return NOT_NEEDED
    if case.recognised:
        taken = case.last(Step.RECOGNISE)
        return taken.cause if taken else NOT_NEEDED
    return case.unrecognised or Refusal(Problem.RECOGNITION_OPEN, case.case_no)


def steps_finished(gate: Gate) -> Evidence | Refusal:
    """17: every step that was booked is finished or formally cancelled."""
    case, ordered = gate.case, gate.ground.ordered
    if case.suspended or case.doing is not None:
        return Refusal(Problem.STEPS_OPEN, case.doing or Step.SUSPEND)
    if case.appointment is not None and not case.has_taken(Step.FAREWELL_OVER):
        return Refusal(Problem.STEPS_OPEN, Step.FAREWELL)
    if ordered is None:
        return LATER
    if Trigger.DRESSING in ordered and not case.has_taken(Step.PREPARED):
        return Refusal(Problem.STEPS_OPEN, Step.PREPARE)
    return NOT_NEEDED


def queue_kept(gate: Gate) -> Evidence | Refusal:
    """18: the order of the queue is kept, or two people approved another with a reason."""
    ahead = gate.ground.ahead
    if ahead is None:
        return LATER
    decided = gate.case.approved(Approval.REORDER)
    if ahead and decided is None:
        return Refusal(Problem.QUEUE_ORDER, ", ".join(ahead[:5]))
    return decided.cause if decided and ahead else str(gate.case.queue_no or NOT_NEEDED)


def paid(gate: Gate) -> Evidence | Refusal:
    """19: paid, waived, public payer or approved credit; money never delays infectious remains."""
    return Condition.INFECTIOUS if gate.case.infectious else owes_nothing(gate)


def owes_nothing(gate: Gate) -> Evidence | Refusal:
    """The family owes nothing now, or two people approved credit."""
    decided, owed_fen = gate.case.approved(Approval.CREDIT), gate.ground.owed_fen
    if decided is not None:
        return decided.cause
    if owed_fen is None:
        return LATER
    return NOT_NEEDED if owed_fen <= 0 else Refusal(Problem.UNPAID, str(owed_fen))


def belongings_closed(gate: Gate) -> Evidence | Refusal:
    """20: the belongings list is closed."""
    case = gate.case
    if case.kind in NO_LIVING_BODY:
        return NOT_NEEDED
    listed = case.last(Step.LIST_BELONGINGS)
    if case.belongings is None or not case.belongings.handed or listed is None:
        return Refusal(Problem.BELONGINGS_OPEN, case.case_no)
    return listed.cause


def fit_for_furnace(gate: Gate) -> Evidence | Refusal:
    """21: no hazardous implants; container and size inside the furnace's limits, or two people approved it."""
    case, furnace = gate.case, gate.ground.furnace
    if case.kind not in NO_LIVING_BODY and case.implants not in (Implants.NONE, Implants.REMOVED):
        return Refusal(Problem.UNFIT_FOR_FURNACE, "implants")
    if case.length_cm is None or case.width_cm is None:
        return Refusal(Problem.UNFIT_FOR_FURNACE, "length_cm, width_cm")
    if furnace is None:
        return LATER
    fits = case.length_cm <= furnace.max_length_cm and case.width_cm <= furnace.max_width_cm
    fits = fits and (case.weight_kg or 0) <= furnace.max_weight_kg
    decided = case.approved(Approval.OVERSIZE)
    if not fits and decided is None:
        return Refusal(Problem.UNFIT_FOR_FURNACE, furnace.code)
    return f"{case.length_cm} x {case.width_cm} cm" if fits or decided is None else decided.cause


def route_used(gate: Gate) -> Evidence | Refusal:
    """22: infectious remains were neither dressed nor viewed since it was known."""
    case = gate.case
    if not case.infectious:
        return NOT_NEEDED
    known = [taken.at for taken in case.taken if taken.step is Step.DECLARE] if case.conditions else []
    since = min(known) if known and Condition.INFECTIOUS in case.conditions else case.opened_at
    wrong = [one for one in case.taken if one.step in (Step.PREPARE, Step.FAREWELL) and one.at >= since]
    return Refusal(Problem.ROUTE_WRONG, wrong[0].step) if wrong else Condition.INFECTIOUS


def furnace_empty(gate: Gate) -> Evidence | Refusal:
    """23: the previous case in that furnace is closed: chamber and tray empty, its disc removed."""
    furnace = gate.ground.furnace
    if furnace is None:
        return LATER
    if furnace.open_case is not None and furnace.open_case != gate.case.case_no:
        return Refusal(Problem.FURNACE_NOT_CLOSED, f"{furnace.code}: {furnace.open_case}")
    return furnace.code


def furnace_serviceable(gate: Gate) -> Evidence | Refusal:
    """24: furnace and video are serviceable."""
    furnace = gate.ground.furnace
    if furnace is None:
        return LATER
    if not furnace.serviceable or (gate.ground.policy.video_required and not furnace.video):
        return Refusal(Problem.FURNACE_UNSERVICEABLE, furnace.code)
    return furnace.code


def disc_is_new(gate: Gate) -> Evidence | Refusal:
    """25: a new disc is bound, never used before."""
    disc = gate.asked.details.disc
    if disc is None or gate.ground.disc_owner not in (None, gate.case.case_no):
        return Refusal(Problem.DISC_USED, disc or "")
    return disc


def operator_on_shift(gate: Gate) -> Evidence | Refusal:
    """26: the operator is qualified and on shift."""
    ground, operator = gate.ground, gate.asked.staff_no
    if operator is None:
        return Refusal(Problem.OPERATOR_UNQUALIFIED, "")
    if ground.operators is None or ground.on_shift is None:
        return LATER
    able = operator in ground.operators and operator in ground.on_shift
    return operator if able else Refusal(Problem.OPERATOR_UNQUALIFIED, operator)


def one_body_only(gate: Gate) -> Evidence | Refusal:
    """27: one body in the furnace, unless two people approved an exception with that very case."""
    furnace = gate.ground.furnace
    if furnace is None:
        return LATER
    if furnace.occupied_by in (None, gate.case.case_no):
        return furnace.code
    decided = gate.case.approved(Approval.TOGETHER)
    if decided is not None and decided.other == furnace.occupied_by:
        return decided.cause
    return Refusal(Problem.FURNACE_TAKEN, f"{furnace.code}: {furnace.occupied_by}")


P = Precondition
CREMATION: tuple[Precondition, ...] = (
    P(1, death_certificate_verified, Problem.CERTIFICATE_MISSING),
    P(2, right_issuer, Problem.ISSUER_WRONG),
    P(3, authorised, Problem.NOT_AUTHORISED),
    P(4, applicant_verified, Problem.APPLICANT_UNVERIFIED),
    P(5, no_hold, Problem.CASE_ON_HOLD),
    P(6, consent_of_origin, Problem.CONSENT_MISSING),
    P(7, outside_approved, Problem.OUTSIDE_UNAPPROVED),
    P(8, ash_plan_recorded, Problem.ASH_PLAN_MISSING),
    P(9, notice_over, Problem.NOTICE_RUNNING),
    P(10, kind_documented, Problem.KIND_DOCUMENT_MISSING),
    P(11, tag_at_furnace, Problem.TAG_MISMATCH),
    P(12, label_agrees, Problem.LABEL_DISAGREES),
    P(13, chain_unbroken, Problem.PLACES_BROKEN),
    P(14, no_alert, Problem.ALERT_OPEN),
    P(15, independent_checker, Problem.CHECKER_NOT_INDEPENDENT),
    P(16, recognition_recorded, Problem.RECOGNITION_OPEN),
    P(17, steps_finished, Problem.STEPS_OPEN),
    P(18, queue_kept, Problem.QUEUE_ORDER),
    P(19, paid, Problem.UNPAID),
    P(20, belongings_closed, Problem.BELONGINGS_OPEN),
    P(21, fit_for_furnace, Problem.UNFIT_FOR_FURNACE),
    P(22, route_used, Problem.ROUTE_WRONG),
    P(23, furnace_empty, Problem.FURNACE_NOT_CLOSED),
    P(24, furnace_serviceable, Problem.FURNACE_UNSERVICEABLE),
    P(25, disc_is_new, Problem.DISC_USED),
    P(26, operator_on_shift, Problem.OPERATOR_UNQUALIFIED),
    P(27, one_body_only, Problem.FURNACE_TAKEN),
)
