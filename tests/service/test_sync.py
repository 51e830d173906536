"""The exchange: once, whatever is resent; different is said; gaps are named; nothing else is lost."""

import base64
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from cardsvc.core import wire
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Outcome, Result
from cardsvc.store import cards
from cardsvc.store import tables as t
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from tests.core.story import DETAILS
from tests.support.home import CardInHand, Service, Station
from tests.support.telling import FIRE, READY, TO_STORAGE, go, opened, stored

REFUSED = wire.Refused(step=Step.STORE, problems=(Problem.TAG_MISMATCH,))


def rows(service: Service) -> int:
    with service.context.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(t.record)).scalar_one()


def filled(service: Service, count: int = 5) -> tuple[Station, list[tuple[bytes, bytes]]]:
    station = service.station(StationKind.COLD_STORAGE)
    for _ in range(count):
        station.append(REFUSED)
    return station, list(station.unsent)


def test_the_same_batch_twice_is_recorded_once(service: Service) -> None:
    station, batch = filled(service)
    first = station.send()
    assert [one.result for one in first.results] == [Result.RECORDED] * 5

    again = station.send(batch)

    assert [one.result for one in again.results] == [Result.ALREADY] * 5
    assert [one.log_no for one in again.results] == [one.log_no for one in first.results]
    assert rows(service) == 5


def test_a_shuffled_and_doubled_resend_months_later_adds_nothing(service: Service) -> None:
    station, batch = filled(service)
    station.send()
    service.clock.forward(days=200)
    for seed in range(20):
        mixed = batch * 2
        random.Random(seed).shuffle(mixed)
        assert {one.result for one in station.send(mixed).results} == {Result.ALREADY}, f"seed {seed}"

    assert rows(service) == 5


def test_a_changed_byte_in_a_resent_record_differs_and_halts_the_journal(service: Service) -> None:
    station, batch = filled(service)
    station.send()
    raw = batch[2][0].replace(b'"steady_ms":3', b'"steady_ms":4')

    answer = station.send([(raw, station.key.sign(wire.record_hash(raw))), batch[3]])

    assert [one.result for one in answer.results] == [Result.DIFFERS]
    assert answer.standing is Problem.JOURNAL_FORKED
    assert rows(service) == 5


def test_a_gap_is_answered_with_what_is_expected(service: Service) -> None:
    station, batch = filled(service)

    answer = station.send(batch[2:])

    assert [(one.result, one.expected_seq) for one in answer.results] == [(Result.EXPECTED, 1)]
    assert rows(service) == 0
    assert answer.durable_seq == 0


def test_a_broken_chain_is_refused_and_what_came_before_it_is_kept(service: Service) -> None:
    station, batch = filled(service)
    record = json.loads(batch[2][0])
    record["prev"] = "00" * 32
    raw = json.dumps(record).encode()
    broken = (raw, station.key.sign(wire.record_hash(raw)))

    answer = station.send([*batch[:2], broken, *batch[3:]])

    assert [(one.result, one.problem) for one in answer.results[2:]] == [(Result.DIFFERS, Problem.CHAIN_BROKEN)]
    assert (answer.durable_seq, rows(service)) == (2, 2)
    station.send(batch[2:])
    assert rows(service) == 5


def test_a_wrong_signature_is_refused_and_what_came_before_it_is_kept(service: Service) -> None:
    station, batch = filled(service)

    answer = station.send([batch[0], (batch[1][0], bytes(64)), batch[2]])

    assert [(one.result, one.problem) for one in answer.results] == [
        (Result.RECORDED, None),
        (Result.DIFFERS, Problem.SIGNATURE_WRONG),
    ]
    station.send(batch[1:])
    assert rows(service) == 5


@pytest.mark.parametrize("claimed", ["true", "1.0", "[1]", '"1"', "null", "-1", "9007199254740993"])
def test_a_record_whose_number_is_no_number_is_set_aside_at_its_place(service: Service, claimed: str) -> None:
    station = service.station(StationKind.BOOKING)
    poison = f'{{"seq":{claimed}}}'.encode()
    answer = station.post([(poison, station.key.sign(wire.record_hash(poison)))])
    assert answer.status_code == 200, answer.text
    assert [(one["seq"], one["result"]) for one in answer.json()["results"]] == [(1, "quarantined")]


