"""A card in the field that answers what was recorded, in its order: python -m bench.replaying FILE PORT"""

import json
import sys
from pathlib import Path

from cardsvc.virtual_reader.vpcd import CardInField


class Replay:
    """Answers as recorded, over and over."""

    atr = bytes.fromhex("3B8180018080")

    def __init__(self, answers: list[bytes]) -> None:
        self._answers, self._next = answers, 0

    def transmit(self, apdu: bytes) -> bytes:
        """The next recorded answer, whatever was asked."""
        answer = self._answers[self._next % len(self._answers)]
        self._next += 1
        return answer

    def field_off(self) -> None:
        """From the beginning again."""
        self._next = 0


if __name__ == "__main__":
    recorded = [bytes.fromhex(one) for one in json.loads(Path(sys.argv[1]).read_text())]
    CardInField(Replay(recorded), int(sys.argv[2])).join()
