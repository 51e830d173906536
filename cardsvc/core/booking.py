"""The phone booking as a form: what the call desk asks, in the order in which a caller can answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from cardsvc.core.facts import Wire
from cardsvc.core.local_time import CHINA
from cardsvc.core.terms import CaseKind, CauseClass
from cardsvc.core.words import Language, say, table


class BookingForm(Wire):
    """What the call desk asks (DOMAIN.md section 2, booking); it travels sealed."""

    deceased_name: str = Field(min_length=1, max_length=60)
    id_no: str | None = Field(default=None, max_length=32)
    applicant_name: str = Field(min_length=1, max_length=60)
    applicant_phone: str = Field(pattern=r"^\+?[0-9 \-]{5,20}$")
    relation: str = Field(pattern=r"^[a-z_]{2,24}$")
    address: str = Field(min_length=1, max_length=200)
    floor: int = Field(default=1, ge=-5, le=120)
    county: str = Field(pattern=r"^\d{6}$")
    cause_class: str
    case_kind: str = "person"
    infectious: bool
    police: bool
    resident: bool = False
    weight_kg: int | None = Field(default=None, ge=1, le=400)
    wanted_at: AwareDatetime | None = None
    origin: str = "ordinary"
    outside: bool = False


YES_OR_NO = ("infectious", "police", "resident")
WHOLE = ("floor", "weight_kg")


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `choices` are (value, word), empty for text; `size` is wide for a whole row, third for a third."""

    name: str
    word: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    size: str = ""


def questions(language: Language) -> tuple[Question, ...]:
    """The questions of DOMAIN.md section 2, booking; infection and police must be answered, never left blank."""

    def word(name: str) -> str:
        return say(language, f"booking.{name}")

    yes_no = (("yes", say(language, "kiosk.yes")), ("no", say(language, "kiosk.no")))
    kinds = tuple((one.value, say(language, f"case_kind.{one}")) for one in CaseKind)
    causes = tuple((one.value, say(language, f"cause_class.{one}")) for one in CauseClass)
    return (
        Question("deceased_name", word("deceased_name"), "text"),
        Question("id_no", word("id_no"), "text", required=False),
        Question("applicant_name", word("applicant_name"), "text"),
        Question("applicant_phone", word("applicant_phone"), "tel"),
        Question("relation", word("relation"), "select", tuple(table(language, "relation").items())),
        Question("county", word("county"), "select", tuple(table(language, "county").items())),
        Question("address", word("address"), "text"),
        Question("floor", word("floor"), "number"),
        Question("weight_kg", word("weight_kg"), "number", required=False),
        Question("wanted_at", word("wanted_at"), "datetime-local", required=False),
        Question("infectious", word("infectious"), "pick", yes_no, size="third"),
        Question("police", word("police"), "pick", yes_no, size="third"),
        Question("resident", word("resident"), "pick", yes_no, size="third"),
        Question("cause_class", word("cause_class"), "pick", causes, size="wide"),
        Question("case_kind", word("case_kind"), "pick", kinds, size="wide"),
    )


def booking_of(typed: dict[str, str]) -> dict[str, Any]:
    """The typed texts as a booking form takes them; what cannot be read is left for the form to refuse by name."""
    form: dict[str, Any] = {name: text.strip() for name, text in typed.items() if text.strip()}
    for name in YES_OR_NO:
        if form.get(name) in ("yes", "no"):
            form[name] = form[name] == "yes"
    for name in WHOLE:
        if str(form.get(name, "")).lstrip("-").isdigit():
            form[name] = int(form[name])
    if "wanted_at" in form:
        try:
            form["wanted_at"] = datetime.fromisoformat(form["wanted_at"]).replace(tzinfo=CHINA).isoformat()
        except ValueError:
            return form
    return form
