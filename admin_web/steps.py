"""Steps that the office takes on a case: a form each, made from the rule that the step has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cardsvc.api import entering
from cardsvc.core.case import Case
from cardsvc.core.deaths import NOBODYS_DEATH
from cardsvc.core.facts import Details, Step
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.permissions import Role, may_take
from cardsvc.core.problems import Problem
from cardsvc.core.reversal import PaidIn
from cardsvc.core.rules import RULES
from cardsvc.core.snapshot import Resource
from cardsvc.core.station import ENTRIES, PICKS, PLACES, Entry, offered
from cardsvc.core.terms import OF_DEATH
from cardsvc.core.typed import typed
from cardsvc.core.words import Language, say
from cardsvc.core.workflow import BESIDE, barred, in_order

BLOCKS: Mapping[str, tuple[Step, ...]] = {
    "fire": (Step.QUEUE, Step.ARM, Step.LOAD),
    "ashes": (Step.RELEASE,),
    "all": tuple(RULES),
}
ELSEWHERE = frozenset({Step.DISPATCH})
"""Steps that have a page of their own."""
KINDS = {Entry.NUMBER: "number", Entry.TIME: "datetime-local", Entry.DATE: "date"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a step's form; `choices` are (value, word), empty for what is typed."""

    name: str
    word: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A step of the office that is in order now, and its form; `usual` ones move the case on or stop it.

    `against`: what speaks against it, so that it takes two people and a reason.
    """

    step: Step
    fields: tuple[Field, ...]
    second: bool
    usual: bool
    against: tuple[str, ...] = ()


def offers(
    case: Case,
    roles: Iterable[Role],
    resources: Iterable[Resource],
    payments: Iterable[PaidIn],
    language: Language,
    left: Mapping[Problem, int],
) -> list[Offer]:
    """The steps that somebody in these roles may take in the office now, the usual ones first.

    `left`: the money of the case that is not at rest, in fen (`core.closing`).
    """
    roles, resources, payments = tuple(roles), tuple(resources), tuple(payments)
    idle = {
        Step.LIFT_HOLD: not case.holds,
        Step.RESOLVE: not case.gaps,
        Step.CLEAR_ALERT: not case.alerts,
        Step.VOID_CERTIFICATE: case.certificate is None,
        Step.VOID_DEATH_PAPER: case.paper(*OF_DEATH) is None,
        Step.CORRECT_DEATH_DAY: case.kind in NOBODYS_DEATH or case.merged_into is not None,
        Step.CERTIFY: case.certificate is not None or not case.furnace_closed,
        Step.HAND_BELONGINGS: case.belongings is None or case.belongings.handed,
        Step.REVERSE_PAYMENT: not payments,
        Step.CONFIRM_TRANSFER: case.transfer_receipt is not None,
    }
    steps = [
        step
        for step in entering.OFFICE_STEPS
        if step not in ELSEWHERE
        and not idle.get(step, False)
        and may_take(roles, step)
        and in_order(case, step) is None
        and barred(case, step) is None
    ]
    made = [
        Offer(step, tuple(_fields(step, resources, payments, language)), RULES[step].second, _usual(step))
        for step in steps
    ]
    return sorted((_closing(one, left, language) for one in made), key=lambda one: not one.usual)


def _closing(offer: Offer, left: Mapping[Problem, int], language: Language) -> Offer:
    """The form that closes a case: money that is open asks for a reason and a second person, otherwise for nothing."""
    if offer.step is not Step.CLOSE:
        return offer
    if not left:
        return replace(offer, fields=())
    fields = tuple(replace(one, required=True) for one in offer.fields)
    against = tuple(f"{say(language, f'problem.{problem}.say')}: ¥{in_yuan(fen)}" for problem, fen in left.items())
    return replace(offer, fields=fields, second=True, against=against)


def _usual(step: Step) -> bool:
    return step not in BESIDE or step in (Step.HOLD, Step.LIFT_HOLD, Step.RESOLVE, Step.CLEAR_ALERT, Step.APPROVE)


def _fields(
    step: Step, resources: tuple[Resource, ...], payments: tuple[PaidIn, ...], language: Language
) -> Iterable[Field]:
    rule = RULES[step]
    for name in (*rule.needs, *rule.may):
        entry = ENTRIES[name]
        choices: list[tuple[str, str]] = []
        if name == "blocks":
            choices = [(one, say(language, f"office.block_{one}")) for one in BLOCKS]
        elif entry is Entry.GIVEN:
            continue
        elif entry is Entry.PICK:
            choices = [(one.value, say(language, f"{PICKS[name][1]}.{one}")) for one in offered(step, name)]
        elif entry is Entry.PAYMENT:
            choices = [(one.cause, _payment(one, language)) for one in payments]
        elif entry is Entry.YES_NO:
            choices = [(one, say(language, f"kiosk.{one}")) for one in ("yes", "no")]
        elif entry is Entry.CHOOSE:
            choices = [
                (one.code, one.title_zh if language == "zh_CN" else one.title_en)
                for one in resources
                if one.kind is PLACES[name]
            ]
        word = say(language, f"field.{name}")
        yield Field(name, word, KINDS.get(entry, "text"), tuple(choices), name in rule.needs)


def _payment(one: PaidIn, language: Language) -> str:
    words = [say(language, key) for key in (f"step.{one.step}", f"means.{one.means}", f"payer.{one.payer}")]
    return " · ".join((f"{local(one.at):%H:%M} ¥{in_yuan(one.amount_fen)}", *words))


def details_of(step: Step, form: Mapping[str, str]) -> Details:
    """What was typed into a step's form. Raises ValueError (a ValidationError is one) for what cannot be."""
    rule = RULES[step]
    entered = {name: form[name] for name in (*rule.needs, *rule.may) if name in form and name != "blocks"}
    raw = typed(entered)
    if "blocks" in rule.needs:
        raw["blocks"] = BLOCKS.get(form.get("blocks", ""), ())
    return Details.model_validate(raw, strict=False)
