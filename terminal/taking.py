"""Taking a step: decide, journal, write, report; journal first, always.

Green is an answer only after the outcome's record is synced to disk.
"""

from dataclasses import dataclass

from cardsvc.core import card_commit, desk, tap, wire
from cardsvc.core.card.image import CardImage
from cardsvc.core.card.profile import KEY_BIND, KEY_TAP
from cardsvc.core.card_commit import Decision
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.fold import then
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal, refuse_all
from cardsvc.core.rules import RULES
from cardsvc.core.snapshot import KnownCard, KnownCase, Snapshot
from cardsvc.core.workflow import stage_code
from terminal.cards import CardTalk
from terminal.identity import SOFTWARE, Identity
from terminal.journal import Appended, Journal
from terminal.local import LocalSnapshot
from terminal.orders import doubled, order_of
from terminal.session import Colour, Live, Outcome, Paying, Session
from terminal.settings import Clocks
from terminal.slips import entered_before
from terminal.unsent import UnsentTally
from terminal.uplink import Uplink

WORD_WITHIN_S = 5.0


def refused(judgement: wire.Judgement) -> Refusal:
    """What a judgement that is no yes says; one without reasons is of a record that the service could not read."""
    reasons = [Refusal(one.problem, one.detail) for one in judgement.reasons]
    return refuse_all(reasons) or Refusal(Problem.RECORD_UNREADABLE)


