"""A virtual card is kept on disk as it is committed: after whatever lasts, and not at every word."""

import random
from pathlib import Path

from cardsvc.core.card.profile import KEY_BIND
from cardsvc.core.card.script import run
from cardsvc.core.virtual_card import store
from cardsvc.demo.chips import keep, keeper
from tests.core.card import desk


def test_a_tap_is_kept_when_it_is_committed_and_only_then(tmp_path: Path) -> None:
    path, card = tmp_path / "card.json", desk.bound()
    keep(card, path)
    before = path.read_text()
    look = keeper(card, path)

    def told(apdu: bytes) -> bytes:
        answer = card.transmit(apdu)
        look()
        if apdu[1] != 0xC7:
            assert path.read_text() == before
        return answer

    run(desk.tap(1, 2), told)
    assert path.read_text() != before
    assert store.dump(store.load(path.read_text(), random.Random(1).randbytes)) == store.dump(card)


def test_reading_writes_nothing(tmp_path: Path) -> None:
    path, card = tmp_path / "card.json", desk.blank()
    look = keeper(card, path)
    desk.look(card, 1, KEY_BIND)
    look()
    assert not path.exists()
