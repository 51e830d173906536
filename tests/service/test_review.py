"""Flags are raised by the transaction that posts, decided about by others, and never rewritten; on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from cardsvc.api import reversing
from cardsvc.api.access import Signed
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Bill
from cardsvc.core.paying import Arrival, Why
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.provider import Payment
from cardsvc.core.review import Rule
from cardsvc.core.reviewing import UNDO_WITHIN, Because, Decision, FlagState
from cardsvc.core.terms import Means
from cardsvc.core.wire import Outcome
from cardsvc.handlers import flag_suspense, review_bill, review_together
from cardsvc.store import payments, reviewing, snapshots, verifying
from cardsvc.store.opening import load_staff, price_book
from cardsvc.store.reviewing import Flagged, FlagKey, Wanted
from tests.support.home import CardInHand, Service
from tests.support.telling import TO_STORAGE, go, opened

MANAGER, AUDITOR, CASHIER = StaffNo("1015"), StaffNo("1016"), StaffNo("1010")


def dearer(service: Service) -> None:
    """A list that was stored before anybody asked for caps: cold storage costs more than it may."""
    with service.context.engine.begin() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now)
        items = tuple(
            row.model_copy(update={"cap_fen": 7_000}) if row.item == "cold_storage" else row for row in book.items
        )
        old = book.model_copy(update={"version": "WZ-OLD", "items": items})
        values = {"home": service.context.home_id, "day": "2026-10-01", "body": old.model_dump_json()}
        connection.execute(
            text("INSERT INTO price_book VALUES (:home, 'WZ-OLD', :day, :body, NULL, NULL, NULL)"), values
        )


def cold(service: Service) -> tuple[CaseNo, CardInHand]:
    """A case whose storage is charged above the cap."""
    dearer(service)
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)
    return case_no, card


def flags(service: Service, **wanted: object) -> list[Flagged]:
    with service.context.engine.connect() as connection:
        return reviewing.listed(connection, service.context.home_id, Wanted(**wanted), None, 100)  # type: ignore[arg-type]


def decided(
    service: Service, key: FlagKey, decision: Decision, because: Because, by: StaffNo = MANAGER
) -> FlagState | Problem:
    answer = review_bill.handle(service.context, key, decision, because, by, service.clock.now)
    return answer.problem if isinstance(answer, Refusal) else answer


def test_a_line_above_its_cap_is_flagged_when_it_is_posted(service: Service) -> None:
    case_no, _ = cold(service)

    [flag] = flags(service)

    assert (flag.key.rule, flag.case_no, flag.item, flag.station) == (
        Rule.ABOVE_CAP,
        case_no,
        "cold_storage",
        StationKind.COLD_STORAGE,
    )
    assert (flag.amount_fen, flag.evidence.bound_fen, flag.evidence.price_version) == (8_000, 7_000, "WZ-OLD")
    with service.context.engine.connect() as connection:
        line = connection.execute(
            text("SELECT item, cause FROM bill_line WHERE log_no = :log_no AND line_no = :line_no"),
            {"log_no": flag.key.log_no, "line_no": flag.key.line_no},
        ).one()
    assert (line.item, line.cause) == ("cold_storage", flag.evidence.causes[0])


def test_who_took_the_deposit_and_pays_it_back_is_flagged(service: Service) -> None:
    case_no, card = opened(service)
    cashier = service.station(StationKind.CASHIER)
    for step in (Step.DEPOSIT, Step.REFUND):
        details = Details(amount_fen=10_000, means=Means.CASH)
        assert cashier.take(case_no, step, details, card).outcome is Outcome.ACCEPTED

    [flag] = flags(service)

    assert (flag.key.rule, flag.key.line_no, flag.amount_fen) == (Rule.ONE_PERSON, -1, 10_000)
    assert len(flag.evidence.causes) == 2


def test_an_ordinary_way_raises_nothing_and_asks_the_database_once_more(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    asked: list[str] = []
    event.listen(service.context.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)

    assert flags(service) == []
    assert sum("bill_line.reverses_line" in one and "case_no IN" in one for one in asked) == 2
    assert not any("INTO review_flag" in one for one in asked)


def test_a_flag_is_returned_then_accepted_by_somebody_else_and_each_word_is_kept(service: Service) -> None:
    case_no, _ = cold(service)
    [flag] = flags(service)

    assert decided(service, flag.key, Decision.RETURN, Because.WRONG_PRICE) is FlagState.RETURNED
    with service.context.engine.connect() as connection:
        assert [one.key for one in reviewing.returned(connection, service.context.home_id, case_no)] == [flag.key]
    assert decided(service, flag.key, Decision.ACCEPT, Because.APPROVED, AUDITOR) is FlagState.ACCEPTED

    with service.context.engine.connect() as connection:
        words = reviewing.decisions(connection, service.context.home_id, flag.key)
        assert [(one.decision, one.by) for one in words] == [(Decision.ACCEPT, AUDITOR), (Decision.RETURN, MANAGER)]
        assert reviewing.returned(connection, service.context.home_id, case_no) == []
    assert flags(service) == []
    assert [one.key for one in flags(service, state=FlagState.ACCEPTED)] == [flag.key]


def test_only_who_accepted_takes_it_back_and_only_for_a_while(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    decided(service, flag.key, Decision.ACCEPT, Because.EVIDENCE_AGREES)

    assert decided(service, flag.key, Decision.UNDO, Because.BY_MISTAKE, AUDITOR) is Problem.FLAG_DECIDED
    assert decided(service, flag.key, Decision.UNDO, Because.BY_MISTAKE) is FlagState.OPEN
    decided(service, flag.key, Decision.ACCEPT, Because.EVIDENCE_AGREES)
    service.clock.now += UNDO_WITHIN + timedelta(seconds=1)
    assert decided(service, flag.key, Decision.UNDO, Because.BY_MISTAKE) is Problem.FLAG_DECIDED


def test_nobody_decides_about_their_own_work_twice_or_without_the_right(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    assert decided(service, flag.key, Decision.ACCEPT, Because.WRONG_PRICE) is Problem.FIELD_INVALID
    assert decided(service, flag.key, Decision.ACCEPT, Because.APPROVED, CASHIER) is Problem.NOT_ALLOWED
    assert decided(service, FlagKey(1, 0, Rule.SPLIT), Decision.ACCEPT, Because.APPROVED) is Problem.NOT_FOUND
    with service.context.engine.begin() as connection:
        row = reviewing.find(connection, service.context.home_id, flag.key)
        assert row is not None
        connection.execute(
            text(
                "INSERT INTO review_flag SELECT home_id, log_no, line_no, 'split', case_no, item, payer, station,"
                " '1015', second, amount_fen, at, month, evidence, state FROM review_flag"
            )
        )
    mine = FlagKey(flag.key.log_no, flag.key.line_no, Rule.SPLIT)
    assert decided(service, mine, Decision.ACCEPT, Because.APPROVED) is Problem.OWN_WORK

    decided(service, flag.key, Decision.ACCEPT, Because.APPROVED)
    assert decided(service, flag.key, Decision.RETURN, Because.WRONG_PRICE, AUDITOR) is Problem.FLAG_DECIDED


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM review_flag",
        "UPDATE review_flag SET amount_fen = 1",
        "UPDATE review_flag SET caused_by = 'X'",
        "DELETE FROM review_decision",
        "UPDATE review_decision SET decided_by = 'X'",
    ],
)
def test_raw_sql_rewrites_neither_flag_nor_decision(service: Service, statement: str) -> None:
    cold(service)
    [flag] = flags(service)
    decided(service, flag.key, Decision.ACCEPT, Because.APPROVED)

    with pytest.raises(DBAPIError), service.context.engine.begin() as connection:
        connection.execute(text(statement))


def test_pages_follow_each_other_without_loss_in_both_orders(service: Service) -> None:
    cold(service)
    with service.context.engine.begin() as connection:
        for number in range(1, 24):
            connection.execute(
                text(
                    "INSERT INTO review_flag SELECT home_id, log_no + :number, line_no, rule, case_no, item, payer,"
                    " station, caused_by, second, :fen, at, month, evidence, state FROM review_flag WHERE log_no ="
                    " (SELECT min(log_no) FROM review_flag)"
                ),
                {"number": number, "fen": 1_000 * (number % 5)},
            )
    for dearest in (False, True):
        seen: list[Flagged] = []
        with service.context.engine.connect() as connection:
            while page := reviewing.listed(
                connection, service.context.home_id, Wanted(dearest=dearest), seen[-1] if seen else None, 7
            ):
                seen += page
        assert len({one.key for one in seen}) == len(seen) == 24
        keys = [(one.amount_fen if dearest else 0, one.key.log_no) for one in seen]
        assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("few", [0, reviewing.FEW])
@pytest.mark.parametrize("dearest", [False, True])
def test_filters_find_the_same_however_few_they_leave(
    service: Service, dearest: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold(service)
    small(service, 9)
    small(service, 5, Rule.SPLIT, first=20)
    every = flags(service)
    monkeypatch.setattr(reviewing, "FEW", few)
    asked: list[dict[str, object]] = [
        {"rule": Rule.SPLIT, "from_fen": 1_002},
        {"from_fen": 1_001, "below_fen": 1_006},
        {"rule": Rule.MANUAL_LINE, "item": "cold_storage", "below_fen": 1_007},
        {"item": "urn_basic", "from_fen": 1},
    ]
    for one in asked:
        wanted, seen = Wanted(dearest=dearest, **one), list[Flagged]()  # type: ignore[arg-type]
        with service.context.engine.connect() as connection:
            while page := reviewing.listed(connection, service.context.home_id, wanted, seen[-1] if seen else None, 2):
                seen += page
        right = [flag for flag in every if _fits(flag, wanted)]
        right.sort(key=lambda flag: (flag.amount_fen if dearest else 0, flag.key.log_no), reverse=True)
        assert [flag.key for flag in seen] == [flag.key for flag in right], one


def _fits(flag: Flagged, wanted: Wanted) -> bool:
    low, high = wanted.from_fen or 0, wanted.below_fen if wanted.below_fen is not None else flag.amount_fen
    of_rule = wanted.rule in (None, flag.key.rule)
    return of_rule and wanted.item in (None, flag.item) and low <= flag.amount_fen <= high


def test_filters_and_counts_agree(service: Service) -> None:
    case_no, _ = cold(service)
    month = f"{service.clock.now:%Y-%m}"
    right: dict[str, object] = {
        "rule": Rule.ABOVE_CAP,
        "item": "cold_storage",
        "payer": "family",
        "station": "cold_storage",
    }
    right |= {"station": "cold_storage", "month": month, "case_no": case_no, "from_fen": 8_000, "below_fen": 8_000}

    assert len(flags(service, **right)) == 1
    wrong: dict[str, object] = {"rule": Rule.SPLIT, "item": "x", "payer": "police", "station": "office"}
    wrong |= {"month": "2020-01", "case_no": "WZ-2020-000001", "from_fen": 8_001, "below_fen": 7_999}
    for name, value in wrong.items():
        assert flags(service, **{name: value}) == [], name
    with service.context.engine.connect() as connection:
        counts = reviewing.counts(connection, service.context.home_id, FlagState.OPEN)
    assert {rule: count for rule, count in counts.items() if count} == {Rule.ABOVE_CAP: 1}
    assert set(counts) == set(Rule)


def test_money_in_suspense_is_flagged_after_a_day_and_once(service: Service) -> None:
    case_no, _ = opened(service)
    now, home = service.clock.now, service.context.home_id
    came = Arrival(Payment(ref="P1", amount_fen=12_300, at=now), Why.NO_ORDER)
    with service.context.engine.begin() as connection:
        payments.arrived(connection, home, "Q1", case_no, 1, came, now)

    assert flag_suspense.handle(service.context, now + timedelta(hours=23)) == 0
    assert flag_suspense.handle(service.context, now + timedelta(hours=24)) == 1
    assert flag_suspense.handle(service.context, now + timedelta(hours=48)) == 0

    [flag] = flags(service)
    assert (flag.key.rule, flag.case_no, flag.amount_fen) == (Rule.OLD_SUSPENSE, case_no, 12_300)


def reversed_(
    service: Service, flag: Flagged, because: Because = Because.NOT_DONE, by: StaffNo = MANAGER
) -> str | Problem:
    with service.context.engine.connect() as connection:
        roles = load_staff(connection, service.context.home_id)[by]
    answer = reversing.reverse(service.context, Signed(by, "", roles, None, ""), flag, because)
    return answer.problem if isinstance(answer, Refusal) else answer


def bill_of(service: Service, case_no: CaseNo) -> Bill:
    with service.context.engine.connect() as connection:
        return snapshots.case_bill(connection, service.context.home_id, case_no)


def test_a_reversed_line_leaves_by_a_counter_line_that_names_its_cause_and_the_flag(service: Service) -> None:
    case_no, card = cold(service)
    [flag] = flags(service)
    before = bill_of(service, case_no)
    service.station(StationKind.CASHIER).take(
        case_no, Step.PAY, Details(amount_fen=before.due_fen, means=Means.CARD_TERMINAL), card
    )

    assert reversed_(service, flag) == case_no

    after = bill_of(service, case_no)
    assert (before.due_fen - after.due_fen, after.rest_fen) == (8_000, 8_000)
    with service.context.engine.connect() as connection:
        counter = connection.execute(text("SELECT * FROM bill_line WHERE reverses IS NOT NULL")).one()
        fact = connection.execute(text("SELECT body FROM fact WHERE cause = :cause"), {"cause": counter.cause}).one()
        memos = connection.execute(text("SELECT memo FROM transfer WHERE cause = :cause"), {"cause": counter.cause})
        assert f"cold_storage above_cap {flag.key.log_no}.{flag.key.line_no}" in {row.memo for row in memos}
    assert (counter.reverses, counter.reverses_line, counter.due_fen) == (flag.key.log_no, flag.key.line_no, -8_000)
    assert f'"line":"{flag.key.log_no}.{flag.key.line_no}"' in fact.body and '"above_cap"' in fact.body
    assert [one.key for one in flags(service, state=FlagState.REVERSED)] == [flag.key]
    assert decided(service, flag.key, Decision.UNDO, Because.BY_MISTAKE) is Problem.FLAG_DECIDED
    assert reversed_(service, flag) is Problem.FLAG_DECIDED
    assert verifying.first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def test_a_reversal_is_refused_with_words_and_posts_nothing(service: Service) -> None:
    case_no, card = cold(service)
    service.station(StationKind.CASHIER).take(case_no, Step.DEPOSIT, Details(amount_fen=10_000, means=Means.CASH), card)
    service.station(StationKind.CASHIER).take(case_no, Step.REFUND, Details(amount_fen=1_000, means=Means.CASH), card)
    flag = flags(service, rule=Rule.ABOVE_CAP)[0]

    assert reversed_(service, flag, by=AUDITOR) is Problem.STAFF_NOT_ALLOWED
    assert reversed_(service, flag, by=CASHIER) is Problem.NOT_ALLOWED
    assert reversed_(service, flag, because=Because.APPROVED) is Problem.FIELD_INVALID
    assert decided(service, flag.key, Decision.REVERSE, Because.NOT_DONE) is Problem.NOT_FOUND
    for refund in flags(service, rule=Rule.ONE_PERSON):
        assert reversed_(service, refund) is Problem.NO_LINE
    caused = {"by": "1015", "log_no": flag.key.log_no}
    with service.context.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO review_flag SELECT home_id, log_no, line_no, 'split', case_no, item, payer, station,"
                " :by, second, amount_fen, at, month, evidence, state FROM review_flag WHERE log_no = :log_no"
            ),
            caused,
        )
    [own] = flags(service, rule=Rule.SPLIT)
    assert reversed_(service, own) is Problem.OWN_WORK
    with service.context.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bill_line WHERE reverses IS NOT NULL")).scalar_one() == 0
    assert [one.key for one in flags(service, rule=Rule.ABOVE_CAP)] == [flag.key]


def test_a_line_of_a_case_that_is_closed_is_taken_back_as_any_other(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    with service.context.engine.begin() as connection:
        body = connection.execute(text("SELECT body FROM funeral_case")).scalar_one()
        closed = body.replace('"stage":"out"', '"stage":"closed"')
        assert closed != body
        connection.execute(text("UPDATE funeral_case SET body = :body, stage = 'closed'"), {"body": closed})

    assert not isinstance(reversed_(service, flag), Problem)

    with service.context.engine.connect() as connection:
        left = connection.execute(text("SELECT sum(price_fen) FROM bill_line WHERE item = 'cold_storage'")).scalar_one()
    assert left == 0


def test_a_line_that_was_taken_back_before_is_not_taken_back_again(service: Service) -> None:
    case_no, card = cold(service)
    [flag] = flags(service)
    go(service, case_no, card, Step.VOID)

    assert reversed_(service, flag) is Problem.LINE_GONE
    assert decided(service, flag.key, Decision.ACCEPT, Because.EVIDENCE_AGREES) is FlagState.ACCEPTED


def test_every_flag_of_the_line_is_decided_with_it(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    with service.context.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO review_flag SELECT home_id, log_no, line_no, 'split', case_no, item, payer, station,"
                " caused_by, second, amount_fen, at, month, evidence, state FROM review_flag"
            )
        )

    reversed_(service, flag, Because.CHARGED_TWICE)

    assert {one.key.rule for one in flags(service, state=FlagState.REVERSED)} == {Rule.ABOVE_CAP, Rule.SPLIT}


def test_a_returned_flag_is_a_task_of_its_station_until_it_is_answered(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    clerk, home = StaffNo("1005"), service.context.home_id

    def tasks(kind: StationKind, county: str | None = None) -> list[FlagKey]:
        with service.context.engine.connect() as connection:
            return [one.key for one in reviewing.tasks(connection, home, kind, county)]

    assert tasks(StationKind.COLD_STORAGE) == []
    decided(service, flag.key, Decision.RETURN, Because.WRONG_PRICE)
    assert tasks(StationKind.COLD_STORAGE) == tasks(StationKind.COLD_STORAGE, "330302") == [flag.key]
    assert tasks(StationKind.CASHIER) == tasks(StationKind.COLD_STORAGE, "330324") == []
    assert decided(service, flag.key, Decision.ANSWER, Because.CORRECTED, CASHIER) is Problem.NOT_ALLOWED
    assert decided(service, flag.key, Decision.ANSWER, Because.CORRECTED, clerk) is FlagState.OPEN

    assert tasks(StationKind.COLD_STORAGE) == []
    assert [one.key for one in flags(service)] == [flag.key]
    assert decided(service, flag.key, Decision.ANSWER, Because.CORRECTED, clerk) is Problem.FLAG_DECIDED
    assert decided(service, flag.key, Decision.ACCEPT, Because.APPROVED) is FlagState.ACCEPTED


def small(service: Service, times: int, rule: Rule = Rule.MANUAL_LINE, fen: int = 1_000, first: int = 0) -> None:
    """Further flags of a rule on lines of their own, a fen dearer each."""
    copy = text(
        "INSERT INTO review_flag SELECT home_id, log_no + :number, line_no, :rule, case_no, item, payer, station,"
        " '1004', NULL, :fen, at, month, evidence, 'open' FROM review_flag WHERE rule = 'above_cap'"
    )
    with service.context.engine.begin() as connection:
        for number in range(times):
            connection.execute(copy, {"number": first + number, "rule": rule.value, "fen": fen + number})


SMALL = Wanted(rule=Rule.MANUAL_LINE)


def seen(service: Service, wanted: Wanted = SMALL, by: StaffNo = MANAGER) -> review_together.Together:
    with service.context.engine.connect() as connection:
        return review_together.preview(connection, service.context.home_id, wanted, by, service.clock.now)


def accepted(service: Service, shown: str, wanted: Wanted = SMALL, because: Because = Because.PAPER_SEEN) -> Any:
    answer = review_together.accept(service.context, wanted, shown, because, MANAGER, service.clock.now)
    return answer.problem if isinstance(answer, Refusal) else answer


def taken_back(service: Service, link: int, count: int, by: StaffNo = MANAGER) -> int | Problem:
    answer = review_together.undo(service.context, link, count, by, service.clock.now)
    return answer.problem if isinstance(answer, Refusal) else answer


def test_only_a_safe_rule_below_the_policy_s_amount_and_nobody_s_own_is_accepted_together(service: Service) -> None:
    cold(service)
    small(service, 3)
    small(service, 2, fen=9_999, first=10)
    small(service, 4, Rule.SPLIT)
    with service.context.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO review_flag SELECT home_id, log_no + 50, line_no, 'manual_line', case_no, item, payer,"
                " station, caused_by, '1015', 5, at, month, evidence, 'open' FROM review_flag WHERE rule = 'above_cap'"
            )
        )

    found = seen(service)

    assert sorted(one.amount_fen for one in found.flags) == [1_000, 1_001, 1_002, 9_999]
    assert found.below_fen == 10_000
    assert {one.amount_fen for one in seen(service, by=AUDITOR).flags} == {5, 1_000, 1_001, 1_002, 9_999}
    cheaper = seen(service, Wanted(rule=Rule.MANUAL_LINE, below_fen=1_001))
    assert {one.amount_fen for one in cheaper.flags} == {1_000, 1_001}
    for rule in (None, Rule.SPLIT, Rule.ABOVE_CAP):
        assert seen(service, Wanted(rule=rule)).flags == ()
    assert accepted(service, seen(service).seen, Wanted(rule=Rule.SPLIT)) is Problem.LIST_CHANGED


def test_what_was_shown_is_accepted_and_nothing_else_and_all_of_it_is_taken_back(service: Service) -> None:
    cold(service)
    small(service, 3)
    shown = seen(service).seen
    assert accepted(service, "0" * 64) is Problem.LIST_CHANGED
    assert accepted(service, shown, because=Because.WRONG_PRICE) is Problem.FIELD_INVALID
    first = flags(service, rule=Rule.MANUAL_LINE)[0]
    decided(service, first.key, Decision.RETURN, Because.SOURCE_MISSING)
    small(service, 1, first=20)
    assert len(seen(service).flags) == 3
    assert accepted(service, shown) is Problem.LIST_CHANGED
    assert flags(service, state=FlagState.ACCEPTED) == []

    link, count = accepted(service, seen(service).seen)

    assert (count, len(flags(service, state=FlagState.ACCEPTED))) == (3, 3)
    assert taken_back(service, link, count, AUDITOR) is Problem.FLAG_DECIDED
    assert taken_back(service, link, count) == 3
    assert len(flags(service, rule=Rule.MANUAL_LINE)) == 3
    assert taken_back(service, link, count) is Problem.FLAG_DECIDED
    assert verifying.first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def test_what_was_accepted_together_long_ago_is_not_taken_back(service: Service) -> None:
    cold(service)
    small(service, 2)
    link, count = accepted(service, seen(service).seen)
    service.clock.now += UNDO_WITHIN + timedelta(seconds=1)

    assert taken_back(service, link, count) is Problem.FLAG_DECIDED
    assert len(flags(service, state=FlagState.ACCEPTED)) == 2
