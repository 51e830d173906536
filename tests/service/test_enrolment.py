"""Stations are let in by two people, and let go by two people; what they wrote stays true."""

import pytest
from sqlalchemy import func, select, update

from cardsvc.core import wire
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.fingerprint import WORDS, spoken, words_of
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import RevokedWhy
from cardsvc.core.words import FINGERPRINT_WORDS
from cardsvc.handlers import enrol_station, revoke_station
from cardsvc.store import journals
from cardsvc.store import tables as t
from tests.support.desk import Desk
from tests.support.home import Service, Station

pytestmark = pytest.mark.one_engine
REFUSED = wire.Refused(step=Step.STORE, problems=(Problem.TAG_MISMATCH,))
COLD = StationKind.COLD_STORAGE
ADMIN, DUTY, CLERK = StaffNo("1017"), StaffNo("1015"), StaffNo("1004")


def rows(service: Service) -> int:
    with service.context.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(t.record)).scalar_one()


def silent(service: Service) -> list[StationId]:
    with service.context.engine.connect() as connection:
        return journals.all_said_hello(connection, service.context.home_id)


def test_the_words_are_a_pure_function_of_the_key_and_no_two_are_alike() -> None:
    assert len(set(FINGERPRINT_WORDS)) == len({one.split()[1] for one in FINGERPRINT_WORDS}) == 256
    assert [word.letters for word in words_of(bytes(32))] == [
        one.split()[1] for one in (FINGERPRINT_WORDS[byte] for byte in bytes.fromhex("66687aadf862"))
    ]
    assert len({spoken(bytes([n] * 32)) for n in range(256)}) == 256
    assert spoken(bytes(32)).count("·") == WORDS - 1


def test_nothing_is_taken_from_a_station_that_waits_for_approval_and_nothing_is_told(service: Service) -> None:
    station = Station(service, COLD, approved=False)
    station.append(REFUSED)

    answer = station.send()

    assert (answer.standing, answer.results, answer.delta) == (Problem.STATION_PENDING, (), None)
    assert rows(service) == 0


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (ADMIN, None, Problem.FOUR_EYES),
        (ADMIN, ADMIN, Problem.FOUR_EYES),
        (ADMIN, CLERK, Problem.NOT_ALLOWED),
        (CLERK, ADMIN, Problem.NOT_ALLOWED),
        (ADMIN, StaffNo("9999"), Problem.NOT_ALLOWED),
    ],
)
def test_nobody_approves_or_revokes_alone(
    service: Service, first: StaffNo, second: StaffNo | None, problem: Problem
) -> None:
    station = Station(service, COLD, approved=False)

    approved = enrol_station.approve(service.context, station.journal_id, first, second)
    revoked = revoke_station.handle(service.context, station.journal_id, RevokedWhy.STOLEN, first, second)

    assert [one.problem for one in (approved, revoked) if isinstance(one, Refusal)] == [problem, problem]
    assert station.send().standing is Problem.STATION_PENDING


def test_two_people_let_a_station_in_and_the_log_names_both(service: Service) -> None:
    station = Station(service, COLD, approved=False)
    station.append(REFUSED)
    station.send()

    assert enrol_station.approve(service.context, station.journal_id, ADMIN, DUTY) == station.station_id

    assert station.send().standing is None
    assert (rows(service), station.known is not None) == (1, True)
    with service.context.engine.connect() as connection:
        row = connection.execute(select(t.journal).where(t.journal.c.journal_id == station.journal_id)).one()
        link = connection.execute(select(t.audit_link).where(t.audit_link.c.what == "station approved")).one()
    assert (row.approved_at, row.approved_by) == (service.clock.now, "1017,1015")
    assert (link.staff_no, link.subject.split()[-1]) == (ADMIN, DUTY)


