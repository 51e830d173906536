"""What a declaration makes of a record: its form, its whole row, and what it cannot be."""

from dataclasses import replace

import pytest

from cardsvc.core.declaring import declared_wrong, module_wrong, reach_wrong
from cardsvc.core.records import Column, Effect, Flow, Kind, Label, Move, Record, Values

ANY = Label("任意", "Any")
STATE = Column("state", ANY, Kind.CHOICE, needed=True, choices={"asked": ANY, "granted": ANY})
GRADE = Column("grade", ANY, Kind.NUMBER)
NOTE = Column("note", ANY)
LINK = Column("claim", ANY, Kind.LINK, of="claim")


def worth(values: Values) -> Values:
    grade = values["grade"]
    return {"worth": grade * 100 if isinstance(grade, int) else None}


def record(two: bool, grade: Column = GRADE) -> Record:
    """Something that is granted with a grade."""
    move = Move("grant", ANY, ("asked",), "granted", fills=("grade",), two=two)
    columns = (STATE, grade, NOTE, Column("worth", ANY, Kind.NUMBER, derived=True))
    return Record("claim", ANY, columns, ("note",), derive=worth, flow=Flow("state", (move,), frozen=("granted",)))


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

    assert claim.is_frozen({"state": "granted"}) and not claim.is_frozen({"state": "asked"})
    assert declared_wrong(claim, ["claim"]) is None
    assert "state" in str(declared_wrong(replace(claim, flow=replace(claim.flow, frozen=("gone",))), ["claim"]))


PAYEE = Column("payee", ANY, needed=True)
MEND = Move("mend", ANY, ("granted",), "", fills=("payee",), two=True)


def paid(*moves: Move, guards: dict[str, tuple[str, ...]] | None = None) -> Record:
    """Something that two people grant, to somebody."""
    grant = Move("grant", ANY, ("asked",), "granted", two=True)
    return Record("claim", ANY, (STATE, PAYEE, NOTE), ("note",), flow=Flow("state", (grant, *moves), (), guards or {}))


def test_what_is_guarded_is_typed_until_two_agreed_to_it_and_changed_by_two_afterwards() -> None:
    claim = paid(MEND, guards={"granted": ("payee",)})

    assert declared_wrong(claim, ["claim"]) is None
    assert [one.name for one in claim.typed] == ["payee", "note"]
    assert (claim.guarded({"state": "asked"}), claim.guarded({"state": "granted"})) == ((), ("payee",))
    assert MEND.leads("granted") == "granted"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (paid(), "in granted, one could change"),
        (paid(MEND), "in granted, one could change"),
        (paid(guards={"granted": ("payee",)}), "a move of two fills payee"),
        (paid(replace(MEND, two=False), guards={"granted": ("payee",)}), "a move of two fills payee"),
        (
            paid(MEND, replace(MEND, name="slip", two=False), guards={"granted": ("payee",)}),
            "and no other does",
        ),
        (paid(replace(MEND, since=("asked",)), guards={"granted": ("payee",)}), "a move of two fills payee"),
        (paid(MEND, guards={"granted": ("payee",), "gone": ("payee",)}), "gone guards what no form types"),
        (paid(MEND, guards={"granted": ("state",)}), "granted guards what no form types"),
    ],
)
def test_what_two_agreed_to_and_one_could_change_is_refused(wrong: Record, complaint: str) -> None:
    assert complaint in str(declared_wrong(wrong, ["claim"]))


@pytest.mark.parametrize("name", ["county", "period", "text"])
def test_what_a_list_asks_by_another_name_names_no_column(name: str) -> None:
    claim = record(two=False, grade=Column(name, ANY, Kind.NUMBER))

    assert f"{name} cannot name a column" in str(declared_wrong(replace(claim, flow=None), ["claim"]))


