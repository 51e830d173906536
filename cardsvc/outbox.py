"""Send what waits in the outbox: to the message gateway and to the city, until each has confirmed.

Whatever a receiver does (slow, down, nonsense, the same message wanted twice), a message is neither lost nor believed
to have arrived: it is confirmed only by a signed answer that names it (core.outgoing).
"""

import json
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from cardsvc.context import Context
from cardsvc.core.outgoing import FINAL, Channel, SendError, answered, key_of, next_try
from cardsvc.receiver import Receiver, exchange
from cardsvc.store import outbox
from cardsvc.store.engine import Connection, transact
from cardsvc.store.outbox import Entry
from cardsvc.vault.vault import VaultError

LEASE = timedelta(minutes=5)
"""How long a message that one process has taken is left alone by the others."""
LOG = logging.getLogger("cardsvc.outbox")


class Sender:
    """Sends what is due; any number of processes may."""

    def __init__(self, context: Context, receivers: Mapping[Channel, Receiver]) -> None:
        self._context, self._receivers = context, receivers

    def send_due(self) -> Counter[str]:
        """Send what is due now; how often each outcome came: `sent`, or the class of the error."""
        context, outcomes = self._context, Counter[str]()
        now = context.clock()
        if not self._receivers:
            return outcomes
        taken = transact(
            context.engine,
            lambda one: outbox.take(one, context.home_id, list(self._receivers), now, now + LEASE),
        )
        for entry in taken:
            error = self._send(entry, self._receivers[Channel(entry.channel)])
            outcomes[error or "sent"] += 1
            transact(context.engine, lambda one, entry=entry, error=error: self._keep(one, entry, error))  # type: ignore[misc]
        if outcomes:
            LOG.info("outbox: %s", ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
        return outcomes

    def _keep(self, connection: Connection, entry: Entry, error: SendError | None) -> None:
        now, home = self._context.clock(), self._context.home_id
        if error is None:
            outbox.sent(connection, home, entry, now)
            return
        if error in FINAL:
            LOG.error("outbox: message %s-%s: %s", entry.log_no, entry.entry_no, error)
        outbox.again(connection, home, entry, next_try(entry.tries + 1, now), error)

    def _send(self, entry: Entry, to: Receiver) -> SendError | None:
        """Send one message; why it is not confirmed."""
        key = key_of(self._context.home_id, entry.log_no, entry.entry_no)
        try:
            body = self._body(entry)
        except VaultError:
            return SendError.UNREADABLE
        heard = exchange(to, "", key, body, self._context.clock)
        if isinstance(heard, SendError):
            return heard
        return answered(to.secret, key, heard.status, heard.body, heard.signature)

    def _body(self, entry: Entry) -> bytes:
        vault = self._context.vault
        body = vault.show(entry.body_sealed, f"{entry.where}/body")
        if entry.to_sealed is None:
            return body.encode()
        to = vault.show(entry.to_sealed, f"{entry.where}/to")
        return json.dumps({"to": to, "text": body}, ensure_ascii=False).encode()
