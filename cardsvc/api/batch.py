"""The records of one request, taken in order: is each the next one, and what does the service think of it."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from cardsvc.api import pay_desk, station_papers
from cardsvc.api.checking import RECORD, Checked, claimed_seq, verifies
from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core import desk, wire
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, JournalId, RecordKey, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.sealing import BOOKING_PURPOSE, Unsealable
from cardsvc.core.wire import Judgement, Outcome, Record, RecordResult, Result, Verdict
from cardsvc.handlers import open_case, record_tap
from cardsvc.handlers.record_tap import Reported
from cardsvc.store import journals, witnesses
from cardsvc.store.flushing import flush
from cardsvc.store.journals import JournalRow
from cardsvc.store.limits import limits_of
from cardsvc.store.working import WorkingSet

JUDGEMENT = TypeAdapter(Judgement)
FORM = TypeAdapter(BookingForm)
NOTED = Judgement(outcome=Outcome.NOTED)


class Arrived:
    """What has come in one transaction, from all stations: what one of them has said, the next ones know."""

    def __init__(self, tx: WorkingSet, records: list[Record]) -> None:
        """Load all cases and cards that the records touch, in one query each."""
        self.tx = tx
        self.rows: dict[tuple[JournalId, int], dict[str, object]] = {}
        self.taken: dict[tuple[JournalId, int], tuple[Record, Judgement]] = {}
        numbers = {one.case_no for one in records if one.case_no}
        self.aliases = journals.aliases(tx.connection, tx.home_id, numbers)
        tx.load_cases(self.aliases.get(one, one) for one in numbers)
        held = [case.card_no for case in tx.cases.values() if case.card_no]
        tx.load_cards([*held, *(one.card_no for one in records if one.card_no)])
        tx.load_things()

    def close(self, context: Context) -> None:
        """Write the records and all that they changed."""
        journals.add_records(self.tx.connection, list(self.rows.values()))
        post(context, self.tx)
        flush(self.tx)


class Batch:
    """The records of one request, taken in order."""

    def __init__(self, arrived: Arrived, context: Context, journal: JournalRow, settled_seq: int) -> None:
        """`settled_seq`: as far as we had the journal before a restore; what is new to us up to there was lost."""
        self.arrived, self.tx, self.context, self.journal = arrived, arrived.tx, context, journal
        self.settled_seq = settled_seq
        self.head_seq: int = journal.head_seq
        self.head_hash: str = journal.head_hash
        self.kind = journal.kind
        self.forked: Problem | None = None

    def take(self, one: Checked) -> RecordResult:
        """Take one record: its result, and its judgement."""
        expected = self.head_seq + 1
        if not one.signed:
            return RecordResult(result=Result.DIFFERS, seq=expected, problem=Problem.SIGNATURE_WRONG)
        record = one.record
        seq = record.seq if record is not None else claimed_seq(one.raw, expected)
        if record is not None and record.journal_id != self.journal.journal_id:
            return RecordResult(result=Result.DIFFERS, seq=seq, problem=Problem.STATION_UNKNOWN)
        if seq < expected:
            return self._again(one, seq)
        if seq > expected:
            return RecordResult(result=Result.EXPECTED, seq=seq, expected_seq=expected)
        if record is not None and record.prev != self.head_hash:
            return RecordResult(result=Result.DIFFERS, seq=seq, problem=Problem.CHAIN_BROKEN)
        log_no = self.tx.log.add(
            "record", f"{self.journal.journal_id}:{seq}", one.hash, self.tx.now, record.staff_no if record else None
        )
        judgement, result = self._judged(record, log_no)
        key = (self.journal.journal_id, seq)
        self.arrived.rows[key] = {
            "home_id": self.tx.home_id,
            "journal_id": self.journal.journal_id,
            "seq": seq,
            "log_no": log_no,
            "kind": record.body.kind if record else "unreadable",
            "case_no": judgement.case_no or (self._case_no(record) if record else None),
            "raw": one.raw,
            "sig": one.sig,
            "hash": one.hash,
            "outcome": judgement.outcome.value if result is Result.RECORDED else Result.QUARANTINED.value,
            "judgement": judgement.model_dump_json(),
            "received_at": self.tx.now,
        }
        if record is not None and result is Result.RECORDED:
            self.arrived.taken[key] = (record, judgement)
        self.head_seq, self.head_hash = seq, one.hash
        problem = Problem.RECORD_UNREADABLE if result is Result.QUARANTINED else None
        return RecordResult(result=result, seq=seq, log_no=log_no, judgement=judgement, problem=problem)

    def _again(self, one: Checked, seq: int) -> RecordResult:
        """A record that was sent before: already, or differs."""
        fresh = self.arrived.rows.get((self.journal.journal_id, seq))
        if fresh is None:
            stored = journals.record(self.tx.connection, self.tx.home_id, self.journal.journal_id, seq)
            if stored is None:
                return RecordResult(result=Result.DIFFERS, seq=seq, problem=Problem.RECORD_UNREADABLE)
            fresh = {"hash": stored.hash, "log_no": stored.log_no, "judgement": stored.judgement}
        if fresh["hash"] != one.hash:
            self.forked = Problem.JOURNAL_FORKED
            return RecordResult(result=Result.DIFFERS, seq=seq)
        judgement = JUDGEMENT.validate_json(str(fresh["judgement"]))
        log_no = int(str(fresh["log_no"]))
        return RecordResult(result=Result.ALREADY, seq=seq, log_no=log_no, judgement=judgement)

    def _judged(self, record: Record | None, log_no: int) -> tuple[Judgement, Result]:
        if record is None:
            return NOTED, Result.QUARANTINED
        savepoint = self.tx.mark()
        self.tx.sent_again = record.seq <= self.settled_seq
        try:
            return self._judge(record, log_no), Result.RECORDED
        except (ValueError, KeyError, LookupError):
            # A rule that fails on one record must not stop the station: the bytes are kept, a person looks at them.
            cleared = self.tx.cleared
            self.tx.back(savepoint)
            self.tx.cleared = cleared  # its link stays in the log, so it stays too
            return NOTED, Result.QUARANTINED

    def _judge(self, record: Record, log_no: int) -> Judgement:
        match record.body:
            case wire.Written(intent_seq=seq, torn=False):
                return self._happen(self._earlier(self.journal.journal_id, seq), log_no)
            case wire.Settled(intent=intent, verdict=Verdict.APPLIED):
                return self._happen(self._earlier(JournalId(intent.journal_id), intent.seq), log_no)
            case wire.Intent() if record.key in self.tx.awaited:
                # A card carried it as its last write before it came: whatever the station knows, it was applied.
                return self._happen(record, log_no)
            case wire.Seen():
                carried = self._carried(record)
                return self._happen(carried, log_no) if carried is not None else NOTED
            case wire.Settled(verdict=Verdict.CONFLICT):
                self._copied(record)
                return record_tap.refused(Refusal(Problem.CASE_CONFLICT, record.card_no or "")).model_copy(
                    update={"outcome": Outcome.CONFLICT}
                )
            case wire.Observation(step=step, details=details, granted_seq=granted):
                if granted is not None and self._was_granted(granted, step):
                    return self._given_out(record, details, granted, log_no)
                needs_word = RULES[step].offline is not Offline.YES or record_tap.by_uid(self.tx, record.card_no)
                if needs_word and not self._granted(granted, step):
                    return record_tap.refused(Refusal(Problem.OFFLINE_FORBIDDEN, step))
                if RULES[step].by_word and self.tx.has_fact(str(RecordKey(self.journal.journal_id, granted or 0))):
                    return self._as_granted(record, details, granted or 0)
                judgement = record_tap.handle(self.tx, self._reported(record, step, details), log_no)
                return record_tap.near_missed(self.tx, self._case_no(record), details, judgement)
            case wire.Request(step=Step.ARM as step, details=details):
                reported = self._reported(record, step, details, happened=False)
                permit = self.context.chance(8).hex().upper()
                limits = limits_of(self.tx.connection, self.tx.home_id)
                judgement = record_tap.grant_permit(self.tx, reported, limits, permit)
                return record_tap.near_missed(self.tx, self._case_no(record), details, judgement)
            case wire.Request(step=step, details=details):
                judgement = self._answer(self._reported(record, step, details, happened=False), log_no)
                return record_tap.near_missed(self.tx, self._case_no(record), details, judgement)
            case wire.Booking(sealed=sealed):
                return self._book(record, sealed, log_no)
            case wire.Refused(problems=problems) if Problem.CARD_ROLLED_BACK in problems:
                self._copied(record)
                return NOTED
            case wire.Refused(problems=problems, details=Details() as details):
                record_tap.near_miss(self.tx, self._case_no(record), details, frozenset(problems))
                return NOTED
            case wire.Listen(sealed=sealed):
                return self._listen(record, sealed)
            case desk.AskPay() as asked:
                case_no = self._case_no(record)
                return pay_desk.ask(self.tx, self.context, self.kind, record.staff_no, case_no, asked)
            case desk.DropPay() as asked:
                case_no = self._case_no(record)
                return pay_desk.let_go(self.tx, self.context, self.kind, record.staff_no, case_no, asked)
            case desk.AskPaper() as asked:
                case_no = self._case_no(record)
                return station_papers.ask(self.tx, self.journal, record.staff_no, case_no, asked)
            case wire.PermitDead(permit=code):
                record_tap.permit_over(self.tx, code, self.journal.journal_id)
                return NOTED
            case wire.Witness() as witness:
                return self._compare(record, witness)
            case _:
                return NOTED

    def _copied(self, record: Record) -> None:
        """The station saw an image of a card that is older than what was seen of it before."""
        if record.card_no is not None:
            record_tap.copied(self.tx, record.card_no, self._case_no(record))

    def _compare(self, record: Record, witness: wire.Witness) -> Judgement:
        """Compare what a station was told of the log with the log itself."""
        signed = wire.checkpoint_bytes(record.home_id, witness.epoch, witness.log_no, witness.root)
        genuine = verifies(Ed25519PublicKey.from_public_bytes(self.context.vault.public_key), witness.signature, signed)
        if genuine and witnesses.contradicted(self.tx.connection, self.tx.home_id, witness) is None:
            return NOTED
        problem = Problem.HISTORY_REWRITTEN if genuine else Problem.SIGNATURE_WRONG
        found = record_tap.refused(Refusal(problem, str(witness.log_no)))
        return found.model_copy(update={"outcome": Outcome.CONFLICT})

    def _answer(self, reported: Reported, log_no: int) -> Judgement:
        """Judge a request, and let nothing happen, unless the word is the act.

        One that is sent again after a restore has had its word: what came of it the record behind it tells, and what
        these books think of it is noted, so that nobody takes it for a yes or a no of theirs.
        """
        by_word = RULES[reported.asked.step].by_word
        if by_word and not self.tx.sent_again:
            return record_tap.handle(self.tx, reported, log_no)
        savepoint = self.tx.mark()
        judgement = record_tap.handle(self.tx, reported, log_no)
        cleared = self.tx.cleared
        self.tx.back(savepoint)
        self.tx.cleared = cleared  # that all held when it was asked is kept, whatever comes of it
        return judgement.model_copy(update={"outcome": Outcome.NOTED}) if by_word else judgement

    def _happen(self, intent: Record | None, log_no: int) -> Judgement:
        """The card was written: the intent's step is so."""
        if intent is None or not isinstance(intent.body, wire.Intent):
            return record_tap.refused(Refusal(Problem.INTENT_UNKNOWN))
        if self.tx.has_fact(str(intent.key)):
            return NOTED
        last = intent.card_last.record_key if intent.card_last else None
        reported = replace(
            self._reported(intent, intent.body.step, intent.body.details),
            station_kind=self._kind_of(intent),
            counter=intent.card_counter,
            last=last,
        )
        if intent.card_no:
            self.tx.load_cards([intent.card_no])
        return record_tap.handle(self.tx, reported, log_no)

    def _carried(self, seen: Record) -> Record | None:
        """The intent that a card carries as its last write: whoever sees it there knows that it was applied."""
        if seen.card_last is None or seen.card_counter is None:
            return None
        intent = self._earlier(JournalId(seen.card_last.journal_id), seen.card_last.seq)
        if intent is None and seen.card_no is not None and seen.case_no is not None:
            self.tx.missing[(seen.card_last.record_key, seen.card_no)] = self._case_no(seen) or seen.case_no
        if intent is None or not isinstance(intent.body, wire.Intent) or intent.card_no != seen.card_no:
            return None
        return intent if intent.card_counter == seen.card_counter - 1 else None

    def _kind_of(self, record: Record) -> StationKind:
        """The kind of the station that wrote a record: a torn tap may be settled at another one."""
        if record.journal_id == self.journal.journal_id:
            return self.kind
        other = journals.journal(self.tx.connection, self.tx.home_id, record.journal_id)
        return other.kind if other is not None else self.kind

    def _reported(self, record: Record, step: Step, details: Details, *, happened: bool = True) -> Reported:
        asked = Asked(step, details, record.staff_no, record.second_staff_no)
        return Reported(
            case_no=self._case_no(record),
            asked=asked,
            at=record.wall_time,
            cause=str(record.key),
            station_kind=self.kind,
            station_id=record.station_id,
            key=record.key,
            card_no=record.card_no,
            happened=happened,
        )

    def _case_no(self, record: Record) -> CaseNo | None:
        return self.arrived.aliases.get(record.case_no, record.case_no) if record.case_no else None

    def _earlier(self, journal_id: JournalId, seq: int) -> Record | None:
        """A record that came before, in this transaction or in another."""
        if (journal_id, seq) in self.arrived.taken:
            return self.arrived.taken[(journal_id, seq)][0]
        row = journals.record(self.tx.connection, self.tx.home_id, journal_id, seq)
        if row is None or row.outcome == Result.QUARANTINED:
            return None
        record = RECORD.validate_json(row.raw)
        if record.case_no:
            self.tx.load_cases([self._case_no(record) or record.case_no])
        return record

    def _granted(self, seq: int | None, step: Step) -> bool:
        """Whether an earlier request for the same step was granted."""
        return seq is not None and self._answered(seq, step) is Outcome.ACCEPTED

    def _was_granted(self, seq: int, step: Step) -> bool:
        """Whether the word for this was given by books that were lost: what these have refused is no word."""
        noted = RULES[step].by_word and self._answered(seq, step) is Outcome.NOTED
        return noted and not self.tx.has_fact(str(RecordKey(self.journal.journal_id, seq)))

    def _answered(self, seq: int, step: Step) -> Outcome | None:
        """What was answered to an earlier request for this step; None where there was none."""
        key = (self.journal.journal_id, seq)
        if key in self.arrived.taken:
            record, judgement = self.arrived.taken[key]
        else:
            earlier = self._earlier(self.journal.journal_id, seq)
            if earlier is None:
                return None
            stored = journals.record(self.tx.connection, self.tx.home_id, self.journal.journal_id, seq)
            record, judgement = earlier, JUDGEMENT.validate_json(stored.judgement if stored else "")
        asked = isinstance(record.body, wire.Request) and record.body.step is step
        return judgement.outcome if asked else None

    def _given_out(self, record: Record, details: Details, seq: int, log_no: int) -> Judgement:
        """Money that was given out by a word that was lost: booked under its request, whatever speaks against it."""
        asked = self._earlier(self.journal.journal_id, seq)
        if (
            asked is None
            or not isinstance(asked.body, wire.Request)
            or (asked.body.details, self._case_no(asked)) != (details, self._case_no(record))
        ):
            return record_tap.refused(Refusal(Problem.OFFLINE_FORBIDDEN, str(seq)))
        self.tx.sent_again = True
        return record_tap.handle(self.tx, self._reported(asked, asked.body.step, details), log_no)

    def _as_granted(self, record: Record, details: Details, seq: int) -> Judgement:
        """What is reported behind a yes that was the act: nothing more happens, and it must say what was granted."""
        granted = self._earlier(self.journal.journal_id, seq)
        same = (
            granted is not None
            and isinstance(granted.body, wire.Request)
            and (granted.body.details, self._case_no(granted)) == (details, self._case_no(record))
        )
        if same:
            return Judgement(outcome=Outcome.ACCEPTED)
        found = record_tap.refused(Refusal(Problem.CASE_CONFLICT, str(seq)))
        return found.model_copy(update={"outcome": Outcome.CONFLICT})

    def _form(self, sealed: bytes) -> BookingForm | Refusal:
        try:
            return FORM.validate_json(self.context.vault.unseal(BOOKING_PURPOSE, sealed))
        except (Unsealable, ValidationError):
            return Refusal(Problem.INPUT_INVALID, "booking")

    def _listen(self, record: Record, sealed: bytes) -> Judgement:
        """Which cases a booking could be mixed up with; nothing happens."""
        form = self._form(sealed)
        if isinstance(form, Refusal):
            return record_tap.refused(form)
        heard = open_case.listen(self.tx, form, record.wall_time, self.context.vault)
        if isinstance(heard, Refusal):
            return record_tap.refused(heard)
        hits = tuple(wire.Reason(problem=Problem.CASE_ALIKE, detail=one.detail) for one in heard)
        return Judgement(outcome=Outcome.NOTED if hits else Outcome.ACCEPTED, reasons=hits)

    def _book(self, record: Record, sealed: bytes, log_no: int) -> Judgement:
        form = self._form(sealed)
        if isinstance(form, Refusal):
            return record_tap.refused(form)
        booking = open_case.Booking(
            form=form,
            at=record.wall_time,
            cause=str(record.key),
            staff_no=record.staff_no or StaffNo(""),
            station_kind=self.kind,
            observed=True,
            station_id=self.journal.station_id,
            provisional_no=record.case_no,
        )
        opened = open_case.handle(self.tx, booking, log_no, self.context.vault, self.context.chance)
        if isinstance(opened, Refusal):
            return record_tap.refused(opened)
        if record.case_no:
            self.arrived.aliases[record.case_no] = opened
        return Judgement(outcome=Outcome.ACCEPTED, case_no=opened)