DAY = Column("day", ANY, Kind.DATE)
PLAIN = Record("claim", ANY, (STATE, NOTE, DAY), ("note",))
GRANT = Move("grant", ANY, ("asked",), "granted")
ONCE = replace(PLAIN, columns=(*PLAIN.columns, Column("worth", ANY, Kind.NUMBER, derived=True)), derive=worth)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (replace(PLAIN, point="note"), "`point` is a POINT"),
        (replace(PLAIN, dated="note"), "`dated` is a DATE or a MOMENT"),
        (replace(PLAIN, published="note", public=("day",)), "`published` is a YES_NO"),
        (replace(PLAIN, public=("day",)), "`published` and `public` come together"),
        (
            replace(
                PLAIN,
                columns=(*PLAIN.columns, Column("spot", ANY, Kind.POINT), Column("shown", ANY, Kind.YES_NO)),
                point="spot",
                published="shown",
                public=("spot",),
            ),
            "the public map names its rows",
        ),
        (replace(PLAIN, name_by=()), "no column names its rows"),
        (
            replace(PLAIN, columns=(*PLAIN.columns, Column("id_no", ANY, Kind.ID_NO, needed=True))),
            "two people of one name look alike: id_no",
        ),
        (replace(PLAIN, columns=(*PLAIN.columns, Column("q", ANY))), "q cannot name a column"),
        (replace(PLAIN, columns=(*PLAIN.columns, Column("form_token", ANY))), "form_token cannot name a column"),
        (replace(PLAIN, columns=(*PLAIN.columns, Column("Ärger", ANY))), "Ärger cannot name a column"),
        (replace(PLAIN, columns=(*PLAIN.columns, Column("word", ANY, filtered=True))), r"word: a list filters by"),
        (replace(PLAIN, flow=Flow("note", ())), "the state of a flow is a CHOICE"),
        (replace(PLAIN, flow=Flow("state", (GRANT, GRANT))), "grant cannot name a move"),
        (replace(PLAIN, flow=Flow("state", (replace(GRANT, name="to grant"),))), "to grant cannot name a move"),
        (replace(PLAIN, flow=Flow("state", (replace(GRANT, fills=("state",)),))), "grant cannot fill state"),
        (replace(ONCE, flow=Flow("state", (replace(GRANT, fills=("worth",)),))), "grant cannot fill worth"),
        (replace(PLAIN, flow=Flow("state", (replace(GRANT, stamps="note"),))), "stamps note"),
        (replace(PLAIN, flow=Flow("state", (GRANT,), waits=("gone",))), "names a state"),
        (replace(PLAIN, flow=Flow("state", (GRANT,), waits=("granted",))), "waits in granted, but nobody here"),
        (replace(PLAIN, flow=Flow("state", (replace(GRANT, outside=True),))), "waits for nobody"),
    ],
)
def test_a_declaration_that_no_page_could_follow_is_refused_in_words(wrong: Record, complaint: str) -> None:
    assert declared_wrong(PLAIN, ["claim"]) is None
    assert complaint in str(declared_wrong(wrong, ["claim"]))


@pytest.mark.parametrize(
    ("name", "records", "complaint"),
    [
        ("wedding", ["claim"], "called as its folder is"),
        ("marriage", ["claim", "claim"], "two records are called claim"),
        ("marriage", ["claim", "statistics"], "statistics cannot name"),
        ("marriage", ["half-year"], "half-year cannot name"),
        ("marriage", ["Claim"], "Claim cannot name"),
    ],
)
def test_a_module_is_called_as_its_folder_and_its_records_as_no_page(
    name: str, records: list[str], complaint: str
) -> None:
    assert module_wrong("marriage", "marriage", ["claim", "person"]) is None
    assert complaint in str(module_wrong(name, "marriage", records))


def test_an_effect_reaches_along_a_link_and_changes_what_no_two_agreed_to() -> None:
    def moved(effect: Effect, two: bool = False) -> dict[str, Record]:
        follow = Move("follow", ANY, ("asked",), "granted", two=two, effects=(effect,))
        one = Record("one", ANY, (STATE, NOTE, LINK), ("note",), flow=Flow("state", (follow,)))
        return {"one": one, "claim": paid(MEND, guards={"granted": ("payee",)})}

    note = Effect("claim", ("note",), lambda own, other: {})
    assert reach_wrong(moved(note)) is None
    assert "no link" in str(reach_wrong(moved(replace(note, record="claim"))))
    assert "cannot change fee" in str(reach_wrong(moved(replace(note, columns=("fee",)))))
    assert "by two" in str(reach_wrong(moved(replace(note, columns=("payee",)))))
    assert reach_wrong(moved(replace(note, columns=("payee",)), two=True)) is None


def test_what_is_together_what_is_given_and_what_is_cleared_can_be() -> None:
    def told(*columns: Column, clears: tuple[str, ...] = (), together: tuple[str, ...] = ()) -> str:
        clear = Move("clear", ANY, ("asked",), "granted", clears=clears)
        flow = Flow("state", (clear,))
        claim = Record(
            "claim", ANY, (STATE, NOTE, *columns), ("note",), flow=flow, together=(together,) * bool(together)
        )
        return str(declared_wrong(claim, ["claim"]))

    given = Column("given", ANY, given=True)
    assert told(given, clears=("given",), together=("note", "given")) == "None"
    assert "not needed" in told(replace(given, needed=True))
    assert "cannot clear state" in told(clears=("state",))
    assert "no column gone" in told(clears=("gone",))
    assert "two columns or more" in told(together=("note",))
    assert "none of them secret" in told(Column("id_no", ANY, Kind.ID_NO), together=("note", "id_no"))
    assert [one.name for one in Record("one", ANY, (NOTE, given), ("note",)).typed] == ["note"]
