"""Every card profile keeps what a profile promises, its own examples first."""

import pytest

from cardsvc.core import profiles
from cardsvc.core.card.errors import CardForeign, CardForged, CardGone, CardRefused
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_TAP, CardProfile
from cardsvc.core.card.script import replay, run
from cardsvc.core.plug import discover
from cardsvc.core.virtual_card.misbehaving import ForeignCard

PROFILES = discover(profiles, "PROFILE", CardProfile)
EXAMPLES = [(profile, index) for profile in PROFILES.values() for index in range(len(profile.examples()))]
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
every_example = pytest.mark.parametrize(
    ("profile", "index"),
    EXAMPLES,
    ids=[f"{profile.name}: {profile.examples()[index].title}" for profile, index in EXAMPLES],
)


@every_profile
def test_a_profile_brings_examples(profile: CardProfile) -> None:
    assert profile.examples()


@every_example
def test_an_example_replays_to_its_last_byte(profile: CardProfile, index: int) -> None:
    example = profile.examples()[index]

    replay(example.script, example.exchanges)


@every_example
def test_no_changed_answer_of_an_example_passes(profile: CardProfile, index: int) -> None:
    exchanges = profile.examples()[index].exchanges
    for place, (command, answer) in enumerate(exchanges):
        for changed in (answer[:-2] + b"\x91\xae", answer[:1], b""):
            told = (*exchanges[:place], (command, changed), *exchanges[place + 1 :])

            with pytest.raises((CardRefused, CardForged, CardForeign, CardGone)):
                replay(profile.examples()[index].script, told)


@every_profile
def test_a_foreign_card_is_told_apart(profile: CardProfile) -> None:
    with pytest.raises(CardForeign):
        run(profile.open(SoftwareKey(bytes(16)), KEY_TAP, bytes(16)), ForeignCard().transmit)


@every_profile
def test_nonsense_is_not_recognised(profile: CardProfile) -> None:
    assert not profile.recognises(b"")
    assert not profile.recognises(bytes(33))


def test_no_two_profiles_claim_the_same_kind_of_card() -> None:
    atrs = [bytes.fromhex("3B8180018080"), bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")]
    for atr in atrs:
        assert len([profile for profile in PROFILES.values() if profile.recognises(atr)]) <= 1
