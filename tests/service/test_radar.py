"""Duplicates are refused and alike cases alert on both sides; two people clear both at once."""

from typing import Any

import pytest
from sqlalchemy import text

from cardsvc.core.case import Alert
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.people import NAMELESS
from cardsvc.core.problems import Problem
from cardsvc.core.terms import AlertWhy, Reason
from cardsvc.core.wire import Judgement, Outcome
from tests.support.home import Service
from tests.support.telling import Office, stored

pytestmark = pytest.mark.one_engine


def booked(service: Service, name: str = "王守义", id_no: str | None = None, **changes: Any) -> CaseNo:
    judgement = service.station(StationKind.BOOKING).book(deceased_name=name, id_no=id_no, **changes)
    assert judgement.outcome is Outcome.ACCEPTED, judgement
    assert judgement.case_no is not None
    return judgement.case_no


def alerts(service: Service, case_no: CaseNo) -> list[tuple[str, AlertWhy]]:
    return [(one.other, one.why) for one in stored(service, case_no).alerts]


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("王守义", {}, AlertWhy.SAME_NAME),
        ("王守義", {}, AlertWhy.LOOKS_ALIKE),
        ("汪守艺", {}, AlertWhy.SOUNDS_ALIKE),
        ("李长河", {"address": "学院路 7 号"}, AlertWhy.SAME_PLACE),
    ],
)
def test_alike_cases_alert_on_both_sides(service: Service, name: str, changes: dict[str, str], why: AlertWhy) -> None:
    first = booked(service, address="学院路七号")

    second = booked(service, name, **changes)

    assert alerts(service, first) == [(second, why)]
    assert alerts(service, second) == [(first, why)]


def test_the_same_name_from_the_same_place_is_the_same_case(service: Service) -> None:
    first = booked(service, address="学院路七号")

    again = service.station(StationKind.BOOKING).book(deceased_name="王 守义", id_no=None, address="学院路 7 号")

    assert said(again) == [(Problem.CASE_DUPLICATE, first)]


def said(judgement: Judgement) -> list[tuple[Problem, str]]:
    return [(one.problem, one.detail) for one in judgement.reasons]


def test_somebody_who_was_here_before_alerts_only_the_new_case(service: Service) -> None:
    first = booked(service, id_no="330302194001010010")
    Office(service).step(first, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))

    second = booked(service, id_no="330302194001010010")

    assert alerts(service, first) == []
    assert alerts(service, second) == [(first, AlertWhy.SAME_ID)]


def test_two_people_clear_both_sides_at_once(service: Service) -> None:
    first, second = booked(service), booked(service)
    compared = Details(other=second, reason=Reason.COMPARED)
    office = Office(service)
    assert office.try_step(first, Step.CLEAR_ALERT, compared, second=None).status_code == 409
    assert stored(service, first).alerts == (Alert(other=second, why=AlertWhy.SAME_NAME),)

    office.step(first, Step.CLEAR_ALERT, compared)

    assert alerts(service, first) == alerts(service, second) == []
    assert [stored(service, one).taken[-1].second for one in (first, second)] == ["1016", "1016"]


def test_somebody_unidentified_has_a_serial_for_an_id(service: Service) -> None:
    first = booked(service, "不详", case_kind="unidentified")
    second = booked(service, "不详", case_kind="unidentified")
    context = service.context
    with context.engine.connect() as connection:
        row = connection.execute(
            text("SELECT shown_name, deceased_name_sealed, id_no_sealed FROM funeral_case WHERE case_no = :no"),
            {"no": first},
        ).one()
    assert row.shown_name == NAMELESS
    assert context.vault.show(bytes(row.deceased_name_sealed), f"funeral_case/{first}/deceased_name") == NAMELESS
    assert context.vault.show(bytes(row.id_no_sealed), f"funeral_case/{first}/id_no") == "WZ2026000001"
    assert alerts(service, second) == []


def test_what_a_booking_says_stands_in_its_case_and_nothing_in_clear(service: Service) -> None:
    number = booked(
        service, origin="foreign", outside=True, weight_kg=88, floor=3, second_name="张秘", second_phone="13911112222"
    )
    case = stored(service, number)
    assert (case.origin, case.outside, case.weight_kg, case.floor) == ("foreign", True, 88, 3)
    with service.context.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM funeral_case WHERE case_no = :no"), {"no": number}).one()
    clear = [column for column in row._mapping.values() if isinstance(column, str)]
    assert not [column for column in clear for canary in ("守义", "张秘", "13911112222", "学院路") if canary in column]
    hidden = bytes(row.second_contact_sealed)
    assert service.context.vault.show(hidden, f"funeral_case/{number}/second_contact") == "13911112222"