def test_poison_is_set_aside_as_bytes_and_the_following_records_proceed(service: Service) -> None:
    station = service.station(StationKind.COLD_STORAGE)
    station.append(REFUSED)
    poison = b'{"seq":2,"kind":"from the future"}'
    digest = wire.record_hash(poison)
    station.unsent.append((poison, station.key.sign(digest)))
    station.seq, station.head = 2, digest.hex()
    station.append(REFUSED)

    answer = station.send()

    assert [one.result for one in answer.results] == [Result.RECORDED, Result.QUARANTINED, Result.RECORDED]
    assert answer.durable_seq == 3


def test_a_request_that_is_not_the_stations_settles_nothing(service: Service) -> None:
    station, batch = filled(service)
    other = service.station(StationKind.CASHIER)
    station.key, key = other.key, station.key

    response = station.post(batch)

    assert (response.status_code, response.json()["code"]) == (401, "signature_wrong")
    assert response.headers["content-type"] == "application/problem+json"
    station.key = key
    station.send(batch)
    assert rows(service) == 5


def test_an_enrolment_code_serves_once(service: Service) -> None:
    answer = service.http.post(
        "/stations/enrol",
        json={"code": "A" * 16, "public_key": base64.b64encode(bytes(32)).decode(), "sealing_key": "", "software": "x"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")


def test_a_torn_tap_moves_the_case_only_when_it_is_settled_as_applied(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:3])
    station = service.station(StationKind.COLD_STORAGE)
    who = station.people(Step.STORE)
    last = wire.Key.of(card.last) if card.last else None
    intent = wire.Intent(step=Step.STORE, details=DETAILS[Step.STORE], stage_after=5)
    fields = {"case_no": case_no, "card_no": card.card_no}
    seq = station.append(intent, card_counter=card.counter, card_last=last, **fields, **who)
    station.append(wire.Written(intent_seq=seq, torn=True), **fields, **who)
    station.send()
    assert stored(service, case_no).stage is Stage.RECEIVED

    key = wire.Key(journal_id=station.journal_id, seq=seq)
    other = service.station(StationKind.TRANSPORT)
    other.append(wire.Settled(intent=key, verdict=wire.Verdict.APPLIED), **fields)
    assert other.judged().outcome is Outcome.ACCEPTED
    station.append(wire.Settled(intent=key, verdict=wire.Verdict.APPLIED), **fields)
    assert station.judged().outcome is Outcome.NOTED

    case = stored(service, case_no)
    assert (case.stage, case.place.code) == (Stage.STORED, "A-07")
    assert sum(taken.step is Step.STORE for taken in case.taken) == 1


def test_a_record_that_arrives_late_takes_its_own_place(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:2])
    crew, cold = service.station(StationKind.TRANSPORT), service.station(StationKind.COLD_STORAGE)
    crew.write(case_no, Step.ARRIVE, DETAILS[Step.ARRIVE], card, **crew.people(Step.ARRIVE))
    cold.write(case_no, Step.STORE, DETAILS[Step.STORE], card, **cold.people(Step.STORE))

    waiting = cold.judged()

    assert waiting.outcome is Outcome.WAITING
    assert waiting.waiting_for == wire.Key(journal_id=crew.journal_id, seq=crew.seq - 1)
    assert stored(service, case_no).gaps != ()
    # The card has named the intent as its last write, so it counts when it comes; its outcome only says so again.
    told = [one.judgement.outcome for one in crew.send().results if one.judgement is not None]
    assert told == [Outcome.ACCEPTED, Outcome.NOTED]
    case = stored(service, case_no)
    assert (case.stage, case.gaps) == (Stage.STORED, ())
    assert [taken.step for taken in case.taken][-2:] == [Step.ARRIVE, Step.STORE]


