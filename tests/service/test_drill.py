"""The drill: green on a home that works, red with a planted bug, and the real database is only read."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.api import drilling
from cardsvc.core import preconditions, tap
from cardsvc.core.case import Case
from cardsvc.core.drill import Attempt, Drill, Whose
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.gate import Gate, Precondition
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reconciliation import Code
from cardsvc.handlers import reconcile
from cardsvc.handlers.record_tap import known_here
from cardsvc.store import drills
from cardsvc.store.tables.kinds import metadata
from cardsvc.vault import keystore
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened, stored

pytestmark = pytest.mark.one_engine
BY = StaffNo("1015")


@pytest.fixture
def two(service: Service) -> tuple[CaseNo, CaseNo]:
    """A body in storage, and a booking by phone without card and tag."""
    first, card = opened(service)
    go(service, first, card, *TO_STORAGE)
    second = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="林秀英").case_no
    assert second is not None
    return first, second


def drilled(service: Service, numbers: tuple[CaseNo, CaseNo] | None = None) -> tuple[int, Drill]:
    number = drilling.run(service.context, BY, numbers)
    assert isinstance(number, int), number
    with service.context.engine.connect() as connection:
        row = drills.one(connection, service.context.home_id, number)
    assert row is not None and row[2] == BY
    return number, row[3]


def rows(service: Service) -> dict[str, int]:
    with service.context.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_a_drill_refuses_every_wrong_attempt_and_lets_the_right_ones_pass(
    service: Service, two: tuple[CaseNo, CaseNo]
) -> None:
    _, drill = drilled(service)

    assert drill.failed == ()
    assert not drill.red
    assert {drill.first, drill.second} == set(two)
    assert len(drill.attempts) == 2 * 2 * 9 * 18
    right = [one for one in drill.attempts if one.right]
    assert [(one.step, one.refusals) for one in right] == [(Step.ARM, ()), (Step.LOAD, ())] * 2
    swapped = [one for one in drill.attempts if one.tag is Whose.OTHER and one.station is StationKind.CREMATION]
    assert swapped and all(Problem.TAG_MISMATCH in one.refusals for one in swapped)


def test_a_drill_changes_nothing_but_its_own_row_and_the_log(service: Service, two: tuple[CaseNo, CaseNo]) -> None:
    before, cases = rows(service), [stored(service, number) for number in two]

    drilled(service, two)

    after = rows(service)
    assert {name for name in after if after[name] != before[name]} == {"drill", "audit_link"}
    assert (after["drill"], after["audit_link"]) == (1, before["audit_link"] + 1)
    assert [stored(service, number) for number in two] == cases


def plant(monkeypatch: pytest.MonkeyPatch, gate: tuple[Precondition, ...]) -> None:
    for step in (Step.ARM, Step.LOAD):
        monkeypatch.setitem(tap.GATES, step, gate)


def no_tag_at_furnace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the tag at the furnace is the body's."""

    def blind(gate: Gate) -> str:
        return "-"

    def matches(case: Case, asked: Asked) -> Refusal | None:
        return None if asked.step in (Step.ARM, Step.LOAD) else preconditions.tag_matches(case, asked)

    gate = tuple(replace(row, holds=blind) if row.name == "tag_at_furnace" else row for row in tap.GATES[Step.ARM])
    always = tuple(matches if one is preconditions.tag_matches else one for one in preconditions.ALWAYS)
    plant(monkeypatch, gate)
    monkeypatch.setattr(tap, "ALWAYS", always)


def no_disc_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whose disc it is."""
    gate = tuple(row for row in tap.GATES[Step.ARM] if row.name != "disc_is_new")
    plant(monkeypatch, gate)
    monkeypatch.setattr(known_here, "marks_of", lambda step, details: iter(()))


def no_right_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is refused, the right attempt too."""

    def never(gate: Gate) -> Refusal:
        return Refusal(Problem.ALERT_OPEN)

    gate = tuple(replace(row, holds=never) if row.name == "no_alert" else row for row in tap.GATES[Step.ARM])
    plant(monkeypatch, gate)


def wrong_tag(one: Attempt) -> bool:
    return one.tag is Whose.OTHER


def wrong_disc(one: Attempt) -> bool:
    return one.disc is Whose.OTHER


def is_right(one: Attempt) -> bool:
    return one.right


@pytest.mark.parametrize(
    ("bug", "fails"),
    [(no_tag_at_furnace, wrong_tag), (no_disc_marks, wrong_disc), (no_right_way, is_right)],
)
def test_a_planted_bug_makes_the_drill_red_and_opens_work_until_a_green_one(
    service: Service,
    two: tuple[CaseNo, CaseNo],
    bug: Callable[[pytest.MonkeyPatch], None],
    fails: Callable[[Attempt], bool],
) -> None:
    with pytest.MonkeyPatch.context() as planted:
        bug(planted)
        number, drill = drilled(service)

    assert drill.red and drill.failed and all(fails(one) for one in drill.failed)
    with service.context.engine.connect() as connection:
        assert drills.open_red(connection, service.context.home_id) == (number,)
    findings = reconcile.handle(service.context, service.clock.now.date(), service.clock.now)
    assert findings is not None and Code.DRILL_RED in [one.code for one in findings.findings]
    drilled(service)
    with service.context.engine.connect() as connection:
        assert drills.open_red(connection, service.context.home_id) == ()


def test_a_drill_needs_two_different_cases(service: Service, two: tuple[CaseNo, CaseNo]) -> None:
    same = drilling.run(service.context, BY, (two[0], two[0]))
    unknown = drilling.run(service.context, BY, (two[0], CaseNo("WZ-2026-999999")))

    assert isinstance(same, Refusal) and same.problem is Problem.CASE_DUPLICATE
    assert isinstance(unknown, Refusal) and unknown.problem is Problem.CASE_UNKNOWN


def test_the_evidence_of_a_drill_cannot_be_rewritten(service: Service, two: tuple[CaseNo, CaseNo]) -> None:
    drilled(service)
    table = metadata.tables["drill"]
    with pytest.raises(Exception, match="append-only"), service.context.engine.begin() as connection:
        connection.execute(table.update().values(staff_no="1001"))


def test_the_command_says_the_colour_and_who_may_order_it(
    service: Service, two: tuple[CaseNo, CaseNo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")

    def ordered(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["drill", *arguments])
        return result.exit_code, result.output

    assert ordered("--by", "1001")[0] == 2
    assert ordered("--by", "1015", "--first", two[0])[0] == 2
    green = ordered("--by", "1015", "--first", two[0], "--second", two[1])
    assert green[0] == 0 and "green, 648 attempts, 0 as they must not" in green[1]
    no_tag_at_furnace(monkeypatch)
    red = ordered("--by", "1015")
    assert red[0] == 1 and "RED" in red[1]
