"""What the city gets of a whole case at the real service, over HTTPS, with observed times."""

import json
from pathlib import Path

import pytest

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.outgoing import Channel
from cardsvc.core.statutory import Event
from cardsvc.demo import outside
from cardsvc.outbox import Sender
from cardsvc.receiver import receiver
from cardsvc.store import outbox
from tests.support.home import ID_NO, Service
from tests.support.serving import Served
from tests.support.telling import FIRE, READY, TO_SHELF, TO_STORAGE, Told, collected, go, opened, stored

pytestmark = pytest.mark.one_engine
SECRET = b"the city's secret"


def reports(service: Service, case_no: CaseNo, event: Event) -> list[dict[str, object]]:
    with service.context.engine.connect() as connection:
        entries = outbox.of_case(connection, service.context.home_id, case_no, event)
    return [json.loads(service.context.vault.show(one.body_sealed, f"{one.where}/body")) for one in entries]


def burnt(service: Service) -> CaseNo:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE)
    return case_no


def test_a_cremation_and_a_collection_are_told_once_with_the_times_of_their_taps(service: Service) -> None:
    case_no = burnt(service)

    [collection], [cremation] = (reports(service, case_no, one) for one in (Event.COLLECTION, Event.CREMATION))

    case = stored(service, case_no)
    assert cremation["revision"] == 1
    content = cremation["content"]
    assert isinstance(content, dict)
    assert content["deceased"] == {"name": "王守义", "id_no": ID_NO}
    loaded = case.last(Step.LOAD)
    assert loaded is not None
    assert content["times"]["loaded"] == {"at": loaded.at.isoformat().replace("+00:00", "Z"), "why_not": None}
    assert ID_NO not in json.dumps(collection)


def test_ashes_that_were_handed_over_are_told_with_the_time_of_the_scan_and_withdrawn_when_they_come_back(
    service: Service,
) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, *TO_SHELF, Step.SETTLE)
    collected(service, one.case_no, one.card)
    assert reports(service, one.case_no, Event.HANDING_OVER) == []
    one.go(Step.RELEASE)

    [report] = reports(service, one.case_no, Event.HANDING_OVER)

    released = one.case.last(Step.RELEASE)
    assert released is not None
    assert report["content"] == {
        "event": "handing_over",
        "case_kind": "person",
        "counts_as_person": True,
        "times": {"handed_over": {"at": released.at.isoformat().replace("+00:00", "Z"), "why_not": None}},
        "deceased": None,
    }
    one.go(Step.RETURN_ASHES)
    newest, _ = reports(service, one.case_no, Event.HANDING_OVER)
    assert (newest["revision"], newest["withdrawn"]) == (2, True)


def test_the_row_shows_nothing_of_the_person(service: Service) -> None:
    case_no = burnt(service)
    with service.context.engine.connect() as connection:
        for entry in outbox.of_case(connection, service.context.home_id, case_no):
            assert ID_NO.encode() not in entry.body_sealed and "王".encode() not in entry.body_sealed
            assert entry.channel != Channel.STATUTORY or entry.to_sealed is None


def test_a_voided_collection_is_withdrawn(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, Step.DISPATCH, Step.COLLECT, Step.VOID)
    assert [(one["revision"], one["withdrawn"]) for one in reports(service, case_no, Event.COLLECTION)] == [
        (2, True),
        (1, False),
    ]


def test_it_is_sent_over_https_to_whoever_the_certificate_names(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    burnt(service)
    city = outside.city(SECRET, service.clock)
    certificate = outside.certificate(tmp_path, service.clock.now)
    served = Served(outside.create(city), certificate=certificate)
    try:
        known = receiver(f"{served.address}send", SECRET, certificate[0])
        stranger = receiver(f"{served.address}send", SECRET)

        assert Sender(service.context, {Channel.STATUTORY: stranger}).send_due() == {"down": 2}
        service.clock.forward(hours=1)
        assert Sender(service.context, {Channel.STATUTORY: known}).send_due() == {"sent": 2}
    finally:
        served.close()
    assert len(city.received) == 2
