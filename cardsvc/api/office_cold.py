"""Cold storage on the office's JSON surface: a sensor's gateway sends the temperatures of slots."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.handlers import log_temperatures
from cardsvc.store.cold_storage import Reading


class Sensed(BaseModel):
    """A temperature of a slot in tenths of a degree Celsius."""

    model_config = ConfigDict(extra="forbid")

    slot: str = Field(min_length=1, max_length=12)
    at: AwareDatetime
    tenths: int


class Temperatures(BaseModel):
    """What a gateway has read since it last sent; sending again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    readings: list[Sensed] = Field(min_length=1, max_length=500)


def add(app: FastAPI, context: Context, asks: Callable[[Action | None], Any]) -> None:
    """Add the paths to the office's surface."""

    @app.post("/temperatures")
    def temperatures(signed: Annotated[Signed, asks(Action.WATCH_STORAGE)], sent: Temperatures) -> dict[str, int]:
        readings = [Reading(one.slot, one.at, one.tenths, "sensor", signed.staff_no) for one in sent.readings]
        done = log_temperatures.handle(context, readings, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            raise Refused(done)
        return {"new": done}
