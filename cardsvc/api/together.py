"""Requests that wait at the same time are taken together, in one transaction (decision 0017).

Each request's own thread gives it in and gets its answer out. Whoever finds nobody at work leads: it takes what waits,
wakes the others with their answers, and hands on to the first that came meanwhile.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Given, Answer]):
    """One that waits; woken with an answer, or without one to lead."""

    given: Given
    answers: list[Answer] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)
    alone: bool = False
    "What it was taken with failed: it is taken by itself, and fails or not by itself."


class Together(Generic[Given, Answer]):
    """Takes what waits, in its order.

    `take` answers all or raises with nothing done; what has the same `key` is never taken together; `weight` says how
    much one is, and more than `most` is not taken at once: nobody must wait long for others.
    """

    def __init__(
        self,
        take: Callable[[Sequence[Given]], Sequence[Answer]],
        key: Callable[[Given], Hashable],
        weight: Callable[[Given], int],
        most: int,
    ) -> None:
        self._take, self._key, self._weight, self._most = take, key, weight, most
        self._gate = threading.Lock()
        self._queue: list[_Waiting[Given, Answer]] = []
        self._at_work = False

    def answer(self, given: Given) -> Answer:
        """The answer to one. Raises what `take` raises when it is given this one alone."""
        mine: _Waiting[Given, Answer] = _Waiting(given)
        with self._gate:
            self._queue.append(mine)
            leads, self._at_work = not self._at_work, True
        if not leads:
            mine.woken.wait()
            if mine.answers:
                return mine.answers[0]
        try:
            return self._lead()
        finally:
            with self._gate:
                self._at_work = bool(self._queue)
                if self._queue:
                    self._queue[0].woken.set()

    def _lead(self) -> Answer:
        """Take the first that waits, which is the caller's own, and what may go with it."""
        with self._gate:
            mine, *others = self._leaving()
        if others:
            try:
                first, *answers = self._take([mine.given, *(one.given for one in others)])
            except BaseException as error:
                self._apart(others)
                if not isinstance(error, Exception):
                    raise
            else:
                for one, answer in zip(others, answers, strict=True):
                    one.answers.append(answer)
                    one.woken.set()
                return first
        return self._take([mine.given])[0]

    def _leaving(self) -> list[_Waiting[Given, Answer]]:
        """What leaves the queue now: the first, and those behind it that may go with it."""
        first = self._queue[0]
        group, keys, weight = [first], {self._key(first.given)}, self._weight(first.given)
        for one in () if first.alone else self._queue[1:]:
            weight += self._weight(one.given)
            if weight > self._most:
                break
            key = self._key(one.given)
            if not one.alone and key not in keys:
                group.append(one)
                keys.add(key)
        self._queue = [one for one in self._queue if one not in group]
        return group

    def _apart(self, others: list[_Waiting[Given, Answer]]) -> None:
        """Back into the queue, in front, each to be taken by itself."""
        for one in others:
            one.alone = True
        with self._gate:
            self._queue[:0] = others
