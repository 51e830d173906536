"""Touch pages in front of real stations, and hands that press them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from cardsvc.core.facts import Step
from cardsvc.core.rules import RULES
from cardsvc.core.station import ENTRIES, Entry
from cardsvc.virtual_reader.stack import free_port
from terminal.kiosk.app import create_kiosk
from terminal.uplink import Uplink
from tests.support.home import staff_for
from tests.support.serving import Served
from tests.support.waiting import until
from tests.terminal.rig import Bench


class Touch:
    """A station at work by itself, with its touch page on a port of this machine."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        port = free_port()
        bench.uplink.wait_for = self._patient  # type: ignore[method-assign]  # the uplink's own thread exchanges now
        kiosk = create_kiosk(bench.loop, port, "test-token")
        bench.loop.start()
        bench.uplink.start()
        self._served = Served(kiosk, port)
        self.url = self._served.address

    def _patient(self, seq: int, seconds: float) -> Any:
        """The word as the station awaits it; with its cable in, for long: this machine may be at other work."""
        return Uplink.wait_for(self.bench.uplink, seq, seconds if self.bench.cable.pulled else 60.0)

    def hears(self) -> None:
        """What the station has recorded is with the service, and the station knows what the service knows.

        A card that is laid down, or a case that is chosen, is shown as the station knew it at that moment.
        """
        self.bench.exchange()
        assert self.bench.uplink.unsent == 0
        self.bench.loop.changed()

    def unplug(self) -> None:
        """Pull the cable, and let so much time pass that the station knows: an exchange that was under way is over."""
        cable, uplink = self.bench.cable, self.bench.uplink
        cable.pulled = True
        before = cable.refused
        uplink.wake()
        until(lambda: cable.refused > before)
        self.bench.clocks.steady += 60_000
        self.bench.loop.changed()

    def close(self) -> None:
        self.bench.loop.stop()
        self.bench.uplink.stop()
        self._served.close()


def sign_in(page: Page, staff_no: str) -> None:
    """Number and PIN, as the demo's people have them."""
    leave = page.locator("[data-act=sign_out]")
    if leave.count():
        leave.click()
    page.locator("form[data-form=sign_in] [name=staff_no]").fill(staff_no)
    page.locator("form[data-form=sign_in] [name=pin]").fill(staff_no * 2)
    page.keyboard.press("Enter")
    expect(page.locator("[data-act=sign_out]")).to_be_visible()


def to_english(page: Page) -> None:
    """Press the language; the page comes anew, and what is pressed before that is lost with the old one."""
    page.locator("[data-act=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_load_state()


def take(page: Page, step: Step, staff_no: str, entered: dict[str, str], look: Callable[[str], Any]) -> None:
    """Choose the step, enter each field as it is lit, have a second person confirm, confirm."""
    choose(page, step)
    for name in RULES[step].needs:
        if ENTRIES[name] is not Entry.GIVEN:
            enter(page, name, entered[name])
    if RULES[step].second:
        second = next((one for one in staff_for(step) if one != staff_no), None) or "1015"
        page.locator("form[data-form=second] [name=staff_no]").fill(second)
        page.locator("form[data-form=second] [name=pin]").fill(second * 2)
        page.keyboard.press("Enter")
        expect(page.locator("form[data-form=second]")).to_have_count(0)
    look(f"{step}-ready")
    page.locator("[data-act=confirm]:not(:disabled)").click()
    expect(page.locator(".band.go")).to_be_visible()


def choose(page: Page, step: Step) -> None:
    """Press a step; one that is not the usual next is behind *more*."""
    button = page.locator(f"[data-act=choose_step][data-step={step}]")
    expect(button).to_be_attached()
    if not button.is_visible():
        page.locator("details.more summary").click()
    button.click()


def enter(page: Page, name: str, value: str) -> None:
    """One field, in the way that it is entered."""
    match ENTRIES[name]:
        case Entry.ITEMS | Entry.THINGS:
            for pair in value.split(","):
                item, count = pair.split(":")
                for _ in range(int(count)):
                    page.locator(f"[data-more={item}]").click()
            page.locator("form[data-form=items] [type=submit]").click()
        case Entry.CHOOSE | Entry.LINE | Entry.PICK | Entry.YES_NO | Entry.CREW | Entry.PAYMENT:
            page.locator(f".choices [data-field={name}][data-value='{value}']").click()
        case Entry.TIME:
            page.locator(f".choices [data-field={name}]").first.click()
        case _:
            page.locator(f"form[data-form=enter][data-field={name}] [name=value]").fill(value)
            page.keyboard.press("Enter")
    expect(page.locator(f"[data-act=enter][data-field={name}].again")).to_be_visible()
