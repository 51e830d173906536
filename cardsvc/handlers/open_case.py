"""Open a case from a booking, by a station's sealed record or in the office: one way for both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pypinyin import Style, lazy_pinyin
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Booked, Fact, StationKind
from cardsvc.core.fold import opened
from cardsvc.core.ids import CaseNo, StaffNo, StationId, case_no
from cardsvc.core.people import masked_name
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import CaseKind, CauseClass, Origin
from cardsvc.store import cases
from cardsvc.store.working import WorkingSet
from cardsvc.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it came: the form, and where it came from."""

    form: BookingForm
    at: datetime
    cause: str
    staff_no: StaffNo
    station_kind: StationKind
    observed: bool
    station_id: StationId | None = None
    provisional_no: CaseNo | None = None


def handle(
    tx: WorkingSet, booking: Booking, log_no: int, vault: Vault, chance: Callable[[int], bytes]
) -> CaseNo | Refusal:
    """Open a case; refuses a wrong ID number, and a second open case on the same one (DOMAIN.md section 2)."""
    form = booking.form
    if form.id_no is not None and not valid_id_no(form.id_no):
        return Refusal(Problem.FIELD_INVALID, "id_no")
    try:
        kind, cause_class, origin = CaseKind(form.case_kind), CauseClass(form.cause_class), Origin(form.origin)
    except ValueError:
        return Refusal(Problem.FIELD_INVALID, "case_kind, cause_class, origin")
    home = tx.home_id
    id_blind = vault.blind("id_no", form.id_no.upper()) if form.id_no else None
    other = cases.open_with_identity(tx.connection, home, id_blind) if id_blind is not None else None
    if other is not None:
        return Refusal(Problem.CASE_DUPLICATE, other)
    number = case_no(home, booking.at.year, cases.last_number(tx.connection, home, booking.at.year) + 1)
    body = Booked(
        case_kind=kind,
        cause_class=cause_class,
        infectious=form.infectious,
        police=form.police,
        resident=form.resident,
        origin=origin,
        outside=form.outside,
        weight_kg=form.weight_kg,
    )
    fact = Fact(
        case_no=number,
        body=body,
        at=booking.at,
        observed=booking.observed,
        staff_no=booking.staff_no,
        station_id=booking.station_id,
        station_kind=booking.station_kind,
        cause=booking.cause,
        order=(0, log_no),
    )
    case = opened(fact)
    if case is None:
        return Refusal(Problem.INPUT_INVALID, "booking")

    def hidden(column: str, value: str) -> bytes:
        return vault.hide(value, f"funeral_case/{number}/{column}", chance(12))

    row = {
        "home_id": home,
        "case_no": number,
        "county": form.county,
        "stage": case.stage.value,
        "opened_at": booking.at,
        "changed_log_no": log_no,
        "body": case.model_dump_json(),
        "shown_name": masked_name(form.deceased_name),
        "relation": form.relation,
        "deceased_name_sealed": hidden("deceased_name", form.deceased_name),
        "id_no_sealed": hidden("id_no", form.id_no) if form.id_no else None,
        "applicant_name_sealed": hidden("applicant_name", form.applicant_name),
        "applicant_phone_sealed": hidden("applicant_phone", form.applicant_phone),
        "address_sealed": hidden("address", form.address),
        "id_no_blind": id_blind,
        "phone_blind": vault.blind("phone", digits(form.applicant_phone)),
    }
    words = [vault.blind("word", word) for word in sorted(name_words(form.deceased_name))]
    cases.add(tx.connection, row, words, booking.provisional_no)
    tx.cases[number] = case
    tx.changed.add(number)
    tx.facts.append((log_no, fact))
    return number


def valid_id_no(id_no: str) -> bool:
    """Check digit and birth day of a resident identity number (GB 11643).

    The place code is not checked: it is the county's at the time of issue, and tables of today reject old ones.
    """
    number = ric.compact(id_no)
    if len(number) != 18 or not number[:-1].isdigit():
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return bool(ric.calc_check_digit(number) == number[-1])


def digits(phone: str) -> str:
    """The digits of a phone number, by which it is found."""
    return "".join(one for one in phone if one.isdigit())


def name_words(name: str) -> set[str]:
    """The words by which a name is found: itself, its pinyin, its initials, and each word of a foreign name."""
    name = "".join(name.split()) if not name.isascii() else name.strip().lower()
    syllables = lazy_pinyin(name)
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    surname_first = {
        name,
        "".join(syllables).lower(),
        initials.lower(),
        name[:1],
        syllables[0].lower() if syllables else "",
    }
    return {word for word in surname_first | set(name.split()) if word}
