"""Every station is data that the workflow, the kiosk and both catalogues agree with."""

import pytest

from cardsvc.core import stations
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.plug import discover
from cardsvc.core.rules import RULES
from cardsvc.core.station import ENTRIES, WAY_BACK, Finds, Station
from cardsvc.core.words import LANGUAGES, Language, say

STATIONS = discover(stations, "STATION", Station)
every_station = pytest.mark.parametrize("station", STATIONS.values(), ids=STATIONS)


@every_station
def test_its_steps_are_allowed_there_by_the_workflow(station: Station) -> None:
    assert station.steps
    for step in (*station.steps, *WAY_BACK):
        assert station.kind in RULES[step].stations


@every_station
def test_it_offers_each_step_once_and_the_way_back_is_not_among_them(station: Station) -> None:
    assert len(set(station.steps)) == len(station.steps)
    assert not set(station.steps) & set(WAY_BACK)


@every_station
def test_all_that_its_steps_need_can_be_entered(station: Station) -> None:
    for step in (*station.steps, *WAY_BACK):
        assert set(RULES[step].needs) <= set(ENTRIES)


@every_station
def test_a_case_can_be_found_for_a_step_that_needs_no_card(station: Station) -> None:
    if not any(RULES[step].card for step in station.steps):
        assert station.finds is Finds.LIST


@every_station
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_title_steps_and_fields_have_words(station: Station, language: Language) -> None:
    assert say(language, f"station.{station.kind}").strip()
    for step in (*station.steps, *WAY_BACK):
        assert say(language, f"step.{step}").strip()
        for field in RULES[step].needs:
            assert say(language, f"field.{field}").strip()


def test_every_step_of_the_workflow_has_a_place_where_it_is_taken() -> None:
    offered = {step for station in STATIONS.values() for step in (*station.steps, *WAY_BACK)}
    for step in set(Step) - offered:
        assert StationKind.OFFICE in RULES[step].stations


def test_a_step_stands_at_every_station_that_the_workflow_names() -> None:
    for step, rule in RULES.items():
        for kind in rule.stations - {StationKind.OFFICE}:
            assert step in (*STATIONS[kind].steps, *WAY_BACK)
