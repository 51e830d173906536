"""The commands of the virtual card, in one table."""

from collections.abc import Mapping

from cardsvc.core.virtual_card.answer import Handler
from cardsvc.core.virtual_card.chip import CHIP
from cardsvc.core.virtual_card.file_commands import FILES

COMMANDS: Mapping[int, Handler] = {**CHIP, **FILES}
