"""Where ashes can go by a module, and how it tells that they rest: which columns of its records say what."""

from collections.abc import Mapping
from dataclasses import dataclass

from cardsvc.core.terms import Destination


@dataclass(frozen=True, slots=True)
class SignUps:
    """The record of families that sign up: its columns.

    `state` is its flow; `rested` the state in which the ashes rest, `given_up` those in which nothing comes of it.
    `event` is its LINK to an event; `person` holds the ID number of the deceased; `spot` and `certificate` say where
    exactly and by which paper.
    """

    record: str
    case_no: str
    deceased: str
    person: str
    applicant: str
    phone: str
    signed_on: str
    way: str
    event: str
    state: str
    rested: str
    given_up: tuple[str, ...]
    spot: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Events:
    """The record of what families sign up for: open while `state` is `open`, with so many `places`."""

    record: str
    state: str
    open: str
    way: str
    held_on: str
    places: str


@dataclass(frozen=True, slots=True)
class Graves:
    """The record of places with graves: `left` of them are free."""

    record: str
    left: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What a module has to do with a case's ashes (MODULES.md, cross-link 3); `ways`: its ways as destinations."""

    sign_ups: SignUps
    events: Events
    ways: Mapping[str, Destination]
    graves: Graves | None = None
