"""The night at the real service: nothing to find, planted rows, once a day with several processes, the command."""

import random
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.reconciliation import Code, Findings
from cardsvc.handlers import reconcile
from cardsvc.store import reconciling
from cardsvc.store import tables as t
from cardsvc.vault import keystore
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_SHELF, TO_STORAGE, go, opened


def burnt(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, *TO_SHELF[:2], Step.CERTIFY)


def run(service: Service, again: bool = False) -> Findings | None:
    now = service.clock.now
    return reconcile.handle(service.context, local(now).date(), now, again=again)


def test_a_whole_case_leaves_nothing_to_find_but_the_count_and_what_waits_to_be_sent(service: Service) -> None:
    burnt(service)

    findings = run(service)

    assert findings is not None
    assert [one.code for one in findings.findings] == [Code.MESSAGES_WAIT]
    assert findings.figures["on_shelf"] == 1 and findings.figures["loads"] == 1
    assert findings.minutes == {"F1": 60}


def test_a_place_that_was_emptied_by_hand_is_found(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    with service.context.engine.begin() as connection:
        connection.execute(delete(t.occupancy))

    findings = run(service)

    assert findings is not None
    [found] = [one for one in findings.findings if one.code is Code.BODY_NOT_IN_PLACE]
    assert [(row.name, row.case_no) for row in found.rows] == [("slot A-07", case_no)]


def test_a_day_is_reconciled_once_though_several_processes_try(service: Service) -> None:
    results: list[Findings | None] = []
    tries = [threading.Thread(target=lambda: results.append(run(service))) for _ in range(4)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()

    assert sum(one is not None for one in results) == 1
    assert run(service) is None
    assert run(service, again=True) is not None
    with service.context.engine.connect() as connection:
        assert len(connection.execute(select(t.reconciliation)).all()) == 2
        assert len(reconciling.nights(connection, service.context.home_id)) == 1


def test_yesterday_is_due_from_the_hour_on_until_it_is_done(service: Service) -> None:
    before, after = (datetime(2026, 11, 2, 18, minute, tzinfo=UTC) for minute in (29, 30))  # 02:29 and 02:30 local

    assert reconcile.due(service.context, before, time(2, 30)) is None
    yesterday = reconcile.due(service.context, after, time(2, 30))
    assert yesterday is not None and yesterday.isoformat() == "2026-11-02"
    reconcile.handle(service.context, yesterday, after)
    assert reconcile.due(service.context, after, time(2, 30)) is None
    assert reconcile.due(service.context, after + timedelta(days=1), time(2, 30)) is not None


def test_a_service_that_was_down_three_nights_does_those_days_at_start_the_oldest_first(service: Service) -> None:
    at = time(2, 30)
    evening = datetime(2026, 11, 2, 12, tzinfo=UTC)
    reconcile.handle(service.context, evening.date() - timedelta(days=1), evening)
    back = datetime(2026, 11, 5, 17, tzinfo=UTC)  # 01:00 local on the 6th: the 5th itself waits for its hour
    found = []

    while (day := reconcile.due(service.context, back, at)) is not None:
        found.append(day.isoformat())
        reconcile.handle(service.context, day, back)

    assert found == ["2026-11-02", "2026-11-03", "2026-11-04"]
    later = reconcile.due(service.context, back + timedelta(hours=2), at)
    assert later is not None and later.isoformat() == "2026-11-05"


def test_a_night_that_was_jumped_over_is_caught_up_and_an_old_gap_is_not(service: Service) -> None:
    now = datetime(2026, 12, 31, 20, tzinfo=UTC)
    for day in ("2026-11-01", "2026-11-03", "2026-12-31"):
        reconcile.handle(service.context, date.fromisoformat(day), now)

    oldest = reconcile.due(service.context, now, time(2, 30))

    assert oldest is not None and oldest.isoformat() == "2026-12-01"


def test_the_first_log_number_of_a_moment_is_found_by_halving(service: Service) -> None:
    burnt(service)
    with service.context.engine.connect() as connection:
        links = connection.execute(select(t.audit_link.c.log_no, t.audit_link.c.at).order_by(t.audit_link.c.log_no))
        rows = [(row.log_no, row.at) for row in links]
        for at in sorted({at for _, at in rows}):
            first = min(log_no for log_no, moment in rows if moment >= at)
            assert reconciling.log_no_at(connection, service.context.home_id, at) == first
        late = rows[-1][1] + timedelta(seconds=1)
        assert reconciling.log_no_at(connection, service.context.home_id, late) == rows[-1][0] + 1


def test_the_command_names_what_does_not_agree(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    quiet = CliRunner().invoke(app, ["reconcile", "--day", "2026-11-01"])
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)

    found = CliRunner().invoke(app, ["reconcile", "--day", "2026-11-01"])
    wrong, nobody = CliRunner().invoke(app, ["reconcile", "--day", "x"]), CliRunner().invoke(app, ["outbox"])

    assert (quiet.exit_code, found.exit_code, wrong.exit_code, nobody.exit_code) == (0, 1, 2, 2), found.output
    assert "count_missing" in found.output and "everything agrees" in quiet.output
    assert "ONECARD_GATEWAY_URL" in nobody.output


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"ONECARD_GATEWAY_URL": "http://127.0.0.1:9/"}, "ONECARD_GATEWAY_SECRET"),
        ({"ONECARD_STATUTORY_URL": "http://127.0.0.1:9/", "ONECARD_STATUTORY_SECRET": "x"}, "https://"),
        ({"ONECARD_TREASURY_URL": "https://127.0.0.1:9/"}, "ONECARD_TREASURY_SECRET"),
        ({"ONECARD_POLICE_URL": "http://127.0.0.1:9/", "ONECARD_POLICE_SECRET": "x"}, "https://"),
        (
            {
                "ONECARD_STATUTORY_URL": "https://127.0.0.1:9/",
                "ONECARD_STATUTORY_SECRET": "x",
                "ONECARD_STATUTORY_CA": "/nowhere.pem",
            },
            "there is no file",
        ),
    ],
)
def test_a_receiver_that_is_set_up_by_halves_is_refused_with_what_to_set(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], says: str
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    for name, value in setting.items():
        monkeypatch.setenv(name, value)

    refused = CliRunner().invoke(app, ["outbox"])

    assert refused.exit_code == 2 and says in refused.output
