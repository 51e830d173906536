"""Row 6: every way to look at the review list over 1,000,000 flags, against the same page over 10,000; both engines.

The flags are made by the database itself, of a distribution as homes have it: few rules common, most families pay, many
small amounts and few large ones, five years of months, most of it decided. A page is read over HTTP from a service in a
process of its own. Rare values are asked for on purpose: there a list that reads on until it has a page reads longest.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx2
from sqlalchemy import Connection, text

from bench.measuring import Figure
from bench.pages import Reader, compared
from bench.upload import served
from cardsvc.core.review import Rule
from cardsvc.core.reviewing import FlagState
from cardsvc.core.terms import Payer
from cardsvc.store.engine import transact
from tests.service.test_review import cold
from tests.support.home import Service

AUDITOR = "1016"
FLAGS_A_CASE = 10
MONTHS = tuple(f"{year}-{month:02}" for year in range(2022, 2027) for month in range(1, 13))
STATES = {FlagState.OPEN: 20, FlagState.ACCEPTED: 76, FlagState.RETURNED: 3, FlagState.REVERSED: 1}
RULES = {
    Rule.MANUAL_LINE: 40, Rule.SPLIT: 20, Rule.PRICE_OVERRIDDEN: 9, Rule.OUTSIDE_RANGE: 9, Rule.BUNDLED: 6,
    Rule.WAIVER_UNSOURCED: 6, Rule.TAP_WITHOUT_CHARGE: 4, Rule.CHARGE_WITHOUT_TAP: 3, Rule.ABOVE_CAP: 1,
    Rule.ONE_PERSON: 1, Rule.OLD_SUSPENSE: 1,
}  # fmt: skip
PAYERS = {Payer.FAMILY: 88, Payer.TREASURY: 8, Payer.POLICE: 2, Payer.INSURER: 1, Payer.OTHER: 1}
ITEMS = {"cold_storage": 45, "transport": 25, "flowers": 15, "urn_basic": 10, "hall_small": 4, "mourning_band": 1}
STATIONS = {"cold_storage": 45, "transport": 20, "arrangement": 15, "office": 12, "dressing": 5, "ashes": 3}
PAGES = {
    "first page": "",
    "what was decided": "state=accepted",
    "sorted by amount": "order=dearest",
    "rule": "rule=split",
    "item and payer": "item=cold_storage&payer=treasury",
    "station and month": "state=accepted&station=cold_storage&month=2022-03",
    "month by amount": "state=accepted&month=2024-07&order=dearest",
    "rule by amount": "rule=manual_line&order=dearest",
    "amounts from": "from=7500",
    "rarest amounts": "from=9861",
    "rare rule, amounts": "rule=one_person&from=5000&to=5010",
    "nothing found": "rule=old_suspense&item=mourning_band&payer=insurer&station=dressing",
}
"""Each fills a page of either list, or finds next to nothing in both: what is compared is the search, not the paint."""
SEARCHED = "searched by case"
PAGES[SEARCHED] = "case_no=WZ-2020-000077"
DEEP = {
    "deep page": "log_no, line_no, rule",
    "deep page by amount": "amount_fen, log_no, line_no, rule",
}
FLAGS = """
INSERT INTO review_flag
WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < :many)
SELECT home_id, 1000000 + i, 0, one_rule.said, 'WZ-2020-' || substr(CAST(1000000 + i % :cases AS TEXT), 2),
    one_item.said, one_payer.said, one_station.said, caused_by, second,
    100 + (CAST(i AS BIGINT) * 7907 % 991) * (CAST(i AS BIGINT) * 104729 % 997), at, one_month.said, evidence,
    one_state.said
FROM number LEFT JOIN review_flag ON log_no = :like
{joins}
"""
CASES = """
INSERT INTO funeral_case (home_id, case_no, county, stage, opened_at, changed_log_no, body, shown_name, relation,
    deceased_name_sealed, applicant_name_sealed, applicant_phone_sealed, address_sealed, phone_blind)
