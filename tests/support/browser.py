"""A headless Chromium, and pages that watch themselves: a console error or a request to another host fails the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from tests.support.pictures import keep, wanted
from tests.support.tools import chromium_program

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)  # on a machine that is at other work a page may take its time

ITS_OWN = frozenset({"data", "blob", "about", "chrome", "chrome-extension"})
"""Nothing that leaves the browser; its PDF viewer is made of pages of its own."""
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class Browsers:
    """Debian's Chromium without a window, started when it is first asked for."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._started: dict[bool, Browser] = {}

    def running(self, *, whole: bool = False) -> Browser:
        """The browser of this process; `whole`: with all that people have around its engine, such as its PDF viewer."""
        if whole not in self._started:
            program = chromium_program(whole=whole)
            self._started[whole] = self._playwright.chromium.launch(
                executable_path=program, args=list(ARGUMENTS), timeout=2 * PATIENCE_MS
            )
        return self._started[whole]

    def close(self) -> None:
        """End what was started."""
        for one in self._started.values():
            one.close()


HURRIED = """(() => {
  const once = window.setTimeout, again = window.setInterval, now = performance.now.bind(performance);
  window.setTimeout = (act, ms, ...more) => once(act, ms / 5, ...more);
  window.setInterval = (act, ms, ...more) => again(act, ms / 5, ...more);
  performance.now = () => now() * 5;
})()"""


@contextmanager
def browsers() -> Iterator[Browsers]:
    """The browsers of one process."""
    with sync_playwright() as playwright:
        started = Browsers(playwright)
        yield started
        started.close()


@dataclass
class Watch:
    """What went wrong on the pages of one test. `expected` are patterns of console errors that belong to it."""

    wrong: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """A console error that the test itself causes, such as the 409 that it asks for."""
        self.expected.append(pattern)

    def follow(self, page: Page) -> None:
        """Listen to everything that this page says and asks for."""
        page.on("console", self._said)
        page.on("pageerror", self._threw)
        page.on("request", self._asked)

    def check(self) -> None:
        """Raises AssertionError that lists what went wrong."""
        assert self.left() == [], "the page complained:\n" + "\n".join(self.left())

    def left(self) -> list[str]:
        """What went wrong and was not expected; scripts that throw and other hosts never are."""
        said = re.compile("|".join(f"^console: .*(?:{pattern})" for pattern in self.expected) or "$^")
        return [line for line in self.wrong if not said.search(line)]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _threw(self, error: Error) -> None:
        self.wrong.append(f"script: {error}")

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ITS_OWN and url.hostname not in HERE:
            self.wrong.append(f"another host: {request.url}")


class Pages:
    """Watched pages in contexts of their own: cookies of one are not seen by another."""

    def __init__(self, browser: Browser) -> None:
        self.watch = Watch()
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(
        self,
        *,
        language: str = "zh-CN",
        width: int = 1280,
        height: int = 800,
        touch: bool = False,
        dark: bool = False,
        strange: bool = False,
        scripts: bool = True,
        hurried: bool = False,
    ) -> Page:
        """A new page; sizes in CSS pixels. Local time is that of the homes. `strange`: certificates of nobody known.

        `scripts`: its browser runs them. `hurried`: five seconds of theirs pass in one, for what they wait for.
        """
        context = self._browser.new_context(
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            has_touch=touch,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            ignore_https_errors=strange,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_MS)
        if hurried:
            context.add_init_script(HURRIED)
        context.on("page", self.watch.follow)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """Close all of them and check what they said."""
        for context in self._contexts:
            context.close()
        self.watch.check()


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """A screenshot in build/screens, to be looked at by a person: taken by night, or with PICTURES=1 ./run test.

    By day too the page is there whole afterwards, and can be measured.
    """
    page.wait_for_load_state()
    if wanted():
        keep(name, page.screenshot(full_page=whole))


def narrow_enough(page: Page, what: str) -> None:
    """That nothing on a page that is there whole is wider than its window."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{what} is {wide} px too wide"


def tab_to(page: Page, selector: str) -> None:
    """Go to something as somebody does who has no mouse. Fails when a whole round of the page never meets it.

    On a page that is only half there a round is too short, and a script may put the beginning elsewhere.
    """
    page.wait_for_load_state()
    for _ in range(page.locator("a, button, input, select, textarea, summary").count() + 5):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {selector}")
