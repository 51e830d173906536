"""Cards that are not a family's DESFire: legacy cards, UID copies, staff cards; and a second reader for them."""

import random

from cardsvc.core.card.script import run
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.legacy import LegacyCard
from cardsvc.handlers import adopt_card, issue_staff_card
from terminal.readers.soft import SoftReader
from terminal.station import StationLoop
from tests.support.home import booking_form
from tests.terminal.rig import PROFILES, STATION_PLUGS, Bench, Home, green

LEGACY_UID = bytes.fromhex("9E2B4C07")


def booked_without_card(home: Home, **changes: str) -> CaseNo:
    desk = home.at(At.BOOKING)
    desk.exchange()
    desk.sign_in(Step.BOOK)
    desk.act("booking", **booking_form(**changes).model_dump(mode="json"))
    assert desk.outcome is not None
    green(desk.outcome)
    assert desk.outcome.case_no is not None
    return desk.outcome.case_no


def adopted(home: Home, case_no: CaseNo, uid: bytes = LEGACY_UID) -> LegacyCard:
    card = LegacyCard(uid)
    made = adopt_card.handle(home.service.context, case_no, uid, card.atr, StaffNo("1001"), home.service.clock.now)
    assert isinstance(made, str), made
    return card


def staff_card(home: Home, owner: str, number: int = 200) -> VirtualCard:
    """A personalised staff card that the service knows."""
    card = VirtualCard(bytes([4, number, 9, 9, 9, 9, 9]), random.Random(number).randbytes)
    card_no = issue_staff_card.next_number(home.service.context)
    run(issue_staff_card.script(home.service.context, card.uid, card_no), card.transmit)
    card.field_off()
    made = issue_staff_card.handle(
        home.service.context, card_no, card.uid, StaffNo(owner), home.service.clock.now, StaffNo("1017")
    )
    assert made == card_no, made
    return card


def second_reader(bench: Bench) -> SoftReader:
    """Give the station another reader; the loop begins anew."""
    other = SoftReader("second")
    bench.loop = StationLoop(
        bench.identity, STATION_PLUGS[bench.kind], PROFILES, bench.reader, bench.journal, bench.local, bench.uplink,
        bench.clocks, random.Random(5).randbytes, (other,),
    )  # fmt: skip
    return other