WITH RECURSIVE number (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i < :cases - 1)
SELECT home_id, 'WZ-2020-' || substr(CAST(1000000 + i AS TEXT), 2), county, 'closed', opened_at, 1, body, shown_name,
    relation, deceased_name_sealed, applicant_name_sealed, applicant_phone_sealed, address_sealed, phone_blind
FROM number JOIN funeral_case ON case_no = :like
"""


LOTS: dict[str, dict[str, int]] = {
    "state": {one.value: weight for one, weight in STATES.items()},
    "rule": {one.value: weight for one, weight in RULES.items()},
    "payer": {one.value: weight for one, weight in PAYERS.items()},
    "item": ITEMS,
    "station": STATIONS,
    "month": dict.fromkeys(MONTHS, 1),
}
"""How many of a hundred flags have which value."""
STEPS = (7919, 15_485_863, 32_452_843, 49_979_687, 67_867_967, 86_028_121)
"""Primes: each column draws its lots in an order of its own."""


def flagged(connection: Connection, like: tuple[str, int], many: int) -> None:
    """So many flags, and a case for every ten of them."""
    cases, (case_no, log_no) = many // FLAGS_A_CASE, like
    connection.execute(text("CREATE TEMPORARY TABLE drawn (name TEXT, lot BIGINT, said TEXT, PRIMARY KEY (name, lot))"))
    joins = []
    for (name, weights), step in zip(LOTS.items(), STEPS, strict=True):
        lots = [one for one, weight in weights.items() for _ in range(weight)]
        rows = [{"name": name, "lot": number, "said": said} for number, said in enumerate(lots)]
        connection.execute(text("INSERT INTO drawn VALUES (:name, :lot, :said)"), rows)
        drawn = f"CAST(i AS BIGINT) * {step} % 100003 % {len(lots)}"
        joins.append(f"LEFT JOIN drawn AS one_{name} ON one_{name}.name = '{name}' AND one_{name}.lot = {drawn}")
    connection.execute(text(CASES), {"cases": cases, "like": case_no})
    flags = FLAGS.format(joins="\n".join(joins))
    connection.execute(text(flags), {"many": many, "cases": cases, "like": log_no})


@contextmanager
def home_with(dsn: str, many: int) -> Iterator[Reader]:
    """A home whose review list has so many flags, and somebody who reads it."""
    service = Service(dsn)
    service.clock.now = datetime.now(UTC)
    case_no, _ = cold(service)
    engine, began = service.context.engine, time.perf_counter()
    with engine.connect() as connection:
        log_no = connection.execute(text("SELECT log_no FROM review_flag")).scalar_one()
    transact(engine, lambda connection: flagged(connection, (case_no, log_no), many))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))  # as its own daemon does after so many rows
            connection.execute(text("CHECKPOINT"))
    with engine.connect() as connection:
        deep = {name: _at_nine_tenths(connection, order) for name, order in DEEP.items()}
    service.close()
    print(f"  {many:,} flags made in {time.perf_counter() - began:,.0f} s", file=sys.stderr, flush=True)
    with served(dsn) as url, httpx2.Client(base_url=url, timeout=300) as desk:
        desk.post("/office/sign-in", data={"staff_no": AUDITOR, "password": AUDITOR * 2})
        yield Reader(desk, "/office/review", PAGES | deep)


def _at_nine_tenths(connection: Connection, order: str) -> str:
    """The address of a page far down the open list: the key of the flag before it."""
    left = connection.execute(text("SELECT count(*) FROM review_flag WHERE state = 'open'")).scalar_one() // 10
    found = text(f"SELECT * FROM review_flag WHERE state = 'open' ORDER BY {order} LIMIT 1 OFFSET {left}")
    one = connection.execute(found).one()
    kept = "order=dearest&" if order.startswith("amount") else ""
    return f"{kept}after={one.log_no}.{one.line_no}.{one.rule}"


def review(quick: bool) -> list[Figure]:
    """Milliseconds of each page, on both engines."""
    return compared("review", home_with, {SEARCHED}, quick)
