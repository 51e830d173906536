"""What the pages of the duties say has its word in both languages."""

from enum import StrEnum

import pytest

from cardsvc.core.drill import Whose
from cardsvc.core.outgoing import Channel, SendError
from cardsvc.core.reconciliation import RowKind
from cardsvc.core.statutory import Event
from cardsvc.core.words import LANGUAGES, say

TABLES: dict[str, type[StrEnum]] = {
    "channel": Channel,
    "send_error": SendError,
    "statutory_event": Event,
    "finding_row": RowKind,
    "whose": Whose,
}


@pytest.mark.parametrize("table", TABLES)
def test_every_value_has_a_word(table: str) -> None:
    for language in LANGUAGES:
        for value in TABLES[table]:
            assert say(language, f"{table}.{value}").strip()
