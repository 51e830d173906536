"""The station: see, decide, journal, write, report.

One thread owns reader and session; the touch page only puts acts into a queue. Green is shown only after the
outcome's record is synced to disk.
"""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from cardsvc.core import card_commit, desk, tap, wire
from cardsvc.core.card.errors import CardError
from cardsvc.core.card.image import CardImage
from cardsvc.core.card.profile import KEY_TAP, CardProfile
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import KnownCard
from cardsvc.core.station import ENTRIES, WAY_BACK, Finds, Station
from terminal import orders
from terminal.booking import Bookings
from terminal.cards import CardTalk
from terminal.entered import entered
from terminal.identity import Identity
from terminal.journal import Journal, JournalBroken
from terminal.local import LocalSnapshot
from terminal.people import People
from terminal.printing import Printing, ReceiptPrinter
from terminal.readers.field import Field
from terminal.readers.reader import CardIn, CardOut, Event, Reader, ReaderBack, ReaderLost
from terminal.session import Colour, Done, OnPaper, Outcome, Phase, PrintJob, Session
from terminal.settings import Clocks
from terminal.taking import Taking
from terminal.unsent import UnsentTally
from terminal.uplink import Uplink

RECENT = 6


class StationLoop:
    """One station. `act` may be called from any thread; everything else belongs to the loop's own."""

    def __init__(
        self,
        identity: Identity,
        station: Station,
        profiles: Mapping[str, CardProfile],
        reader: Reader,
        journal: Journal,
        local: LocalSnapshot,
        uplink: Uplink,
        clocks: Clocks,
        chance: Callable[[int], bytes],
        more_readers: Sequence[Reader] = (),
        printer: ReceiptPrinter | None = None,
    ) -> None:
        self.identity, self.station = identity, station
        self.journal, self.local, self.uplink = journal, local, uplink
        self.clocks = clocks
        self.session = Session()
        self.tally = UnsentTally(journal)
        self._field = Field((reader, *more_readers))
        self._cards = CardTalk(identity, profiles, self._field, chance)
        self._taking = Taking(identity, self._cards, journal, self.tally, local, uplink, clocks, self.session)
        self._people = People(clocks.steady_ms)
        self._bookings = Bookings(identity, journal, self._taking, uplink)
        self._printing = Printing(uplink, printer)
        self._acts: queue.SimpleQueue[tuple[str, dict[str, Any], threading.Event]] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self.changed: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, daemon=True, name="station")

    def start(self) -> None:
        """Work by itself from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the act in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._field.close()

    def act(self, name: str, **what: Any) -> bool:
        """Do what somebody pressed; False when it took longer than ten seconds."""
        done = threading.Event()
        self._acts.put((name, what, done))
        return done.wait(10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.turn(0.05)

    def turn(self, timeout_s: float) -> None:
        """One turn of the loop: acts first, then the reader."""
        while True:
            try:
                name, what, done = self._acts.get_nowait()
            except queue.Empty:
                break
            self._kept(partial(self._perform, name, what))
            done.set()
            self.changed()
        self._kept(self._taking.lapse)
        self._paid()
        self._printed()
        snapshot, since = self.local.current, self.session.unknown_since
        if since is not None and snapshot is not None and snapshot.version != since:
            self.session.unknown_since = self.session.outcome = None
            self._kept(self._meet)
            self.changed()
        try:
            happened = self._field.wait(timeout_s)
        except CardError:
            return
        if happened is not None:
            self._kept(partial(self._seen, *happened))
            self.changed()

    def _kept(self, act: Callable[[], None]) -> None:
        """Do it; a journal that does not take a record is said on the screen, and the station stays there to say it."""
        try:
            act()
        except JournalBroken as error:
            refusal = Refusal(Problem.RECORD_UNREADABLE, str(error))
            self._show(Outcome(Colour.STOP, "journal_broken", refusal), None, None)

    # --- the reader -------------------------------------------------------------------------------------------------

    def _seen(self, at: int, event: Event) -> None:
        match event:
            case CardIn():
                self._came(at)
            case CardOut():
                self._left(at)
            case ReaderLost():
                self._left(at)
                self.session.reader_fault = self._field.fault
            case ReaderBack():
                self.session.reader_fault = self._field.fault

    def _came(self, at: int) -> None:
        """A card was laid down: somebody's of the staff where a person is asked for, else the family's."""
        session, snapshot, field = self.session, self.local.current, self._field
        field.at = at
        asks = session.phase in (Phase.SIGN_IN, Phase.FORM)
        owner = self._cards.owner(snapshot) if snapshot is not None and (asks or field.crowded) else None
        if isinstance(owner, KnownCard) and snapshot is not None:
            refusal = self._cards.proves(snapshot, owner) if asks else Refusal(Problem.STAFF_CARD)
            field.staff_at, field.at = at, next((one for one in field.cards if one != at), at)
            session.presented, session.outcome = (None if refusal else owner.staff_no), None
            if refusal is not None:
                self._say(refusal, None, None)
            return
        session.card_present, session.two_cards = True, len(field.cards) > 1
        if session.two_cards:
            self._say(Refusal(Problem.TWO_CARDS), None, None)
        elif session.phase in (Phase.READY, Phase.CASE, Phase.OUTCOME):
            self._meet()
        elif isinstance(owner, Refusal) and owner.problem is Problem.CARD_FORGED:
            self._say(owner, None, None)

    def _left(self, at: int) -> None:
        """A reader is empty; the family's card that still lies on another is met again."""
        session, field = self.session, self._field
        if at == field.staff_at:
            field.staff_at = session.presented = None
            return
        alone = session.two_cards and len(field.cards) == 1
        session.card_present, session.two_cards = bool(field.cards), len(field.cards) > 1
        session.card_remark, session.unknown_since = None, None
        if session.phase is Phase.CASE and session.met is not None and (alone or not field.cards):
            session.leave_case()
        if alone:
            field.at, session.outcome = field.cards[0], None
            if session.phase in (Phase.READY, Phase.OUTCOME):
                self._meet()

    def _meet(self) -> None:
        """A card was laid down: read it, settle what was torn, and show its case."""
        session, snapshot = self.session, self.local.current
        if snapshot is None or session.staff_no is None or self.journal.stopped is not None:
            return
        found = self._cards.look(snapshot, KEY_TAP)
        if isinstance(found, Refusal):
            if found.problem is Problem.STAFF_CARD:
                session.card_present, self._field.staff_at = False, self._field.at
            if found.problem in (Problem.CARD_UNKNOWN, Problem.CARD_FOREIGN):
                session.unknown_since = snapshot.version
                self.uplink.wake()
            self._say(found, None, None)
            return
        image, card, _ = found
        self._settle(image)
        met = tap.meet(image, snapshot)
        if isinstance(met, Refusal):
            self._say(self._taking.turn_away(met, image), None, None)
            return
        if met.ahead and met.case is not None:
            self._taking.append(wire.Seen(), met.case.case_no, card=image)
            self.uplink.wake()
        session.image, session.card_remark = image, None
        if met.case is None and Step.BIND_CARD in self.station.steps:
            session.phase, session.met, session.chosen = Phase.CASE, met, session.chosen
            return
        if met.case is None:
            self._say(Refusal(Problem.CARD_UNKNOWN, card.card_no), None, None)
            return
        session.met, session.chosen, session.step = met, None, None
        session.entered, session.second_staff_no, session.outcome = {}, None, None
        session.phase = Phase.CASE

    def _settle(self, image: CardImage) -> None:
        """Settle our torn taps on this card from what the card itself says."""
        if image.identity is None:
            return
        for intent in self.journal.open_intents():
            if intent.card_no != image.identity.card_no or intent.card_counter is None:
                continue
            verdict = card_commit.settle(intent.key, intent.card_counter, image)
            if verdict is not None:
                body = wire.Settled(intent=wire.Key.of(intent.key), verdict=verdict)
                self._taking.append(body, intent.case_no, card=image)
        self.uplink.wake()

    # --- what somebody pressed --------------------------------------------------------------------------------------

    def _perform(self, name: str, what: dict[str, Any]) -> None:
        session = self.session
        match name:
            case name if self.journal.stopped is not None and name not in ("language", "sign_out"):
                self._say(Refusal(self.journal.stopped), None, None)
            case "sign_in" | "second":
                staff_no = StaffNo(str(what.get("staff_no") or session.presented or ""))
                self._identify(name, staff_no, str(what.get("pin", "")))
            case "sign_out":
                session.leave_case()
                session.staff_no, session.phase, session.outcome = None, Phase.SIGN_IN, None
                session.printing = None
            case "language":
                session.language = "en" if what.get("language") == "en" else "zh_CN"
            case "choose_case" if self.station.finds is Finds.LIST and session.staff_no:
                self._choose(CaseNo(str(what.get("case_no", ""))))
            case "choose_step" if session.case is not None:
                wanted = str(what.get("step", ""))
                session.step = next((step for step in (*self.station.steps, *WAY_BACK) if step == wanted), None)
                session.entered, session.outcome = {}, None
                session.phase = Phase.FORM if session.step else Phase.CASE
                session.put_paper_away()
            case "enter" if session.phase is Phase.FORM and what.get("field") in ENTRIES:
                session.entered[str(what["field"])] = str(what.get("value", ""))[:400]
            case "confirm" if session.phase is Phase.FORM:
                self._confirm()
            case "ask_pay" if session.phase in (Phase.FORM, Phase.PAYING):
                self._ask_pay()
            case "drop_pay" if session.phase is Phase.PAYING and session.paying is not None:
                session.outcome = self._taking.drop_pay(session.paying)
            case "cancel":
                session.outcome = None
                session.leave_case()
                if session.card_present and not session.two_cards:
                    self._meet()
            case "booking" if session.staff_no and Step.BOOK in self.station.steps:
                done = self._bookings.book(what, session.staff_no)
                self._show(done, done.case_no, done.step)
            case "print" if session.staff_no and Step.PAY in self.station.steps:
                self._print(str(what.get("family", "")), str(what.get("number", "")))
            case "printed" if session.printing is not None and session.printing.state is not OnPaper.ASKED:
                session.printing = None

    def _identify(self, name: str, staff_no: StaffNo, pin: str) -> None:
        """Sign in, or confirm as the second person: number or staff card, and the PIN."""
        session = self.session
        waited = self._people.waits(staff_no)
        refusal = self._people.check(self.local.current, staff_no, pin)
        if refusal is not None:
            session.outcome = Outcome(Colour.STOP, "refused", refusal)
            if refusal.problem is Problem.TOO_MANY and not waited:
                self._note_wait(staff_no)
            return
        session.outcome = None
        if name == "sign_in":
            session.staff_no = staff_no
            session.leave_case()
            if session.card_present and not session.two_cards:
                self._meet()
        else:
            session.second_staff_no = staff_no

    def _note_wait(self, staff_no: StaffNo) -> None:
        """Too many wrong PINs for a number are a record, once for each wait."""
        self._taking.append(wire.Refused(step=self.session.step, problems=(Problem.TOO_MANY,)), None, by=staff_no)
        self.uplink.wake()

    def _choose(self, case_no: CaseNo) -> None:
        session, snapshot = self.session, self.local.current
        known = snapshot.cases.get(case_no) if snapshot is not None else None
        if known is None:
            session.outcome = Outcome(Colour.STOP, "refused", Refusal(Problem.CASE_UNKNOWN, case_no))
            return
        blank = session.met if session.met is not None and session.met.case is None else None
        session.chosen, session.met, session.phase, session.outcome = known, blank, Phase.CASE, None
        session.step, session.entered, session.second_staff_no = None, {}, None
        session.put_paper_away()

    def _confirm(self) -> None:
        session, snapshot = self.session, self.local.current
        if session.step is None or session.case is None or snapshot is None:
            return
        case_no, step = session.case.case.case_no, session.step
        if session.two_cards:
            self._say(Refusal(Problem.TWO_CARDS), case_no, step)
            return
        details = entered(session, step)
        if isinstance(details, Refusal):
            self._say(details, case_no, step)
            return
        asked = Asked(step, details, session.staff_no, session.second_staff_no)
        session.phase = Phase.WAITING
        self.changed()
        session.phase = Phase.FORM
        outcome = self._taking.take(snapshot, asked)
        if isinstance(outcome, Refusal):
            self._say(outcome, case_no, step)
            return
        self._show(outcome, case_no, step)

    def _ask_pay(self) -> None:
        """Ask a payer for what was entered, or once more for what came too late."""
        wish = orders.wish(self.session, self.local.current)
        if wish is None:
            return
        refusal = self._taking.ask_pay(wish) if wish.amount_fen else Refusal(Problem.AMOUNT_INVALID)
        if refusal is not None:
            self._say(refusal, wish.case_no, Step.PAY)
            return
        self.session.paying, self.session.phase, self.session.outcome = wish, Phase.PAYING, None

    def _paid(self) -> None:
        """What was awaited has come: it is said as every payment is, with its receipts."""
        if (come := orders.come(self.session, self.local.current)) is not None:
            self._show(come, come.case_no, Step.PAY)
            self.changed()

    def _print(self, family: str, number: str) -> None:
        """Get a receipt onto paper; what has failed goes on from where it stopped, as the same copy."""
        session, snapshot = self.session, self.local.current
        job = session.printing
        if not self.uplink.linked or (job is not None and job.state is OnPaper.ASKED):
            return
        if job is None or job.over or (job.family, job.number) != (family, number):
            cases = snapshot.cases.values() if snapshot is not None else ()
            all_given = ((one.case.case_no, given) for one in cases for given in one.receipts)
            found = next((one for one in all_given if (one[1].family, one[1].number) == (family, number)), None)
            if found is None:
                return
            case_no, given = found
            asked = desk.AskPaper(
                family=given.family, number=given.number, strip=self._printing.printer is not None,
                language=session.language,
            )  # fmt: skip
            job = PrintJob(case_no, given.family, given.number, self._taking.append(asked, case_no).key.seq)
        session.printing = replace(job, state=OnPaper.ASKED, refusal=None)
        self._printing.begin(session.printing)

    def _printed(self) -> None:
        """What was sent to paper has come to an end, or has failed."""
        job, shown = self._printing.done(), self.session.printing
        if job is not None and shown is not None and job.seq == shown.seq:
            self.session.printing = job
            self.changed()

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _say(self, refusal: Refusal, case_no: CaseNo | None, step: Step | None) -> None:
        again = refusal.problem in (Problem.CARD_TORN, Problem.CARD_MUTE)
        self._show(Outcome(Colour.AGAIN if again else Colour.STOP, "refused", refusal), case_no, step)

    def _show(self, outcome: Outcome, case_no: CaseNo | None, step: Step | None) -> None:
        session = self.session
        shown = Outcome(outcome.colour, outcome.message, outcome.refusal, case_no, step, outcome.cause)
        if outcome.colour is Colour.GO:
            session.leave_case()
            session.phase = Phase.OUTCOME
        session.outcome = shown
        if step is not None:
            session.recent = [Done(self.clocks.now(), case_no, step, outcome.colour), *session.recent][:RECENT]
