"""A phone booking at a station: sealed to the service, with a number of our own until it has given one."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cardsvc.core import radar, sealing, wire
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo, provisional_no
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal, refuse_all
from terminal.identity import Identity
from terminal.journal import Journal
from terminal.session import Colour, Outcome
from terminal.taking import WORD_WITHIN_S, Taking, refused
from terminal.uplink import Uplink

BOOKING = TypeAdapter(BookingForm)


@dataclass(frozen=True, slots=True)
class Bookings:
    """What a station books with."""

    identity: Identity
    journal: Journal
    taking: Taking
    uplink: Uplink

    def book(self, what: dict[str, Any], by: StaffNo) -> Outcome:
        """Alike cases are asked for first, and shown until somebody says that they have asked the caller."""
        looked = set(str(what.pop("looked", "")).split(","))
        try:
            form = BOOKING.validate_json(json.dumps(what))
        except ValidationError as error:
            names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
            return Outcome(Colour.STOP, "refused", Refusal(Problem.FIELD_INVALID, names), None, Step.BOOK)
        alike = self._listen(form)
        if alike and not {radar.told(one.detail)[0] for one in alike} <= looked:
            return Outcome(Colour.AGAIN, "alike", refuse_all(alike))
        here = self.identity.here
        number = provisional_no(here.home_id, here.number, self.journal.head[0] + 1)
        asked = Asked(Step.BOOK, Details(), by)
        appended = self.taking.append(wire.Booking(sealed=self._sealed(form)), number, asked=asked)
        judgement = self.uplink.wait_for(appended.key.seq, WORD_WITHIN_S if self.uplink.linked else 0.0)
        if judgement is not None and judgement.outcome is not wire.Outcome.ACCEPTED:
            return Outcome(Colour.STOP, "refused", refused(judgement), number, Step.BOOK)
        given = judgement.case_no if judgement is not None and judgement.case_no else number
        said = "booked_unasked" if alike is None else "booked" if judgement else "booked_provisional"
        return Outcome(Colour.GO, said, None, given, Step.BOOK)

    def _listen(self, form: BookingForm) -> list[Refusal] | None:
        """The cases that a booking could be mixed up with; None when the service could not be asked."""
        if not self.uplink.linked:
            return None
        appended = self.taking.append(wire.Listen(sealed=self._sealed(form)), None)
        judgement = self.uplink.wait_for(appended.key.seq, WORD_WITHIN_S)
        if judgement is None or (judgement.outcome is wire.Outcome.NOTED and not judgement.reasons):
            return None
        return [Refusal(one.problem, one.detail) for one in judgement.reasons if one.problem is Problem.CASE_ALIKE]

    def _sealed(self, form: BookingForm) -> bytes:
        """A booking form as it travels: only the service can open it."""
        clear = form.model_dump_json().encode()
        sealed = sealing.seal(self.identity.enrolled.service_sealing_key, sealing.BOOKING_PURPOSE, clear)
        return base64.b64encode(sealed)
