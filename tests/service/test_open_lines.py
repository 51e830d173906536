"""Which lines of a bill stand: what is taken back stands no more, in the same transaction or an earlier one."""

from cardsvc.core.facts import Step
from cardsvc.core.terms import Payer
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.open_lines import open_lines
from cardsvc.store.opening import working_set
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened


def test_a_line_that_is_taken_back_stands_no_more(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)
    context = service.context
    with context.engine.begin() as connection:
        tx = working_set(connection, context.home_id, open_log(connection, context.home_id), service.clock.now)
        transport, cold = open_lines(tx, case_no)
        log_no = tx.log.add("corrected", case_no, "", service.clock.now)
        other = cold.line.model_copy(update={"payer": Payer.OTHER})
        tx.lines += [
            (case_no, log_no, "office:1", cold.line, (cold.log_no, cold.line_no)),
            (case_no, log_no, cold.cause, other, None),
        ]
        assert [(one.cause, one.line) for one in open_lines(tx, case_no)] == [
            (transport.cause, transport.line),
            (cold.cause, other),
        ]
        tx.lines.append((case_no, log_no, "office:2", other, (log_no, 1)))
        assert open_lines(tx, case_no) == [transport]
        flush(tx)

    with context.engine.begin() as connection:
        tx = working_set(connection, context.home_id, open_log(connection, context.home_id), service.clock.now)
        assert open_lines(tx, case_no) == [transport]
