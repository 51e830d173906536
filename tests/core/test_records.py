"""What a declaration makes of a record: its form, its whole row, and what it cannot be."""

from dataclasses import replace

import pytest

from cardsvc.core.records import Column, Flow, Kind, Label, Move, Record, Values, declared_wrong

ANY = Label("任意", "Any")
STATE = Column("state", ANY, Kind.CHOICE, needed=True, choices={"asked": ANY, "granted": ANY})
GRADE = Column("grade", ANY, Kind.NUMBER)
NOTE = Column("note", ANY)


def worth(values: Values) -> Values:
    grade = values["grade"]
    return {"worth": grade * 100 if isinstance(grade, int) else None}


def record(two: bool, grade: Column = GRADE) -> Record:
    """Something that is granted with a grade."""
    move = Move("grant", ANY, ("asked",), "granted", fills=("grade",), two=two)
    columns = (STATE, grade, NOTE, Column("worth", ANY, Kind.NUMBER, derived=True))
    return Record("claim", ANY, columns, ("note",), derive=worth, flow=Flow("state", (move,)))


def test_a_form_asks_neither_the_state_nor_what_is_derived() -> None:
    assert [one.name for one in record(two=False).typed] == ["grade", "note"]


def test_what_a_second_person_confirms_is_not_typed_past_them() -> None:
    assert [one.name for one in record(two=True).typed] == ["note"]


def test_what_only_a_move_fills_cannot_be_needed() -> None:
    needed = Column("grade", ANY, Kind.NUMBER, needed=True)

    assert declared_wrong(record(two=True), ["claim"]) is None
    assert declared_wrong(record(two=False, grade=needed), ["claim"]) is None
    assert "grade cannot be needed" in str(declared_wrong(record(two=True, grade=needed), ["claim"]))


def test_a_frozen_state_is_one_of_the_flow() -> None:
    claim = record(two=True)
    assert claim.flow is not None
    frozen = replace(claim, flow=replace(claim.flow, frozen=("granted",)))

    assert frozen.is_frozen({"state": "granted"}) and not frozen.is_frozen({"state": "asked"})
    assert declared_wrong(frozen, ["claim"]) is None
    assert "state" in str(declared_wrong(replace(claim, flow=replace(claim.flow, frozen=("gone",))), ["claim"]))


@pytest.mark.parametrize("name", ["county", "period", "text"])
def test_what_a_list_asks_by_another_name_names_no_column(name: str) -> None:
    claim = record(two=False, grade=Column(name, ANY, Kind.NUMBER))

    assert f"{name} cannot name a column" in str(declared_wrong(replace(claim, flow=None), ["claim"]))