@dataclass(slots=True)
class Taking:
    """What a station takes steps with."""

    identity: Identity
    cards: CardTalk
    journal: Journal
    tally: UnsentTally
    local: LocalSnapshot
    uplink: Uplink
    clocks: Clocks
    session: Session

    def take(self, snapshot: Snapshot, asked: Asked) -> Outcome | Refusal:
        """Take the step: decide, journal, write, report; journal first, always."""
        why = self.journal.room()
        if why is not None:
            return Outcome(Colour.STOP, "journal_broken", Refusal(Problem.RECORD_UNREADABLE, why))
        session = self.session
        if (twice := doubled(session, snapshot, asked)) is not None:
            return twice if isinstance(twice, Outcome) else self._refuse(twice, asked, session.case_no)
        if (used := entered_before(self.journal, snapshot, asked)) is not None:
            return self._refuse(used, asked, session.case_no)
        by_uid = session.met is not None and session.met.by_uid
        writes_card = session.met is not None and session.case and tap.writes(session.case.case, asked.step)
        if asked.step is Step.BIND_CARD or (writes_card and not by_uid):
            return self._tap_card(snapshot, asked)
        known = self._newest(snapshot)
        if known is None:
            return Refusal(Problem.CASE_UNKNOWN)
        if isinstance(known, Refusal):
            return self._refuse(known, asked, session.case_no)
        if by_uid and (gone := self._still_there(snapshot)) is not None:
            return gone if isinstance(gone, Outcome) else self._refuse(gone, asked, session.case_no)
        decision = tap.decide(
            known,
            asked,
            self.identity.here,
            snapshot,
            linked=self._linked(asked),
            now=self.clocks.now(),
            unsent=self.tally.now(),
        )
        if isinstance(decision, Refusal):
            return self._refuse(decision, asked, session.case_no)
        granted = None
        if decision.needs_word:
            word = self._ask(decision, asked)
            if not isinstance(word, int) or asked.step is Step.ARM:
                return word if not isinstance(word, int) else Outcome(Colour.GO, "armed")
            granted = word
        body = wire.Observation(step=asked.step, details=decision.details, granted_seq=granted)
        appended = self.append(body, decision.case_no, asked=asked)
        self._note(decision, asked, snapshot, appended)
        self.uplink.wake()
        return Outcome(Colour.GO, "recorded", cause=str(appended.key))

    def _newest(self, snapshot: Snapshot) -> tap.Met | KnownCase | Refusal | None:
        """The case on the screen as the snapshot has it now: news may have come since it was shown."""
        session = self.session
        if session.met is not None and session.met.known is not None and session.image is not None:
            return tap.meet(session.image, snapshot)
        return snapshot.cases.get(session.chosen.case.case_no) if session.chosen is not None else None

    def _still_there(self, snapshot: Snapshot) -> Outcome | Refusal | None:
        """Whether a card that can only be recognised is gone, or is another one than that on the screen."""
        if not self.session.card_present:
            return Outcome(Colour.AGAIN, "put_card_back")
        found = self.cards.look(snapshot, KEY_TAP)
        if isinstance(found, Refusal):
            return found
        same = self.session.image is not None and found[0].uid == self.session.image.uid
        return None if same else Refusal(Problem.CARD_CHANGED, found[1].card_no)

    def _tap_card(self, snapshot: Snapshot, asked: Asked) -> Outcome | Refusal:
        """Read and write the card in one authenticated session, the journal in between."""
        session = self.session
        if not session.card_present:
            return Outcome(Colour.AGAIN, "put_card_back")
        key_no = KEY_BIND if asked.step is Step.BIND_CARD else KEY_TAP
        found = self.cards.look(snapshot, key_no)
        if isinstance(found, Refusal):
            return self._refuse(found, asked, None)
        image, card, secure = found
        if secure is None:
            return self._refuse(Refusal(Problem.CARD_NOT_WRITABLE, card.card_no), asked, None)
        decision = self._decide_with_card(snapshot, asked, image, card)
        if isinstance(decision, Refusal):
            return self._refuse(decision, asked, session.case_no)
        if decision.needs_word and asked.step is not Step.LOAD:
            word = self._ask(decision, asked)
            if not isinstance(word, int):
                return word
        after = stage_code(decision.stage_after)
        intent = wire.Intent(step=asked.step, details=decision.details, stage_after=after)
        appended = self.append(intent, decision.case_no, asked=asked, card=image)
        change = card_commit.card_write(
            decision,
            image,
            self.identity.here,
            appended.key,
            appended.hash,
            self.clocks.now(),
            self.identity.signing.sign,
        )
        written = self.cards.write(image, change, secure)
        torn = isinstance(written, Refusal)
        outcome = wire.Written(intent_seq=appended.key.seq, torn=torn)
        self.append(outcome, decision.case_no, asked=asked, card=image)
        if asked.step is Step.LOAD:
            self.session.permit = None
        if not isinstance(written, Refusal):
            self._note(decision, asked, snapshot, appended, image)
        self.uplink.wake()
        return written if isinstance(written, Refusal) else Outcome(Colour.GO, "recorded")

    def _decide_with_card(
        self, snapshot: Snapshot, asked: Asked, image: CardImage, card: KnownCard
    ) -> Decision | Refusal:
        session = self.session
        if session.image is not None and (session.image.uid != image.uid or session.image.state != image.state):
            return Refusal(Problem.CARD_CHANGED, image.identity.card_no if image.identity else "")
        here = self.identity.here
        if asked.step is Step.BIND_CARD:
            if session.chosen is None:
                return Refusal(Problem.CASE_UNKNOWN)
            return tap.decide_binding(
                image,
                card,
                session.chosen,
                asked,
                here,
                snapshot,
                linked=self.uplink.linked,
                now=self.clocks.now(),
                unsent=self.tally.now(),
            )
        met = tap.meet(image, snapshot)
        if isinstance(met, Refusal):
            return met
        if met.case is None or session.case is None or met.case.case_no != session.case.case.case_no:
            return Refusal(Problem.CARD_CHANGED, card.card_no)
        return tap.decide(
            met,
            asked,
            here,
            snapshot,
            linked=self._linked(asked),
            now=self.clocks.now(),
            unsent=self.tally.now(),
        )

    def _linked(self, asked: Asked) -> bool:
        """Whether the step may be taken now as far as the network goes; a live permit is its word for load."""
        if asked.step is not Step.LOAD:
            return self.uplink.linked
        permit, case = self.session.permit, self.session.case
        alive = permit is not None and self.clocks.steady_ms() < permit.until_ms
        return alive and permit is not None and case is not None and permit.case_no == case.case.case_no

    def _ask(self, decision: Decision, asked: Asked) -> int | Outcome | Refusal:
        """Ask for the service's word and await it; the number of the granted request, or why not."""
        sent_ms = self.clocks.steady_ms()
        request = wire.Request(step=asked.step, details=decision.details)
        appended = self.append(request, decision.case_no, asked=asked)
        judgement = self.uplink.wait_for(appended.key.seq, WORD_WITHIN_S)
        if judgement is None:
            late = Problem.WORD_LATE if RULES[asked.step].by_word else Problem.OFFLINE_FORBIDDEN
            return Refusal(late, asked.step)
        if judgement.outcome is not wire.Outcome.ACCEPTED:
            return refused(judgement)
        if judgement.permit is not None and judgement.permit_ms is not None:
            self.session.permit = Live(decision.case_no, judgement.permit, sent_ms + judgement.permit_ms)
        return appended.key.seq

    def _note(
        self, decision: Decision, asked: Asked, snapshot: Snapshot, appended: Appended, image: CardImage | None = None
    ) -> None:
        """Remember our own act until the service says it, so that the next step is lit without network.

        Where its news of the act have come meanwhile, they stand; `snapshot` is what was decided by.
        """
        counter = image.state.counter + 1 if image is not None and image.state else 0
        card_no = image.identity.card_no if image is not None and image.identity is not None else None
        fact = Fact(
            case_no=decision.case_no,
            body=StepTaken(step=asked.step, details=decision.details),
            at=self.clocks.now(),
            observed=True,
            staff_no=asked.staff_no or StaffNo(""),
            second_staff_no=asked.second_staff_no,
            station_kind=self.identity.here.kind,
            cause=str(appended.key),
            order=(counter, 0),
        )

        seen = snapshot.cases.get(decision.case_no)
        decided_by = seen.case if seen is not None else None

        def noted(case: Case) -> Case:
            if any(one.cause == fact.cause for one in case.taken):
                return case
            if asked.step is Step.VOID and case != decided_by:
                return case  # news of what it takes back, or that it is taken back
            if asked.step is Step.BIND_CARD:
                return case.model_copy(update={"card_no": card_no})
            case = then(case, fact)
            return case.model_copy(update={"stage": decision.stage_after}) if image is not None else case

        self.local.note(decision.case_no, noted, card_no, counter, appended.key)

    def _refuse(self, refusal: Refusal, asked: Asked, case_no: CaseNo | None) -> Refusal:
        """A no is a record too."""
        problems = tuple(one.problem for one in refusal.all())[:40]
        refused = wire.Refused(step=asked.step, problems=problems, details=asked.details)
        self.append(refused, case_no, asked=asked)
        self.uplink.wake()
        return refusal

    def turn_away(self, refusal: Refusal, image: CardImage) -> Refusal:
        """A card that was refused as soon as it was met: recorded, so that the service learns of a copied one."""
        problems = tuple(one.problem for one in refusal.all())[:40]
        case_no = image.identity.case_no if image.identity is not None else None
        self.append(wire.Refused(step=None, problems=problems), case_no, card=image)
        self.uplink.wake()
        return refusal

    def ask_pay(self, wish: Paying) -> Refusal | None:
        """Ask for a QR payment: the service writes the order, and the snapshot brings its code."""
        if not self.uplink.linked:
            return Refusal(Problem.OFFLINE_FORBIDDEN, Step.PAY)
        appended = self.append(desk.AskPay(payer=wish.payer, amount_fen=wish.amount_fen), wish.case_no)
        judgement = self.uplink.wait_for(appended.key.seq, WORD_WITHIN_S)
        if judgement is None:
            return Refusal(Problem.OFFLINE_FORBIDDEN, Step.PAY)
        return None if judgement.outcome is wire.Outcome.ACCEPTED else refused(judgement)

    def drop_pay(self, waits: Paying) -> Outcome | None:
        """Wait for a QR payment no longer; one that the snapshot has not brought yet cannot be named: that is said."""
        order = order_of(self.session, self.local.current)
        if order is None:
            return Outcome(Colour.AGAIN, "pay_not_yet", case_no=waits.case_no)
        self.append(desk.DropPay(order_no=order.order_no), waits.case_no)
        self.uplink.wake()
        return None

    def lapse(self) -> None:
        """A permit that ran out without a load is over, and the service is told."""
        permit = self.session.permit
        if permit is None or self.clocks.steady_ms() < permit.until_ms:
            return
        self.session.permit = None
        self.append(wire.PermitDead(permit=permit.permit), permit.case_no)
        self.uplink.wake()

    def append(
        self,
        body: wire.Body,
        case_no: CaseNo | None,
        asked: Asked | None = None,
        card: CardImage | None = None,
        by: StaffNo | None = None,
    ) -> Appended:
        """Journal a record, synced to disk; `by` is who, where no step is asked for. Raises JournalBroken."""
        snapshot, here = self.local.current, self.identity.here
        state = card.state if card is not None else None
        known = card or self.session.image
        met = self.session.met
        card_no = known.identity.card_no if known is not None and known.identity is not None else None
        if met is not None and met.by_uid:
            card_no = met.card.card_no

        def build(seq: int, prev: str) -> wire.Record:
            return wire.Record(
                journal_id=self.identity.journal_id,
                seq=seq,
                prev=prev,
                home_id=here.home_id,
                station_id=here.station_id,
                case_no=case_no,
                card_no=card_no,
                card_counter=state.counter if state is not None else None,
                card_last=wire.Key.of(state.last) if state is not None and state.last is not None else None,
                body=body,
                staff_no=asked.staff_no if asked else by or self.session.staff_no,
                second_staff_no=asked.second_staff_no if asked else None,
                wall_time=self.clocks.now(),
                boot_id=self.clocks.boot_id,
                steady_ms=self.clocks.steady_ms(),
                snapshot_version=snapshot.version if snapshot else 0,
                price_version=snapshot.setup.prices.version if snapshot else None,
                software=SOFTWARE,
            )

        return self.journal.append(build)
