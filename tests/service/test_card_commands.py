"""Cards from the command line: a batch with a chip that fails, acts by two people, labels that scan."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pyzbar.pyzbar import decode
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.commands.ground import context_of
from cardsvc.commands.making import Made, make_many
from cardsvc.core.card.errors import CardGone
from cardsvc.core.ids import CardNo
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.words import say
from cardsvc.demo.home import found
from cardsvc.documents import labels
from cardsvc.handlers import issue_card
from cardsvc.settings import Settings, chance
from cardsvc.store import cards
from cardsvc.store.engine import create_schema, open_engine
from cardsvc.vault import keystore
from terminal.readers.reader import CardIn, CardOut, Event
from tests.support.home import Service, quick_hash
from tests.support.pictures import keep, wanted

pytestmark = pytest.mark.one_engine
HOME = ("温州市殡仪馆", "Wenzhou Funeral Home")


class Torn(VirtualCard):
    """A chip that leaves the field after so many exchanges, once."""

    left = 12

    def transmit(self, apdu: bytes) -> bytes:
        self.left -= 1
        if self.left == 0:
            self.field_off()
            raise CardGone("pulled away")
        return super().transmit(apdu)


class Feeder:
    """A reader onto which somebody lays one chip after another; when none is left, they press Ctrl-C."""

    name = "feeder"

    def __init__(self, *chips: VirtualCard) -> None:
        self.chips, self.on = list(chips), False

    def wait(self, timeout_s: float) -> Event | None:
        if self.on:
            self.on = False
            self.chips.pop(0).field_off()
            return CardOut()
        if not self.chips:
            raise KeyboardInterrupt
        self.on = True
        return CardIn(self.chips[0].atr)

    def transmit(self, apdu: bytes) -> bytes:
        return self.chips[0].transmit(apdu)

    def close(self) -> None:
        self.chips.clear()


def chip(number: int, kind: type[VirtualCard] = VirtualCard) -> VirtualCard:
    return kind(bytes([4, number, 3, 4, 5, 6, 7]), random.Random(number).randbytes)


def pool(service: Service) -> list[CardNo]:
    with service.context.engine.connect() as connection:
        return cards.numbers(connection, service.context.home_id, CardNo("WZC-000000"), CardNo("WZC-999999"))


def test_a_batch_skips_a_chip_that_fails_and_one_that_is_known_and_goes_on(service: Service) -> None:
    torn, first, said = chip(2, Torn), chip(1), list[str]()
    made = Made()

    make_many(service.context, Feeder(first, torn, first, chip(3), torn), 3, made, said.append)

    assert made.numbers == ["WZC-000001", "WZC-000002", "WZC-000003"] == pool(service)
    assert made.skipped == [("04020304050607", "pulled away"), ("04010304050607", "it is WZC-000001 already")]
    assert [line.split(";")[0] for line in said if line.startswith("skipped")] == [
        "skipped 04020304050607: pulled away",
        "skipped 04010304050607: it is WZC-000001 already",
    ]


def test_a_batch_that_is_interrupted_goes_on_where_it_was(service: Service) -> None:
    made, said = Made(), list[str]()
    with pytest.raises(KeyboardInterrupt):
        make_many(service.context, Feeder(chip(1), chip(2)), 3, made, said.append)
    assert made.numbers == ["WZC-000001", "WZC-000002"]

    make_many(service.context, Feeder(chip(3)), 3, made, said.append)

    assert made.numbers == ["WZC-000001", "WZC-000002", "WZC-000003"] == pool(service)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home on disk, as the commands find it; with one blank card."""
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of the test")
    settings = Settings()
    keystore.make(settings.keystore, "a passphrase of the test", chance)
    create_schema(open_engine(settings.database))
    context = context_of(settings)
    assert context.home_id == "WZ"
    found(context, quick_hash)
    for number in (1, 2):
        issue_card.handle(context, issue_card.next_number(context), chip(number).uid, context.clock())
    return settings


def told(*words: str, typed: str = "") -> Any:
    return CliRunner().invoke(app, ["card", *words], input=typed)


def test_the_command_line_asks_each_person_for_their_own_password(shop: Settings) -> None:
    blocked = told("block", "WZC-000001", "lost", "--by", "1001", typed="10011001\n")
    assert (blocked.exit_code, blocked.output.splitlines()[-1]) == (0, "WZC-000001 blocked")
    wrong = told("unblock", "WZC-000001", "--by", "1015", "--second", "1016", typed="10151015\n10151015\n")
    assert wrong.exit_code == 1 and say("en", "problem.sign_in_failed.say") in wrong.output
    alone = told("unblock", "WZC-000001", "--by", "1015", "--second", "1015", typed="10151015\n10151015\n")
    assert alone.exit_code == 1 and say("en", "problem.second_person_same.say") in alone.output
    clerk = told("unblock", "WZC-000001", "--by", "1001", "--second", "1016", typed="10011001\n10161016\n")
    assert clerk.exit_code == 1 and say("en", "problem.not_allowed.say") in clerk.output
    both = told("unblock", "WZC-000001", "--by", "1015", "--second", "1016", typed="10151015\n10161016\n")
    assert (both.exit_code, both.output.splitlines()[-1]) == (0, "WZC-000001 unblocked")
    assert "10151015" not in both.output
    copied = told("block", "WZC-000001", "cloned", "--by", "1001")
    assert copied.exit_code == 2 and "lost, damaged, stolen" in copied.output


def test_labels_are_written_for_the_cards_that_there_are(shop: Settings, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    made = told("labels", "WZC-000001", "WZC-000009", "--out", str(out))
    assert made.exit_code == 0 and "2 labels" in made.output
    assert out.read_bytes().startswith(b"%PDF")
    assert told("labels", "WZC-000008", "WZC-000009", "--out", str(out)).exit_code == 1


def test_a_label_scans_to_its_card_number_and_nothing_else() -> None:
    label = labels.render(HOME, [CardNo("WZC-000042")], "png")
    if wanted():
        keep("label", label)
    picture = Image.open(io.BytesIO(label))
    assert abs(picture.width / picture.height - 100 / 60) < 0.01
    assert [one.data.decode() for one in decode(picture)] == ["WZC-000042"]
