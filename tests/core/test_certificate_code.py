"""The check code of a cremation certificate."""

from cardsvc.core.certificate_code import code_of, key_of, same
from cardsvc.core.ids import HomeId

HOME, KEY = HomeId("WZ"), bytes(range(16))


def test_a_code_is_ten_characters_and_another_number_home_or_key_has_another_one() -> None:
    code = code_of(KEY, HOME, "C2026000001")

    assert len(code) == 10 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    others = (
        code_of(KEY, HOME, "C2026000002"),
        code_of(KEY, HomeId("HZ"), "C2026000001"),
        code_of(bytes(16), HOME, "C2026000001"),
    )
    assert code not in others and len(set(others)) == 3


def test_a_code_is_known_as_people_type_it_and_no_other_one() -> None:
    code = code_of(KEY, HOME, "C2026000001")

    assert same(f" {code[:5].lower()}-{code[5:]} ", KEY, HOME, "C2026000001")
    assert not same(code, KEY, HOME, "C2026000002")
    assert not same("é", KEY, HOME, "C2026000001") and not same("", KEY, HOME, "C2026000001")


def test_the_key_is_the_vaults_word_for_this_purpose_and_home() -> None:
    asked: list[tuple[str, str]] = []

    def blind(kind: str, value: str) -> str:
        asked.append((kind, value))
        return "00" * 15 + "07"

    assert key_of(blind, HOME) == bytes(15) + b"\x07"
    assert asked == [("certificate code", "WZ")]
