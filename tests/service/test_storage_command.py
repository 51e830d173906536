"""`cardsvc storage-notices`: for a timer, any number of times."""

import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.core.terms import Notice
from cardsvc.store import outbox
from cardsvc.vault import keystore
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened

pytestmark = pytest.mark.one_engine


def test_a_timer_writes_what_is_due_and_a_second_run_writes_none(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)

    first, second = (CliRunner().invoke(app, ["storage-notices"]).output for _ in range(2))

    with service.context.engine.connect() as connection:
        both = (Notice.STORAGE_ENDS, Notice.STORAGE_OVERDUE)
        written = sum(len(outbox.of_case(connection, service.context.home_id, case_no, one)) for one in both)
    assert first == f"notices written: {written}\n", "one, unless the machine's clock is before the term's end"
    assert second == "notices written: 0\n"