def test_two_writers_of_one_counter_are_a_conflict(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:2])
    copy = CardInHand(card.card_no, card.counter, card.last)
    go(service, case_no, card, Step.ARRIVE)
    cold = service.station(StationKind.COLD_STORAGE)
    cold.write(case_no, Step.ARRIVE, DETAILS[Step.ARRIVE], copy, **cold.people(Step.ARRIVE))

    judgement = cold.judged()

    assert judgement.outcome is Outcome.CONFLICT
    assert Problem.CASE_CONFLICT in [one.problem for one in judgement.reasons]


def test_a_refused_tap_is_a_row_and_moves_nothing(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    wrong = DETAILS[Step.TAKE_OUT].model_copy(update={"tag": "9Z9Z"})

    judgement = service.station(StationKind.COLD_STORAGE).take(case_no, Step.TAKE_OUT, wrong, card)

    assert (judgement.outcome, judgement.reasons[0].problem) == (Outcome.REFUSED, Problem.TAG_MISMATCH)
    assert stored(service, case_no).stage is Stage.STORED


def test_a_void_takes_the_line_back_to_the_fen(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE)
    before = stored(service, case_no)
    go(service, case_no, card, Step.TAKE_OUT)
    cold = service.station(StationKind.COLD_STORAGE)
    void = Details(reason=Reason.ENTERED_BY_MISTAKE)

    assert cold.take(case_no, Step.VOID, void, staff_no="1004", second_staff_no="1005").outcome is Outcome.ACCEPTED

    after = stored(service, case_no)
    assert (after.stage, after.place) == (before.stage, before.place)
    with service.context.engine.connect() as connection:
        storage = select(func.sum(t.bill_line.c.price_fen), func.count()).where(t.bill_line.c.item == "cold_storage")
        assert tuple(connection.execute(storage).one()) == (0, 2)


def test_a_slot_holds_one_body_and_the_second_is_a_conflict_that_is_kept(service: Service) -> None:
    first, card = opened(service)
    go(service, first, card, *TO_STORAGE)
    judgement = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="李某某")
    second = judgement.case_no
    assert second is not None
    other = CardInHand(service.pool_card(2))
    assert (
        service.station(StationKind.BOOKING).take(second, Step.BIND_CARD, Details(), other).outcome is Outcome.ACCEPTED
    )
    crew, cold = service.station(StationKind.TRANSPORT), service.station(StationKind.COLD_STORAGE)
    tag = {"tag": "8R3G"}
    for step in TO_STORAGE[:3]:
        details = DETAILS[step].model_copy(update=tag if DETAILS[step].tag else {})
        assert crew.take(second, step, details, other).outcome is Outcome.ACCEPTED

    clash = cold.take(second, Step.STORE, DETAILS[Step.STORE].model_copy(update=tag), other)

    assert (clash.outcome, clash.reasons[0].problem) == (Outcome.CONFLICT, Problem.PLACE_TAKEN)
    with service.context.engine.connect() as connection:
        owner = connection.execute(select(t.occupancy.c.case_no).where(t.occupancy.c.code == "A-07")).scalar_one()
    assert owner == first


def to_the_furnace(service: Service) -> tuple[CaseNo, CardInHand]:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
    return case_no, card


def test_a_change_of_the_case_disarms_it(service: Service) -> None:
    case_no, card = to_the_furnace(service)
    station = service.station(StationKind.CREMATION)
    armed = station.take(case_no, Step.ARM, DETAILS[Step.ARM], card)
    assert armed.permit_ms == 90_000
    go(service, case_no, card, Step.PLAN_ASHES)

    loaded = DETAILS[Step.LOAD].model_copy(update={"permit": armed.permit})
    judgement = station.take(case_no, Step.LOAD, loaded, card)

    assert judgement.outcome is Outcome.CONFLICT
    assert [one.problem for one in judgement.reasons] == [Problem.PERMIT_NEEDED]


