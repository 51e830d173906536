"""The 12 preconditions before ashes leave (DOMAIN.md section 4), in its order."""

from cardsvc.core.cremation_gate import no_hold, owes_nothing, unclaimed
from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.gate import LATER, NOT_NEEDED, Evidence, Gate, Precondition
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Approval, CaseKind, Destination, Notice, Paper

LIGHT = frozenset({CaseKind.STILLBORN, CaseKind.BODY_PART, CaseKind.BONES})
"""Kinds whose ashes may weigh less than a person's."""


def cremation_closed(gate: Gate) -> Evidence | Refusal:
    """1: the cremation is closed by operator and checker, with observed times."""
    case = gate.case
    load, unload, closed = (case.last(step) for step in (Step.LOAD, Step.UNLOAD, Step.CLOSE_FURNACE))
    if load is None or unload is None or closed is None or not case.furnace_closed:
        return Refusal(Problem.FURNACE_RECORD_OPEN, case.case_no)
    observed = load.observed and unload.observed and closed.observed
    two = load.second not in (None, load.by) and closed.second not in (None, closed.by)
    return closed.cause if observed and two else Refusal(Problem.FURNACE_RECORD_OPEN, closed.cause)


def marks_agree(gate: Gate) -> Evidence | Refusal:
    """2: disc, record, label and certificate are of one case."""
    case, drawn_for = gate.case, gate.ground.certificate_disc
    label = gate.asked.details.label
    if label is None or case.portion(label) is None or case.disc is None:
        return Refusal(Problem.DISC_MISMATCH, label or "")
    if case.certificate is not None and drawn_for is not None and drawn_for != case.disc:
        return Refusal(Problem.DISC_MISMATCH, case.certificate)
    return f"{case.disc} {label}"


def ashes_ready(gate: Gate) -> Evidence | Refusal:
    """3: the weight is plausible, the ashes are cooled and sealed."""
    case, policy = gate.case, gate.ground.policy
    weight = sum(one.weight_g for one in case.portions)
    low = 1 if case.kind in LIGHT else policy.ash_weight_min_g
    if not case.cooled or not low <= weight <= policy.ash_weight_max_g:
        return Refusal(Problem.ASHES_NOT_READY, f"{weight} g")
    sealed = case.last(Step.SEAL)
    return sealed.cause if sealed else Refusal(Problem.ASHES_NOT_READY, case.case_no)


def certificate_issued(gate: Gate) -> Evidence | Refusal:
    """4: another role has drawn the certificate: not who burnt, nor who hands over."""
    case, load = gate.case, gate.case.last(Step.LOAD)
    if case.kind in (CaseKind.BODY_PART, CaseKind.BONES):
        return NOT_NEEDED
    others = {gate.asked.staff_no} | ({load.by, load.second} if load else set())
    if case.certificate is None or case.certificate_by in others:
        return Refusal(Problem.CERTIFICATE_NOT_ISSUED, case.certificate or "")
    return case.certificate


def collector_verified(gate: Gate) -> Evidence | Refusal:
    """5: the collector is the applicant or the delegate, by ID and one-time code; or two people approved another."""
    case = gate.case
    seen, decided = case.paper(Paper.COLLECTOR_IDENTITY), case.approved(Approval.COLLECTOR)
    if seen is None:
        return Refusal(Problem.COLLECTOR_UNVERIFIED, Paper.COLLECTOR_IDENTITY)
    if decided is not None:
        return decided.cause
    if gate.ground.code_valid is None:
        return LATER
    return seen.cause if gate.ground.code_valid else Refusal(Problem.COLLECTOR_UNVERIFIED, "code")


def card_presented(gate: Gate) -> Evidence | Refusal:
    """6: the family card is surrendered, or proves itself once more."""
    if not gate.ground.card_known:
        return LATER
    card_no = gate.ground.card_no
    if card_no is None or card_no != gate.case.card_no:
        return Refusal(Problem.CARD_NOT_PRESENTED, gate.case.card_no or "")
    return card_no


def destination_recorded(gate: Gate) -> Evidence | Refusal:
    """7: the destination is recorded."""
    where = gate.asked.details.destination
    return where or Refusal(Problem.DESTINATION_MISSING, gate.case.case_no)


def scanned_by_two(gate: Gate) -> Evidence | Refusal:
    """9: two staff scan at shelf, counter and hand-over, no relative hands over, and the box stands on the counter."""
    case, asked = gate.case, gate.asked
    scans = [one for step in (Step.SEAL, Step.SHELVE, Step.UNSHELVE) if (one := case.last(step)) is not None]
    alone = [one for one in scans if one.second in (None, one.by)]
    relative = next((one for one in (asked.staff_no, asked.second_staff_no) if one in case.relatives), None)
    portion = case.portion(asked.details.label)
    on_counter = portion is not None and portion.place.kind is PlaceKind.DESK
    if relative is not None:
        return Refusal(Problem.SCAN_MISSING, relative)
    if alone or not on_counter or asked.second_staff_no in (None, asked.staff_no):
        return Refusal(Problem.SCAN_MISSING, alone[0].step if alone else asked.details.label or "")
    return asked.details.label or ""


def charges_settled(gate: Gate) -> Evidence | Refusal:
    """10: charges are settled or waived; to hand over with a debt is the management's decision, and logged."""
    return owes_nothing(gate)


def scattering_approved(gate: Gate) -> Evidence | Refusal:
    """11: scattering, and the unclaimed: a second approval, and the notice."""
    case = gate.case
    if gate.asked.details.destination is not Destination.SEA and not unclaimed(case):
        return NOT_NEEDED
    decided, notice = case.approved(Approval.SCATTER), case.paper(Paper.SCATTERING_NOTICE)
    if decided is None or notice is None:
        missing = Approval.SCATTER if decided is None else Paper.SCATTERING_NOTICE
        return Refusal(Problem.SCATTERING_UNAPPROVED, missing)
    return decided.cause


def second_contact_told(gate: Gate) -> Evidence | Refusal:
    """12: a second contact has been told; the follow-up goes on until the destination is confirmed."""
    case = gate.case
    if Notice.SECOND_CONTACT not in case.notices:
        return NOT_NEEDED if unclaimed(case) else Refusal(Problem.CONTACT_UNTOLD, Notice.SECOND_CONTACT)
    told = case.last(Step.NOTIFY)
    return told.cause if told else NOT_NEEDED


P = Precondition
RELEASE: tuple[Precondition, ...] = (
    P(1, cremation_closed, Problem.FURNACE_RECORD_OPEN),
    P(2, marks_agree, Problem.DISC_MISMATCH),
    P(3, ashes_ready, Problem.ASHES_NOT_READY),
    P(4, certificate_issued, Problem.CERTIFICATE_NOT_ISSUED),
    P(5, collector_verified, Problem.COLLECTOR_UNVERIFIED),
    P(6, card_presented, Problem.CARD_NOT_PRESENTED),
    P(7, destination_recorded, Problem.DESTINATION_MISSING),
    P(8, no_hold, Problem.CASE_ON_HOLD),
    P(9, scanned_by_two, Problem.SCAN_MISSING),
    P(10, charges_settled, Problem.UNPAID),
    P(11, scattering_approved, Problem.SCATTERING_UNAPPROVED),
    P(12, second_contact_told, Problem.CONTACT_UNTOLD),
)
