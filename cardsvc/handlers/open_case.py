"""Open a case from a booking, by a station's sealed record or in the office: one way for both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cardsvc.core import radar
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Booked, Fact, StationKind
from cardsvc.core.fold import opened
from cardsvc.core.ids import CaseNo, StaffNo, StationId, case_no
from cardsvc.core.people import NAMELESS, masked_name
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.radar import Hit
from cardsvc.core.terms import CaseKind, CauseClass, Origin
from cardsvc.naming.identity import serial_of, valid_id_no
from cardsvc.naming.names import digits
from cardsvc.naming.signs import signs_of, words_of
from cardsvc.store import cases
from cardsvc.store.radar import alert, echoes
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


def listen(tx: WorkingSet, form: BookingForm, at: datetime, vault: Vault) -> tuple[Hit, ...] | Refusal:
    """What the radar says of a booking before it is made; nothing is written."""
    if (wrong := _wrong(form)) is not None:
        return wrong
    signs = signs_of(vault.blind, _name(form), _id_no(form, CaseNo("")), form.address, at)
    heard = echoes(tx, signs)
    return radar.duplicate(signs, heard) or radar.hits(signs, heard)


def handle(
    tx: WorkingSet, booking: Booking, log_no: int, vault: Vault, chance: Callable[[int], bytes]
) -> CaseNo | Refusal:
    """Open a case, and alert what could be mixed up with it.

    Refuses a wrong ID number, and a second open case on the same one or on the same name and place (DOMAIN.md section
    2).
    """
    form, home = booking.form, tx.home_id
    if (wrong := _wrong(form)) is not None:
        return wrong
    number = case_no(home, booking.at.year, cases.last_number(tx.connection, home, booking.at.year) + 1)
    name, id_no = _name(form), _id_no(form, number)
    signs = signs_of(vault.blind, name, id_no, form.address, booking.at)
    heard = echoes(tx, signs)
    if (twice := radar.duplicate(signs, heard)) is not None:
        return twice
    fact = Fact(
        case_no=number,
        body=_booked(form),
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

    def hidden(column: str, value: str | None) -> bytes | None:
        return vault.hide(value, f"funeral_case/{number}/{column}", chance(12)) if value else None

    row = {
        "home_id": home,
        "case_no": number,
        "county": form.county,
        "stage": case.stage.value,
        "opened_at": booking.at,
        "changed_log_no": log_no,
        "body": case.model_dump_json(),
        "shown_name": masked_name(name),
        "relation": form.relation,
        "deceased_name_sealed": hidden("deceased_name", name),
        "id_no_sealed": hidden("id_no", id_no),
        "applicant_name_sealed": hidden("applicant_name", form.applicant_name),
        "applicant_phone_sealed": hidden("applicant_phone", form.applicant_phone),
        "address_sealed": hidden("address", form.address),
        "second_name_sealed": hidden("second_name", form.second_name),
        "second_contact_sealed": hidden("second_contact", form.second_phone),
        "id_no_blind": signs.identity,
        "place_blind": signs.place,
        "phone_blind": vault.blind("phone", digits(form.applicant_phone)),
    }
    cases.add(tx.connection, row, words_of(vault.blind, name, signs), booking.provisional_no)
    tx.cases[number] = case
    tx.changed.add(number)
    tx.facts.append((log_no, fact))
    alert(tx, number, radar.hits(signs, heard), booking.staff_no)
    return number


def _wrong(form: BookingForm) -> Refusal | None:
    """What cannot be in a booking."""
    if form.case_kind != CaseKind.UNIDENTIFIED and form.id_no is not None and not valid_id_no(form.id_no):
        return Refusal(Problem.FIELD_INVALID, "id_no")
    kinds = (("case_kind", CaseKind), ("cause_class", CauseClass), ("origin", Origin))
    wrong = [name for name, kind in kinds if getattr(form, name) not in set(kind)]
    return Refusal(Problem.FIELD_INVALID, ", ".join(wrong)) if wrong else None


def _booked(form: BookingForm) -> Booked:
    return Booked(
        case_kind=CaseKind(form.case_kind),
        cause_class=CauseClass(form.cause_class),
        infectious=form.infectious,
        police=form.police,
        resident=form.resident,
        origin=Origin(form.origin),
        outside=form.outside,
        weight_kg=form.weight_kg,
        floor=form.floor,
        wanted_at=form.wanted_at,
    )


def _name(form: BookingForm) -> str:
    return NAMELESS if form.case_kind == CaseKind.UNIDENTIFIED else form.deceased_name


def _id_no(form: BookingForm, number: CaseNo) -> str | None:
    return serial_of(number) if form.case_kind == CaseKind.UNIDENTIFIED else form.id_no
