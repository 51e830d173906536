"""Plug-ins are found, and a bad one stops the process with a message that names it."""

import importlib
import itertools
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from cardsvc.core import profiles, stations
from cardsvc.core.card.profile import CardProfile
from cardsvc.core.facts import StationKind
from cardsvc.core.plug import PlugError, discover
from cardsvc.core.station import Station

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Tool:
    name: str


TOOL = "from tests.core.test_plug import Tool\nTOOL = Tool({!r})\n"


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, **siblings: str) -> ModuleType:
    """A package on disk with these siblings."""
    name = f"plugged_{next(NUMBERS)}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    for sibling, source in siblings.items():
        (folder / name / f"{sibling}.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module(name)


def test_siblings_are_found_in_alphabetical_order_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = discover(package(tmp_path, monkeypatch, saw=TOOL.format("cuts"), axe=TOOL.format("hews")), "TOOL", Tool)

    assert list(found.items()) == [("hews", Tool("hews")), ("cuts", Tool("cuts"))]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("", r"plugged_\d+\.saw binds no TOOL"),
        ("tool = 1", r"saw binds no TOOL"),
        ("TOOL = 'saw'", r"saw\.TOOL is not a Tool"),
        (TOOL.format("hews"), r"saw: hews is there twice"),
        (TOOL.format(""), r"saw\.TOOL has no name"),
        (TOOL.format(7), r"saw\.TOOL has no name"),
        (TOOL.format("saw teeth"), r"saw\.TOOL is called 'saw teeth'"),
        (TOOL.format("s" * 33), r"saw\.TOOL is called 's{33}'"),
        ("import no_such_module", r"saw cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
        ("TOOL = (", r"saw cannot be imported: SyntaxError: .*saw\.py, line 1"),
        ("\nTOOL = Tool('saw')", r"saw cannot be imported: NameError: name 'Tool' is not defined \(.*saw\.py:2\)$"),
        ("raise ValueError('a\\nb')", r"saw cannot be imported: ValueError: a b \(.*saw\.py:1\)$"),
    ],
)
def test_a_bad_plug_in_stops_the_process_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, complaint: str
) -> None:
    bad = package(tmp_path, monkeypatch, axe=TOOL.format("hews"), saw=source)

    with pytest.raises(PlugError, match=complaint):
        discover(bad, "TOOL", Tool)


def test_the_house_finds_its_nine_stations_and_its_profiles() -> None:
    assert set(discover(stations, "STATION", Station)) == set(StationKind) - {StationKind.OFFICE}
    assert "desfire_ev2" in discover(profiles, "PROFILE", CardProfile)
