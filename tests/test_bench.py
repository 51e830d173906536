"""The benchmarks run and print a ratio; what they measure is looked at by people, never asserted."""

import re
import subprocess
import sys

import pytest

from bench.__main__ import main
from bench.measuring import Figure
from tests.support.process import ROOT

NEEDING = (
    pytest.param("tap", marks=pytest.mark.pcsc),
    pytest.param("board", marks=[pytest.mark.browser, pytest.mark.night]),
    pytest.param("review", marks=[pytest.mark.postgres, pytest.mark.night]),
    pytest.param("report", marks=[pytest.mark.postgres, pytest.mark.night]),
    pytest.param("family", marks=pytest.mark.night),
)
"""By night all of them; of those that take half a minute and more even when they are quick, a day has the tap's."""


@pytest.mark.parametrize("name", ["core", "sqlite", *NEEDING])
def test_a_benchmark_prints_figure_ceiling_ratio_and_target(name: str) -> None:
    command = [sys.executable, "-m", "bench", name, "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert re.search(r"ceiling +[\d.,]+ +ratio +[\d.]+ +target [≤≥] [\d.]+ +(met|NOT met)$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("figure", "at_least", "met"), [(90, True, False), (100, True, True), (90, False, True)])
def test_a_target_is_met_by_the_ratio(figure: float, at_least: bool, met: bool) -> None:
    assert Figure("x", figure, 100, "ms", 1.0, at_least).met is met


def test_an_unknown_benchmark_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "none"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and "there is no benchmark none" in capsys.readouterr().err
