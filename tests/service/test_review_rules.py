"""Each rule of review raises its flag in the transaction that posts, and the flag is read back; on both engines.

What an honest service never posts is bent here on its way to the books, as an old fault would do it.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from cardsvc.core.facts import Step
from cardsvc.core.posting import PostedLine, Posting
from cardsvc.core.prices import Line, Regime
from cardsvc.core.review import Rule
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.open_lines import open_lines
from cardsvc.store.opening import price_book, working_set
from tests.service.test_review import flags
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened

TO_DRESSING = (*TO_STORAGE, Step.TAKE_OUT, Step.PREPARE, Step.PREPARED)


def listed(service: Service, without: str = "", **items: dict[str, object]) -> None:
    """A list that nobody looked through: some rows changed, one left out."""
    with service.context.engine.begin() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now)
        rows = (row for row in book.items if row.item != without)
        changed = tuple(row.model_copy(update=items.get(row.item, {})) for row in rows)
        body = book.model_copy(update={"version": "WZ-OLD", "items": changed}).model_dump_json()
        connection.execute(
            text("INSERT INTO price_book VALUES (:home, 'WZ-OLD', '2026-10-01', :body, NULL, NULL, NULL)"),
            {"home": service.context.home_id, "body": body},
        )


def bent(service: Service, change: Callable[[Line], Line], cause: str | None = None, *, seen: bool = True) -> None:
    """The storage line of a case once more, bent: with the fact that posted it, as if it were posted just now."""
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)

    def act(connection: Connection) -> None:
        log = open_log(connection, service.context.home_id)
        tx = working_set(connection, service.context.home_id, log, service.clock.now)
        facts = tx.stored_facts(case_no)
        [cold] = [one for one in open_lines(tx, case_no) if one.line.item == "cold_storage"]
        [fact] = [one for one in facts if one.cause == cold.cause]
        fact = fact.model_copy(update={"observed": seen})
        before, line = tx.case_at(case_no, fact.order[0] - 1), change(cold.line)
        assert before is not None
        log_no = log.add("bent", case_no, "", service.clock.now)
        tx.looked.append((log_no, 0, fact, before, Posting((PostedLine(cause or fact.cause, line),))))
        tx.lines.append((case_no, log_no, cause or fact.cause, line, None))
        flush(tx)

    transact(service.context.engine, act)


def raised(service: Service) -> set[Rule]:
    return {one.key.rule for one in flags(service)}


def test_a_price_outside_its_range(service: Service) -> None:
    listed(service, cold_storage={"regime": Regime.REFERENCE, "low_fen": 9_000, "high_fen": 12_000})
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)

    [flag] = flags(service)

    assert (flag.key.rule, flag.evidence.bound_fen) == (Rule.OUTSIDE_RANGE, 9_000)


def test_one_service_twice_on_a_day(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_DRESSING, Step.PREPARE, Step.PREPARED)

    [flag] = flags(service)

    assert (flag.key.rule, len(flag.evidence.causes)) == (Rule.SPLIT, 2)


def test_a_tap_that_charges_nothing(service: Service) -> None:
    listed(service, without="transport")
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE)

    [flag] = flags(service)

    assert (flag.key.rule, flag.key.line_no, flag.station) == (Rule.TAP_WITHOUT_CHARGE, -1, "transport")


BENT: dict[Rule, tuple[Callable[[Line], Line], str | None]] = {
    Rule.PRICE_OVERRIDDEN: (lambda line: line.model_copy(update={"price_fen": 7_999}), None),
    Rule.WAIVER_UNSOURCED: (lambda line: line.model_copy(update={"waiver_fen": line.price_fen}), None),
    Rule.CHARGE_WITHOUT_TAP: (lambda line: line, "office:999999"),
}


@pytest.mark.parametrize("rule", BENT)
def test_what_no_honest_service_posts(service: Service, rule: Rule) -> None:
    bent(service, *BENT[rule])

    assert rule in raised(service)


def test_an_item_beside_the_one_that_includes_it(service: Service) -> None:
    listed(service, cold_storage={"includes": ("dressing",)})

    bent(service, lambda line: line.model_copy(update={"item": "dressing"}))

    assert Rule.BUNDLED in raised(service)


def test_a_line_that_was_typed_and_seen_by_no_tap(service: Service) -> None:
    bent(service, lambda line: line, seen=False)

    assert Rule.MANUAL_LINE in raised(service)