def test_a_new_journal_replaces_the_old_one_whose_key_stays_good_for_old_trails(service: Service) -> None:
    old, cashier = service.station(COLD), service.station(StationKind.CASHIER)
    old.append(REFUSED)
    old.send()
    new = Station(service, COLD, approved=False)
    assert old.send().standing is None, "one person with a code stops nobody"

    enrol_station.approve(service.context, new.journal_id, ADMIN, DUTY)

    old.append(REFUSED)
    answer = old.send()
    assert (answer.standing, answer.results) == (Problem.STATION_REVOKED, ())
    assert rows(service) == 1
    cashier.send()
    assert cashier.known is not None
    kept = [cashier.known.trail_key(new.enrolled.station_number, one.journal_id) for one in (old, new)]
    assert [one and one.suspect for one in kept] == [False, False]


@pytest.mark.parametrize(("why", "suspect"), [(RevokedWhy.OUT_OF_SERVICE, False), (RevokedWhy.STOLEN, True)])
def test_the_key_of_a_stolen_station_is_suspect_and_that_of_a_broken_one_is_not(
    service: Service, why: RevokedWhy, suspect: bool
) -> None:
    gone, other = service.station(COLD), service.station(StationKind.CASHIER)

    assert revoke_station.handle(service.context, gone.journal_id, why, ADMIN, DUTY) == gone.station_id

    other.send()
    assert other.known is not None
    key = other.known.trail_key(gone.enrolled.station_number, gone.journal_id)
    assert key is not None
    assert key.suspect is suspect
    again = revoke_station.handle(service.context, gone.journal_id, why, ADMIN, DUTY)
    assert isinstance(again, Refusal)


@pytest.mark.parametrize("why", [RevokedWhy.REPLACED, RevokedWhy.HALTED])
def test_what_follows_from_an_approval_cannot_be_given_as_a_reason(service: Service, why: RevokedWhy) -> None:
    station = service.station(COLD)
    assert isinstance(revoke_station.handle(service.context, station.journal_id, why, ADMIN, DUTY), Refusal)
    assert station.send().standing is None


def test_after_a_restore_stations_are_waited_for_until_they_said_hello_or_are_out_of_service(service: Service) -> None:
    first, second = service.station(COLD), service.station(StationKind.CASHIER)
    Station(service, StationKind.ASHES, approved=False)
    first.send()
    assert silent(service) == [], "a new station has nothing to send again"
    with service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=t.home.c.epoch + 1))
    assert silent(service) == sorted((first.station_id, second.station_id))

    first.send()
    assert silent(service) == sorted((first.station_id, second.station_id)), "it does not know the epoch yet"
    first.append(REFUSED)
    first.send([])
    assert silent(service) == sorted((first.station_id, second.station_id)), "it still has something to send"
    first.send()
    assert silent(service) == [second.station_id]

    revoke_station.handle(service.context, second.journal_id, RevokedWhy.OUT_OF_SERVICE, ADMIN, DUTY)
    assert silent(service) == []


def test_the_console_shows_the_words_and_takes_two_people(service: Service) -> None:
    station = Station(service, COLD, approved=False)
    desk, path = Desk(service, "1017"), f"journals/{station.journal_id}/approve"
    page = desk.get("stations").text
    public_key = station.key.public_key().public_bytes_raw()
    assert all(word.characters in page and word.letters in page for word in words_of(public_key))

    alone = desk.post(path)
    wrong = desk.post(path, second_staff_no="1015", second_password="wrong")
    own = desk.post(path, second_staff_no="1017", second_password="10171017")
    assert [one.status_code for one in (alone, wrong, own)] == [409, 401, 409]
    assert station.send().standing is Problem.STATION_PENDING
    assert desk.post(path, second_staff_no="1015", second_password="10151015").status_code == 200
    assert station.send().standing is None

    two = {"second_staff_no": "1015", "second_password": "10151015"}
    assert desk.post(f"journals/{station.journal_id}/revoke", why="stolen", **two).status_code == 200
    assert station.send().standing is Problem.STATION_REVOKED


def test_a_person_who_may_not_sees_no_form_and_is_refused(service: Service) -> None:
    station = Station(service, COLD, approved=False)
    desk = Desk(service, "1016")

    assert "approve" not in desk.get("stations").text
    answer = desk.post(f"journals/{station.journal_id}/approve", second_staff_no="1015", second_password="10151015")
    assert answer.status_code == 403
