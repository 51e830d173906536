"""The demo's months: told by the rules, whole to the last row, with cards that say what the service says."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from cardsvc.core.card.image import TrailKey, check_trail
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_TAP
from cardsvc.core.card.script import run
from cardsvc.core.facts import Stage
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.reporting import Period
from cardsvc.core.statements import PAYERS
from cardsvc.core.virtual_card import store
from cardsvc.demo import home
from cardsvc.demo.casting import MONTHS
from cardsvc.demo.history import History
from cardsvc.demo.people import invent
from cardsvc.handlers import make_report
from cardsvc.naming.identity import valid_id_no
from cardsvc.store import day_close, office, statements
from cardsvc.store.engine import create_schema, open_engine
from cardsvc.store.verifying import first_fault
from terminal import identity
from terminal.journal import Journal
from tests.support.home import Service, quick_hash

END = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
INSIDE = (("receivable", "/family"), ("deposit", ""), ("suspense", ""))
LASTING = set(Stage) - {Stage.ARMED, Stage.AT_REST}


@pytest.fixture(scope="module")
def folder(quick_home: Path) -> Path:
    return quick_home


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[Service]:
    service = Service(f"sqlite:///{folder / 'onecard.db'}")
    service.clock.now = END
    steps = list(History(service.context, folder, END, 80, allow_memory=True).tell())
    assert steps[-1] == (80, 80)
    assert all(before <= after for (before, _), (after, _) in pairwise(steps))
    yield service
    service.close()


def test_there_are_cases_in_every_stage_that_lasts_and_over_months(told: Service) -> None:
    with told.context.engine.connect() as connection:
        counted = connection.execute(text("SELECT stage, COUNT(*) FROM funeral_case GROUP BY stage"))
        stages = {str(stage): int(count) for stage, count in counted}
        first, last = connection.execute(text("SELECT MIN(opened_at), MAX(opened_at) FROM funeral_case")).one()
    assert sum(stages.values()) == 80
    assert set(stages) >= LASTING
    assert first < "2026-09" and last > "2026-11-24"


def test_nothing_was_refused_and_everything_is_whole(told: Service) -> None:
    with told.context.engine.connect() as connection:
        assert office.unsettled(connection, told.context.home_id) == []
    assert first_fault(told.context.engine, told.context.home_id, lambda _: None) is None


def test_no_case_is_closed_with_money_inside(told: Service) -> None:
    with told.context.engine.connect() as connection:
        closed = connection.execute(text("SELECT case_no FROM funeral_case WHERE stage = 'closed'")).scalars().all()
        kept = connection.execute(text("SELECT account FROM account WHERE debit_fen <> credit_fen")).scalars().all()
    inside = {f"{kind}/{one}{end}" for one in closed for kind, end in INSIDE}
    assert len(closed) > 40 and inside & set(kept) == set()


def test_every_payer_that_is_sent_statements_owes_lines_for_one(told: Service) -> None:
    with told.context.engine.connect() as connection:
        owed = {one: statements.unstated_fen(connection, told.context.home_id, one) for one in PAYERS}
    assert len(owed) == 3 and all(fen > 0 for fen in owed.values())


def test_every_journal_is_whole_and_settled(told: Service, folder: Path) -> None:
    for one in sorted((folder / "stations").iterdir()):
        known = identity.load(one)
        journal = Journal(one / "journal.db", known.journal_id, known.signing, allow_memory=True)
        assert journal.head[0] > 0
        assert journal.settled_seq() == journal.head[0]
        journal.close()


def test_the_cards_of_open_cases_say_what_the_service_says(told: Service, folder: Path) -> None:
    with told.context.engine.connect() as connection:
        rows = {row.card_no: row for row in office.cards(connection, told.context.home_id)}
        keys = {
            (row.number, row.journal_id): TrailKey(row.public_key)
            for row in connection.execute(
                text(
                    "SELECT s.number, j.journal_id, j.public_key"
                    " FROM station s JOIN journal j ON j.station_id = s.station_id"
                )
            )
        }
    files = sorted((folder / "cards").glob("*.json"))
    assert len(files) >= 15
    for path in files:
        card = store.load(path.read_text(), random.Random(1).randbytes)
        key = SoftwareKey(told.context.vault.card_key(card.uid, KEY_TAP, 1))
        session = run(PROFILE.open(key, KEY_TAP, bytes(16)), card.transmit)
        image, _ = run(PROFILE.read(card.uid, session), card.transmit)
        row = rows[image.identity.card_no if image.identity else ""]
        assert image.state is not None and image.identity is not None
        assert (image.state.counter, image.identity.case_no) == (row.counter, row.case_no)
        assert image.state.last is not None
        assert (image.state.last.journal_id, image.state.last.seq) == (row.last_journal, row.last_seq)
        check_trail(image, lambda *station: keys.get(station))


def test_no_invented_name_or_number_is_in_a_journal_or_on_a_card(told: Service, folder: Path) -> None:
    """The stations' files hold bookings only sealed; a card holds no personal data at all."""
    with told.context.engine.connect() as connection:
        sealed = connection.execute(
            text("SELECT case_no, id_no_sealed FROM funeral_case WHERE id_no_sealed IS NOT NULL")
        ).all()
    numbers = [told.context.vault.show(row.id_no_sealed, f"funeral_case/{row.case_no}/id_no") for row in sealed]
    kept = b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix in (".json", ".db")
    )
    assert not [one for one in numbers if one.encode() in kept]


def test_invented_people_have_valid_numbers_and_are_the_same_every_time() -> None:
    people = [invent(random.Random(seed), END.date()) for seed in range(200)]
    assert all(valid_id_no(one.id_no) for one in people)
    assert people == [invent(random.Random(seed), END.date()) for seed in range(200)]
    assert all(json.dumps(one.phone).startswith('"1380000') for one in people)


def test_its_drawers_are_counted_and_its_days_closed_one_by_one(quick_path: Path) -> None:
    other = Service(f"sqlite:///{quick_path / 'other.db'}").context
    context = replace(other, engine=open_engine(f"sqlite:///{quick_path / 'past.db'}"))
    create_schema(context.engine)
    home.found(replace(context, clock=lambda: END - MONTHS), quick_hash)
    list(History(context, quick_path, END, 24, allow_memory=True).tell())
    september = Period(date(2026, 9, 1), date(2026, 9, 30))

    made = make_report.handle(replace(context, clock=lambda: END), september, "zh_CN")

    assert isinstance(made, make_report.Made) and {"items", "means", "taps"} <= {
        one.name for one in made.report.sections
    }
    with context.engine.connect() as connection:
        closed = day_close.listed(connection, context.home_id, None, 500)
        shifts = connection.execute(text("SELECT staff_no, closed_at, expected_fen, counted_fen FROM till_shift")).all()
        nowhere = connection.execute(text("SELECT COUNT(*) FROM till_taking WHERE shift_no IS NULL")).scalar_one()
    assert [one.day for one in closed] == [date(2026, 11, 24) - timedelta(days=n) for n in range(MONTHS.days)]
    assert {(one.by, one.second) for one in closed} == {("1010", "1015")} and any(one.moved for one in closed)
    over = [one for one in shifts if one.closed_at is not None]
    assert len(over) > 100 and all(one.expected_fen == one.counted_fen for one in over)
    assert len(shifts) - len(over) == 2 and nowhere == 0
    assert first_fault(context.engine, context.home_id, lambda _: None, context.vault.public_key) is None
    context.engine.dispose()
