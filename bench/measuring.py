"""Figures against ceilings: measured in turns, medians quoted, one line each."""

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What a benchmark found. `at_least`: the ratio must reach the target; otherwise it must not pass it."""

    name: str
    figure: float
    ceiling: float
    unit: str
    target: float
    at_least: bool

    @property
    def ratio(self) -> float:
        """The figure in terms of its ceiling."""
        return self.figure / self.ceiling

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return (
            f"{self.name:<34} {self.figure:>10,.2f} {self.unit:<10} ceiling {self.ceiling:>10,.2f}"
            f"   ratio {self.ratio:>6.2f}   target {sign} {self.target:g}   {'met' if self.met else 'NOT met'}"
        )


def in_turns(ours: Callable[[], float], ceiling: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Measure both in turns, `rounds` times each; their medians."""
    pairs = []
    for number in range(rounds):
        pairs.append((ours(), ceiling()))
        print(f"  round {number + 1}: {pairs[-1][0]:,.2f} / {pairs[-1][1]:,.2f}", file=sys.stderr, flush=True)
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)
