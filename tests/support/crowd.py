"""Many cases brought on together, by the stations' own signed records in hundreds: what a race needs beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardsvc.core import sealing, wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.terms import Issuer, Paper
from cardsvc.core.wire import Judgement, Outcome, Result, SyncAnswer
from cardsvc.demo.past_station import NO_NEWS
from cardsvc.handlers import issue_card
from tests.core.story import DETAILS
from tests.support.home import ANSWER, CardInHand, Service, Station, b64, booking_form
from tests.support.telling import KINDS

AT_ONCE = 50
"""Cases whose records travel in one request: two records a case."""
SECOND = "安白曹丁范高何姬柯梁马宁欧彭秦任苏唐汪谢杨郑邹崔段"
THIRD = "爱彬灿东恩芳刚海健凯磊明娜鹏琪锐森涛伟翔勇哲超冬帆"
"""Names of one from each of these neither look nor sound alike."""

Post = Callable[[bytes, dict[str, str]], bytes]


@dataclass
class Member:
    """One of the crowd: its case, its card, and its number, from 1."""

    number: int
    case_no: CaseNo
    card: CardInHand

    @property
    def tag(self) -> str:
        return f"T{self.number:04d}"

    @property
    def disc(self) -> str:
        return f"D{self.number:04d}"

    @property
    def label(self) -> str:
        return f"L{self.number:04d}"

    @property
    def coffin(self) -> str:
        return f"K{self.number:04d}"


def send(service: Service, station: Station) -> list[Judgement]:
    """Send what a station has not sent, and ask for no news; every record must be taken. The judgements in order."""
    judgements: list[Judgement] = []
    while station.unsent:
        judgements += taken(station, lambda body, headers: _posted(service, body, headers))
    return judgements


def taken(station: Station, post: Post) -> list[Judgement]:
    """Send at most a hundred records by `post`, which answers with the answer's bytes."""
    sending = station.unsent[:100]
    body, headers = station.request(sending, snapshot_version=NO_NEWS)
    answer: SyncAnswer = ANSWER.validate_json(post(body, headers))
    assert [one.result for one in answer.results] == [Result.RECORDED] * len(sending), answer
    del station.unsent[: len(sending)]
    station.settled = station.seq - len(station.unsent)
    return [one.judgement for one in answer.results if one.judgement is not None]


def _posted(service: Service, body: bytes, headers: dict[str, str]) -> bytes:
    response = service.http.post("/stations/sync", content=body, headers=headers)
    assert response.status_code == 200, response.text
    return response.content


def booked(service: Service, count: int, **form: object) -> list[Member]:
    """So many cases, each with a card of its own, named so that the radar hears nothing."""
    booking = service.station(StationKind.BOOKING)
    members: list[Member] = []
    for first in range(1, count + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count + 1))
        for number in numbers:
            name = f"李{SECOND[number % len(SECOND)]}{THIRD[number // len(SECOND) % len(THIRD)]}"
            asked = booking_form(**{"deceased_name": name, "id_no": None} | form)
            sealed = sealing.seal(
                booking.enrolled.service_sealing_key, sealing.BOOKING_PURPOSE, asked.model_dump_json().encode()
            )
            provisional = CaseNo(f"WZ-P{booking.enrolled.station_number}-{booking.seq + 1:06d}")
            booking.append(wire.Booking(sealed=b64(sealed).encode()), case_no=provisional, staff_no=StaffNo("1001"))
        for number, one in zip(numbers, send(service, booking), strict=True):
            assert one.case_no is not None, one
            card_no = issue_card.next_number(service.context)
            uid = bytes([4, *number.to_bytes(2, "big"), 7, 7, 7, 7])
            issue_card.handle(service.context, card_no, uid, service.clock.now)
            members.append(Member(number, one.case_no, CardInHand(card_no)))
    together(service, members, Step.BIND_CARD, lambda one: Details())
    return members


def together(service: Service, members: Sequence[Member], step: Step, details: Callable[[Member], Details]) -> None:
    """Let all of them take a step at the station of the step; each must be accepted."""
    station = service.station(min(RULES[step].stations, key=KINDS.index))
    for first in range(0, len(members), AT_ONCE):
        for one in members[first : first + AT_ONCE]:
            report(station, one, step, details(one))
        judged = send(service, station)
        refused = [one for one in judged if one.outcome not in (Outcome.ACCEPTED, Outcome.NOTED)]
        assert not refused, (step, refused[0])


def report(station: Station, one: Member, step: Step, details: Details) -> None:
    """Journal a step with all that it needs: a request, an intent that the card took, or an observation."""
    people = station.people(step)
    if RULES[step].card:
        station.write(one.case_no, step, details, one.card, **people)
        return
    granted = None
    if RULES[step].offline is not Offline.YES:
        granted = station.append(wire.Request(step=step, details=details), case_no=one.case_no, **people)
    body = wire.Observation(step=step, details=details, granted_seq=granted)
    station.append(body, case_no=one.case_no, **people)


def queued(service: Service, count: int) -> list[Member]:
    """So many exhumed remains with all papers, in the furnace queue: the shortest way to the furnace."""
    members = ready(service, count)
    queue(service, members)
    return members


def queue(service: Service, members: Sequence[Member]) -> None:
    """Into the furnace queue, in their order."""
    together(service, members, Step.QUEUE, lambda one: Details(tag=one.tag, coffin=one.coffin))


def ready(service: Service, count: int) -> list[Member]:
    """So many exhumed remains with all that the furnace asks for."""
    members = booked(service, count, case_kind="bones", resident=False)
    permit, issuer = Paper.EXHUMATION_PERMIT, Issuer.CIVIL_AFFAIRS
    ways: tuple[tuple[Step, Callable[[Member], Details]], ...] = (
        (Step.VERIFY_DEATH, lambda one: Details(paper=permit, number=f"EP{one.number}", issuer=issuer, alike=True)),
        *((step, lambda one, step=step: DETAILS[step]) for step in (Step.VERIFY, Step.AUTHORISE, Step.PLAN_ASHES)),
        (Step.ENCOFFIN, lambda one: Details(tag=one.tag, coffin=one.coffin, length_cm=190, width_cm=60)),
    )
    for step, details in ways:
        together(service, members, step, details)
    return members
