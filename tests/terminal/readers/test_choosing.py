"""Which reader is meant: by name, by serial number, and after it came back under another index."""

import pytest

from terminal.readers.reader import choose

ONE = "ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] (RR554-001122) 00 00"
TWO = "ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] (RR554-003344) 01 00"
SLOT = "Twin 00 01"


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        ([ONE, TWO], "", ONE),
        ([], "", None),
        ([ONE, TWO], "RR554-003344", TWO),
        ([ONE, TWO], "ACR1252", ONE),
        ([ONE], "RR554-003344", None),
        ([ONE, TWO], TWO, TWO),
        ([TWO.replace("01 00", "0A 00")], TWO, TWO.replace("01 00", "0A 00")),
        ([ONE.replace("00 00", "01 00")], ONE, ONE.replace("00 00", "01 00")),
        (["Twin 01 00", "Twin 01 01"], SLOT, "Twin 01 01"),
        (["Twin 01 00"], SLOT, None),
        ([ONE.replace("00 00", "01 00")], TWO, None),
    ],
)
def test_a_reader_is_chosen_by_a_part_of_its_name_and_never_another_device(
    names: list[str], wanted: str, found: str | None
) -> None:
    assert choose(names, wanted) == found
