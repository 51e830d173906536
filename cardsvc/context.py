"""What a running service is made of: its database, its keys, its clock and its chance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cardsvc.core.ids import HomeId
from cardsvc.core.terms import Payer
from cardsvc.modules import Module
from cardsvc.receiver import Receiver
from cardsvc.store.engine import Engine
from cardsvc.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every surface; tests make their own."""

    engine: Engine
    vault: Vault
    home_id: HomeId
    clock: Callable[[], datetime]
    chance: Callable[[int], bytes]
    secure_cookies: bool = True
    demo: bool = False
    family_url: str = "http://127.0.0.1:8700/family/"
    office_url: str = ""
    "The office's address as browsers have it, without a slash at its end; empty where it is not set up."
    templates: Path | None = None
    "Where the home keeps the paper templates that it edited."
    provider: Receiver | None = None
    "The payment provider, where the home has one."
    modules: Mapping[str, Module] = field(default_factory=dict)
    "The civil-affairs modules that were found, by name."
    payers: frozenset[Payer] = frozenset()
    "Payers that have a receiver for statements."
