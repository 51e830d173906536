"""PKCS#11 tokens in software, in a folder of their own."""

import os
import subprocess
from itertools import count
from pathlib import Path

import pkcs11

from cardsvc.vault.opening import TokenPlace
from cardsvc.vault.token import Token
from tests.support.tools import SOFTHSM

PIN = "81726354"


class SoftHsm:
    """SoftHSM2 for one test process: it reads its settings once, when the module is loaded."""

    def __init__(self, folder: Path) -> None:
        tokens = folder / "tokens"
        tokens.mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(settings)
        self._numbers = count(1)

    def place(self) -> TokenPlace:
        """A new, empty token. Ends every session of this process: PKCS#11 sees new tokens only after a new start."""
        label = f"home-{next(self._numbers)}"
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", PIN * 2, "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        pkcs11.lib(str(SOFTHSM)).reinitialize()
        return TokenPlace(str(SOFTHSM), label, PIN)

    def token(self) -> Token:
        """Logged in to a new, empty token."""
        place = self.place()
        return Token(place.module, place.label, place.pin)