def test_a_disc_serves_once(service: Service) -> None:
    case_no, card = to_the_furnace(service)
    go(service, case_no, card, *FIRE[1:])
    judgement = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="赵某某", case_kind="bones")
    second = judgement.case_no
    assert second is not None
    service.station(StationKind.BOOKING).take(second, Step.BIND_CARD, Details(), CardInHand(service.pool_card(2)))
    arranging = service.station(StationKind.ARRANGEMENT)
    arranging.take(second, Step.AUTHORISE, Details())
    arranging.take(second, Step.PLAN_ASHES, DETAILS[Step.PLAN_ASHES])
    fire = service.station(StationKind.CREMATION)

    again = fire.take(second, Step.ARM, DETAILS[Step.ARM])

    assert Problem.DISC_USED in [one.problem for one in again.reasons]


def test_a_second_open_case_on_one_identity_is_refused(service: Service) -> None:
    case_no, _ = opened(service)

    judgement = service.station(StationKind.BOOKING).book()

    assert [(one.problem, one.detail) for one in judgement.reasons] == [(Problem.CASE_DUPLICATE, case_no)]


APPEND_ONLY = ("record", "fact", "bill_line", "transfer", "audit_link")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_itself_refuses_to_change_history(service: Service, table: str) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.DEPOSIT)
    for statement in (f"UPDATE {table} SET log_no = log_no + 1000", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), service.context.engine.begin() as connection:
            connection.execute(text(statement))


def test_no_personal_data_is_readable_in_the_database(service: Service) -> None:
    opened(service)
    with service.context.engine.connect() as connection:
        for table in t.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                stored_text = repr(tuple(row))
                for secret in ("王守义", "王小雨", "13800000000", "鹿城区", "330302194001010010"):
                    assert secret not in stored_text, table.name


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_signed_bytes_arrive_the_answer_is_never_a_crash(service: Service, data: st.DataObject) -> None:
    station = service.station(StationKind.COLD_STORAGE)
    keys = st.sampled_from(["seq", "body", "kind", "prev", "nonce", "hello", "records", "raw", "sig"]) | st.text(
        max_size=5
    )
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
    shape = st.recursive(
        leaves, lambda one: st.lists(one, max_size=4) | st.dictionaries(keys, one, max_size=5), max_leaves=12
    )
    body = data.draw(st.binary(max_size=200) | shape.map(lambda value: json.dumps(value).encode()))
    headers = {
        wire.JOURNAL_HEADER: station.journal_id,
        wire.SIGNATURE_HEADER: station.key.sign(wire.request_bytes(body)).hex(),
    }

    response = service.http.post("/stations/sync", content=body, headers=headers)

    assert response.status_code in (200, 401, 409, 422), response.text
    record = data.draw(st.binary(max_size=300) | shape.map(lambda value: json.dumps(value).encode()))
    answer = station.post([(record, station.key.sign(wire.record_hash(record)))])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("raw", [b'{"seq":true}', b'{"seq":1e3}', b'{"seq":null}', b"[1]", b"\xff"])
def test_unreadable_bytes_are_set_aside_whatever_number_they_claim(service: Service, raw: bytes) -> None:
    station = service.station(StationKind.COLD_STORAGE)
    answer = station.post([(raw, station.key.sign(wire.record_hash(raw)))])
    assert answer.json()["results"][0]["result"] == "quarantined", answer.text


def test_a_hot_card_is_told_with_the_next_hello_and_taken_off_again(service: Service) -> None:
    station, card_no = service.station(StationKind.BOOKING), service.pool_card()
    station.send()
    assert station.known is not None and card_no not in station.known.hot.cards

    def heat(connection: Connection) -> None:
        log = open_log(connection, service.context.home_id)
        number = log.add("card blocked", card_no, "", service.clock.now)
        cards.make_hot(connection, service.context.home_id, card_no, HotReason.LOST, number, service.clock.now)
        log.close()

    transact(service.context.engine, heat)
    station.send()
    assert station.known.hot.cards == (card_no,) and station.known.cards[card_no].sealed_keys == {}

    def cool(connection: Connection) -> None:
        log = open_log(connection, service.context.home_id)
        number = log.add("card unblocked", card_no, "", service.clock.now)
        cards.cool(connection, service.context.home_id, card_no, "pool", number)
        log.close()

    transact(service.context.engine, cool)
    station.send()
    assert not station.known.hot.cards and card_no in station.known.cards
