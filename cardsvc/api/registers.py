"""Ask the modules which waivers a case's person is entitled to: beside the taps, by itself, never within one.

A tap waits for no register: its line stands without waiver. What a register says later is proven by itself, posted by
counter-lines, and told to the family. What one takes back is shown to people: only two of them make a family owe again.
"""

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from queue import Empty, Queue

from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.facts import Step
from cardsvc.core.registers import Heard, RegisterFault, asked_day, believed, lost, next_ask, remark, to_prove, turns
from cardsvc.core.terms import Notice
from cardsvc.core.workflow import OVER
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.modules import Module
from cardsvc.rows import agreeing, renumbering
from cardsvc.store import registers as store
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.registers import Ask
from cardsvc.store.working import Message

LOG = logging.getLogger("cardsvc.registers")
PATIENCE_S = 5.0


class Registers:
    """Asks what is due; any number of processes may: what was proven is looked at again before it is posted."""

    def __init__(self, context: Context, patience_s: float = PATIENCE_S, most: int = store.MOST) -> None:
        self._context, self._patience_s, self._most = context, patience_s, most
        self._modules = [one for one in context.modules.values() if one.waivers is not None]
        self._busy: dict[str, threading.Thread] = {}
        self._after = store.FIRST

    def ask_due(self) -> Counter[str]:
        """Ask about cases that came to booking, arrangement or cashier, and again where an answer is owed.

        How often each outcome came: `proven`, `lost`, `nothing`, a fault, or `dropped`: it turned out meanwhile that
        the deceased is somebody else.
        """
        outcomes, home, now = Counter[str](), self._context.home_id, self._context.clock()
        if not self._modules:
            return outcomes
        with self._context.engine.connect() as connection:
            changed = store.changed(connection, home, self._after, self._most)
            again = store.due(connection, home, now, self._most)
        come = [one for one in changed if turns(one.case) > one.turns]
        for one in {one.case.case_no: one for one in (*come, *again)}.values():
            try:
                outcomes.update(self._about(one))
            except Exception as error:
                # One case stops none behind it. Only the kind of the fault is said: its words may quote a row.
                LOG.error("%s: what registers said was not kept: %s", one.case.case_no, type(error).__name__)
                transact(self._context.engine, partial(self._owe, ask=one))
                outcomes[RegisterFault.UNKEPT.value] += 1
        if changed:
            self._after = changed[-1].place
        return outcomes

    def _about(self, ask: Ask) -> list[str]:
        day = asked_day(ask.case)
        heard = [self._hear(one, ask.person, day) for one in self._modules]
        found = transact(self._context.engine, lambda one: self._keep(one, ask, heard))
        faults = [one.fault.value for one in heard if one.fault is not None]
        for one in heard:
            if one.fault is not None:
                LOG.warning("register %s: %s", one.register, one.fault)
        return [*found, *faults] or ["nothing"]

    def _hear(self, module: Module, person: str, day: date) -> Heard:
        """A register's word in its time; one that still thinks about an earlier question is not asked another."""
        busy = self._busy.get(module.name)
        if busy is not None and busy.is_alive():
            return Heard(module.name, fault=RegisterFault.SLOW)
        answer: Queue[Heard] = Queue()
        thread = threading.Thread(target=self._ask, args=(module, person, day, answer), daemon=True, name=module.name)
        self._busy[module.name] = thread
        thread.start()
        try:
            return answer.get(timeout=self._patience_s)
        except Empty:
            return Heard(module.name, fault=RegisterFault.SLOW)

    def _ask(self, module: Module, person: str, day: date, answer: "Queue[Heard]") -> None:
        try:
            with self._context.engine.connect() as connection:
                stood = agreeing.stood(connection, self._context.home_id, module, day)
                said = list(module.waivers(connection, person, day, stood)) if module.waivers is not None else []
                heard = believed(module.name, said, person, day)
                formerly = tuple(
                    (one.category, number)
                    for one in heard.records
                    for number in renumbering.formerly(connection, self._context.home_id, module, one.number)
                )
        except Exception as error:
            # Whatever a module raises, it has not answered. Only the kind is said: the words may quote a row.
            LOG.error("register %s failed: %s", module.name, type(error).__name__)
            answer.put(Heard(module.name, fault=RegisterFault.DOWN))
            return
        answer.put(replace(heard, formerly=formerly))

    def _keep(self, connection: Connection, ask: Ask, heard: Sequence[Heard]) -> list[str]:
        """Prove what is new, by the case as it is now, and remember who owes an answer.

        An answer about who the deceased turned out not to be is dropped: the right person is asked about next.
        """
        context, home, now = self._context, self._context.home_id, self._context.clock()
        log = open_log(connection, home)
        if store.person(connection, home, ask.case.case_no) != ask.person:
            log.close()
            return ["dropped"]
        tx = working_set(connection, home, log, now, context.vault.sign)
        case = tx.case(ask.case.case_no)
        if case is None:
            raise LookupError(f"no case {ask.case.case_no}")
        found = []
        provable = case.stage not in OVER
        proofs = to_prove(case, heard) if provable else ()
        if proofs:
            tx.load_things()
        for details in proofs:
            log_no = tx.log.add(f"register {details.registry} proves {details.category}", case.case_no, "", now)
            cause = f"register:{details.registry}:{case.case_no}:{log_no}"
            take_by_itself(tx, tx.cases[case.case_no], Step.PROVE_WAIVER, details, log_no, cause=cause)
            tx.outgoing.append((log_no, Message(Notice.WAIVER_PROVEN, case.case_no)))
            found.append("proven")
        found += ["lost"] * len(lost(case, heard))
        faults = {one.register: one.fault for one in heard if one.fault is not None}
        self._remember(connection, ask, faults, remark(case, heard, ask.lost))
        if proofs:
            post(context, tx)
            flush(tx)
        else:
            tx.log.close()
        return found

    def _owe(self, connection: Connection, ask: Ask) -> None:
        """Remember that every register is to be asked again about a case."""
        self._remember(connection, ask, {one.name: RegisterFault.UNKEPT for one in self._modules}, ask.lost)

    def _remember(
        self, connection: Connection, ask: Ask, faults: Mapping[str, RegisterFault], gone: str | None
    ) -> None:
        """How it went with the case as it was asked about: a turn that came meanwhile is asked about by itself."""
        now, tries = self._context.clock(), ask.tries + 1 if ask.waits else 1
        after = next_ask(tries, now)
        home, asked = self._context.home_id, ask.case
        store.keep(connection, home, asked.case_no, turns(asked), tries, faults, gone, now, after)
