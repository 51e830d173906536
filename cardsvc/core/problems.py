"""Every way to say no.

A problem's value is its wire code and lives for ever; its words and what to do next stand in the catalogues under
``[problem]`` as ``CODE.say`` and ``CODE.do``.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Problem(StrEnum):
    """The closed list of refusals, one line of meaning each."""

    # the card
    CARD_FOREIGN = "card_foreign"  # not a card of this system
    CARD_FORGED = "card_forged"  # a proof on the card is wrong: keep the card, call someone
    CARD_TORN = "card_torn"  # left the field too early, nothing was written
    CARD_MUTE = "card_mute"  # the card does not answer
    CARD_UNKNOWN = "card_unknown"  # ours, but in no open case that this station knows
    CARD_HOT = "card_hot"  # reported lost, replaced or cloned
    CARD_ROLLED_BACK = "card_rolled_back"  # its counter is behind what was seen before
    CARD_CHANGED = "card_changed"  # not the card, or not the state, that is on the screen
    CARD_NOT_BLANK = "card_not_blank"  # binding needs a blank card of the pool
    CARD_NOT_WRITABLE = "card_not_writable"  # this kind of card carries no state
    STAFF_CARD = "staff_card"  # somebody's who works here, where the family's card is needed
    TWO_CARDS = "two_cards"  # two cards lie on the readers: nothing is taken
    CARD_UNSETTLED = "card_unsettled"  # an earlier tap is torn and not yet settled
    CARD_STATE = "card_state"  # what is asked does not follow the card's state
    CARD_IN_USE = "card_in_use"  # the card's case is not over yet
    # the case
    CASE_UNKNOWN = "case_unknown"  # no such case here
    CASE_CLOSED = "case_closed"  # closed or cancelled
    CASE_ON_HOLD = "case_on_hold"  # police, court, autopsy, dispute, donation
    CASE_HAS_CARD = "case_has_card"  # a card is bound already
    CASE_DUPLICATE = "case_duplicate"  # an open case on the same person exists
    CASE_ALIKE = "case_alike"  # another case could be mixed up with the one that is booked: ask the caller
    CASE_CONFLICT = "case_conflict"  # a contradiction waits for a named person
    STEP_OUT_OF_ORDER = "step_out_of_order"  # the step does not follow this stage
    STEP_NOT_HERE = "step_not_here"  # the step does not belong to this station
    STEP_BARRED = "step_barred"  # barred for this case (infectious: no dressing, no farewell)
    STEP_NOT_STARTED = "step_not_started"  # nothing to finish, suspend or resume
    STEP_SUSPENDED = "step_suspended"  # resume or return it first
    NOTHING_TO_VOID = "nothing_to_void"  # no step of this case can be taken back here
    # people
    STAFF_UNKNOWN = "staff_unknown"  # no such staff member, or disabled
    STAFF_NOT_ALLOWED = "staff_not_allowed"  # the role does not allow this step
    SECOND_PERSON_MISSING = "second_person_missing"  # two people are needed
    SECOND_PERSON_SAME = "second_person_same"  # the second pair of eyes is the first person
    SECOND_PERSON_NOT_ALLOWED = "second_person_not_allowed"  # the second one's role does not allow to confirm this
    STAFF_LEFT = "staff_left"  # they had left before it happened: somebody looks at what they recorded
    STAFF_KNOWN = "staff_known"  # somebody has this number, or had it: numbers are never given again
    LAST_MANAGER = "last_manager"  # nobody would be left who may manage people
    PASSWORD_FIRST = "password_first"  # made by somebody else: they choose their own before anything else
    PASSWORD_WRONG = "password_wrong"  # the old one is not theirs
    PASSWORD_SHORT = "password_short"  # fewer characters than a password needs
    PASSWORD_COMMON = "password_common"  # everybody tries it, or it is the own number
    PASSWORD_SAME = "password_same"  # the new one is the old one
    PASSWORDS_DIFFER = "passwords_differ"  # typed twice, and not the same
    PIN_WRONG = "pin_wrong"  # not digits, too few or too many
    PIN_COMMON = "pin_common"  # everybody tries it, it is the own number, or the password
    # what was entered
    FIELD_MISSING = "field_missing"  # something that the step needs was not entered
    FIELD_INVALID = "field_invalid"  # entered, but it cannot be
    IDENTIFIERS_DISAGREE = "identifiers_disagree"  # the crew's paper and the band do not agree in all three: stop
    TAG_MISMATCH = "tag_mismatch"  # the body tag is not this case's: stop
    TAG_IN_USE = "tag_in_use"  # the tag is bound to another case
    DISC_MISMATCH = "disc_mismatch"  # the disc is not this case's: stop
    DISC_USED = "disc_used"  # a disc serves once
    REASON_MISSING = "reason_missing"  # a correction needs its reason
    # places and things
    PLACE_TAKEN = "place_taken"  # slot, furnace, hall or vehicle is occupied
    PLACE_CLOSED = "place_closed"  # slot, furnace, hall or vehicle is out of service
    HALL_OF_ANOTHER = "hall_of_another"  # the hall's period is another case's: hall screen and tag differ
    PLACE_UNKNOWN = "place_unknown"  # no such slot, furnace, hall or vehicle
    # the furnace and the ashes
    PERMIT_NEEDED = "permit_needed"  # load needs a live permit of the service
    STATIONS_AWAITED = "stations_awaited"  # the service was restored: no permit before every station has said hello
    PERMIT_LIVE = "permit_live"  # the case is at the furnace with a live permit: wait some seconds
    PERMIT_EXPIRED = "permit_expired"  # the permit's seconds are over: arm again
    NOT_AUTHORISED = "not_authorised"  # the cremation authorisation is not recorded
    ASH_PLAN_MISSING = "ash_plan_missing"  # where the ashes go is not recorded
    ISSUER_WRONG = "issuer_wrong"  # the death document is not from who is competent
    DEATH_PAPER_USED = "death_paper_used"  # this document serves another case
    APPLICANT_UNVERIFIED = "applicant_unverified"  # identity and relation, or the delegation, were not checked
    CONSENT_MISSING = "consent_missing"  # burial custom, consulate or affairs office: a paper is missing
    OUTSIDE_UNAPPROVED = "outside_unapproved"  # a body from outside the area needs its approval
    NOTICE_RUNNING = "notice_running"  # unclaimed: notice period, DNA or fingerprints are open
    KIND_DOCUMENT_MISSING = "kind_document_missing"  # stillborn, body part, bones: their own document
    LABEL_DISAGREES = "label_disagrees"  # container label, tag and the names on the papers do not agree
    PLACES_BROKEN = "places_broken"  # the chain of places is not closed up to the furnace hall
    ALERT_OPEN = "alert_open"  # another case could be mixed up with this one: compare first
    CHECKER_NOT_INDEPENDENT = "checker_not_independent"  # operator, relative, or no checker
    RECOGNITION_OPEN = "recognition_open"  # after a farewell: recognised, or why not
    STEPS_OPEN = "steps_open"  # something that was booked is neither finished nor cancelled
    QUEUE_ORDER = "queue_order"  # others are before this case
    BELONGINGS_OPEN = "belongings_open"  # the belongings list is not closed
    UNFIT_FOR_FURNACE = "unfit_for_furnace"  # implants, or container too large or heavy
    ROUTE_WRONG = "route_wrong"  # infectious remains took a way that they must not take
    FURNACE_NOT_CLOSED = "furnace_not_closed"  # the case before in this furnace is not closed
    FURNACE_UNSERVICEABLE = "furnace_unserviceable"  # furnace or video out of service
    OPERATOR_UNQUALIFIED = "operator_unqualified"  # not qualified, or not on shift
    FURNACE_TAKEN = "furnace_taken"  # another body is in this furnace
    FURNACE_RECORD_OPEN = "furnace_record_open"  # operator and checker have not closed the cremation
    ASHES_NOT_READY = "ashes_not_ready"  # weight, cooling or seal
    CERTIFICATE_NOT_ISSUED = "certificate_not_issued"  # no cremation certificate by another role
    CERTIFICATE_EXISTS = "certificate_exists"  # one is drawn already: void it first
    CERTIFICATE_STOCK = "certificate_stock"  # no number is left in the stock
    FORMS_RECEIVED = "forms_received"  # a number of the batch was taken into the stock before
    CERTIFICATE_NOT_STOCK = "certificate_not_stock"  # drawn, void, or never received
    COLLECTOR_UNVERIFIED = "collector_unverified"  # the collector's identity or one-time code is open
    CARD_NOT_PRESENTED = "card_not_presented"  # the family card was not presented at the hand-over
    SCAN_MISSING = "scan_missing"  # two people scan at shelf, counter and hand-over
    SCATTERING_UNAPPROVED = "scattering_unapproved"  # scattering or unclaimed: approval or notice missing
    CONTACT_UNTOLD = "contact_untold"  # the second contact was not told
    STORAGE_TERM = "storage_term"  # longer than the term that the home may grant
    TRANSFER_OPEN = "transfer_open"  # custody ends only with the other home's receipt
    PAPER_NOT_YET = "paper_not_yet"  # what this paper is for was not scanned, signed or drawn yet
    PAPER_OVER = "paper_over"  # what this paper is for is past: a second one must not be in the world
    TEMPLATE_BROKEN = "template_broken"  # a template that the home edited cannot be filled
    CREW_TAKEN = "crew_taken"  # vehicle or crew are on another trip
    UNPAID = "unpaid"  # neither paid, waived, credited nor public
    DESTINATION_MISSING = "destination_missing"  # where the ashes go must be known before they leave
    CERTIFICATE_MISSING = "certificate_missing"  # no verified death certificate
    # the station and the link
    OFFLINE_FORBIDDEN = "offline_forbidden"  # needs the service's word, and the service is not there
    WORD_LATE = "word_late"  # asked for money to go out, and no answer came: it may be booked, or not
    SNAPSHOT_STALE = "snapshot_stale"  # what the station knows is too old: observations only
    UNSENT_LIMIT = "unsent_limit"  # too much waits to be sent, or too long: observations only
    CASH_LIMIT = "cash_limit"  # more money than may be taken in without network
    STATION_UNKNOWN = "station_unknown"  # not enrolled, or revoked
    STATION_PENDING = "station_pending"  # enrolled; two people have not compared its fingerprint words yet
    STATION_REVOKED = "station_revoked"  # replaced, out of service or stolen: nothing is taken from its journal
    SERVICE_UNTRUSTED = "service_untrusted"  # what answered is not our service: its answer is not signed
    HISTORY_REWRITTEN = "history_rewritten"  # a station's witness contradicts the service's log
    SIGNATURE_WRONG = "signature_wrong"  # the bytes are not what the station signed
    CHAIN_BROKEN = "chain_broken"  # does not follow the record before
    JOURNAL_FORKED = "journal_forked"  # the journal was rolled back or copied: halt
    RECORD_UNREADABLE = "record_unreadable"  # quarantined as bytes
    INTENT_UNKNOWN = "intent_unknown"  # an outcome without its intent
    # money
    ITEM_UNLISTED = "item_unlisted"  # not in the price list in force
    ITEM_INCLUDED = "item_included"  # another item of the case has it in its price
    AMOUNT_INVALID = "amount_invalid"  # not a positive amount, or above what is allowed
    BALANCE_OPEN = "balance_open"  # the bill is not settled
    OTHER_OWES = "other_owes"  # another payer, whom no statement asks, still owes
    MONEY_HELD = "money_held"  # money of the family is still held
    MONEY_WAITS = "money_waits"  # money of the case waits in suspense for somebody's decision
    ABOVE_PAID = "above_paid"  # a refund above what was paid
    PRICES_WRONG = "prices_wrong"  # a price list that cannot be published, with every reason
    SHEET_UNSAFE = "sheet_unsafe"  # a file that is not opened: formulas, macros, links, too large
    PAYMENT_OPEN = "payment_open"  # another QR payment of the same payer waits, or is being closed
    TILL_CLOSED = "till_closed"  # cash is taken and given only by who has an open till shift
    TILL_OPEN = "till_open"  # a till shift of theirs, or at this drawer, is open already
    TILL_DIFFERS = "till_differs"  # the counted drawer is not what the ledger says: count again, or say why
    SLIP_NEEDED = "slip_needed"  # card money was taken in the shift: its terminal's slip is typed at the close
    SLIP_DIFFERS = "slip_differs"  # the card terminal's slip is not what the books say: type it again, or say why
    PROVIDER_MISSING = "provider_missing"  # no payment provider is set up
    PROVIDER_MUTE = "provider_mute"  # the payment provider gives no answer that can be believed
    FLAG_DECIDED = "flag_decided"  # somebody has decided about it, or it cannot be taken back any more
    MONEY_USED = "money_used"  # refunded or set off since: it is not there any more
    PAYMENT_PROVIDED = "payment_provided"  # the provider has taken it: pay it back instead
    RECOVERY_GONE = "recovery_gone"  # nobody has recovered this here, or it was taken back before
    RECOVERY_USED = "recovery_used"  # the money itself has come after all: what was recovered waits to go back
    PAYMENT_DAY_CLOSED = "payment_day_closed"  # the business day of the payment is closed
    RECEIPT_VOID = "receipt_void"  # void already, or never issued
    RECEIPT_NOT_STOCK = "receipt_not_stock"  # drawn, void, or never received
    RECEIPT_STOCK = "receipt_stock"  # no number is left for what was paid
    OWN_WORK = "own_work"  # nobody reviews what they caused
    LINE_GONE = "line_gone"  # the line does not stand on the bill any more
    NO_LINE = "no_line"  # no line stands behind the flag: a counter-entry brings no money back
    LIST_CHANGED = "list_changed"  # not what the page showed when the key was pressed: look again
    STATEMENT_EMPTY = "statement_empty"  # nothing is left to put to this payer
    STATEMENT_STALE = "statement_stale"  # a line of the draft is not on its bill any more: discard it, make it anew
    STATEMENT_ENDED = "statement_ended"  # it was sent or discarded already, or was not sent yet
    PAID_TWICE = "paid_twice"  # a payment with this bank number was entered before
    # surfaces
    NOT_SIGNED_IN = "not_signed_in"  # sign in first
    SIGN_IN_FAILED = "sign_in_failed"  # number or password wrong
    NOT_ALLOWED = "not_allowed"  # the role, home or county does not allow this
    NOT_FOUND = "not_found"  # no such thing, or not yours to see
    UPLOAD_NOT_READY = "upload_not_ready"  # a file of rows in another state than was thought
    UPLOAD_NOT_YOURS = "upload_not_yours"
    UPLOAD_AGAIN = "upload_again"  # rows of the same file were kept before: only who says so keeps them again
    DAY_TO_COME = "day_to_come"  # a file tells of a day that has not come, or of none
    UPLOADS_WAITING = "uploads_waiting"  # too many files that nobody decided about
    EXPORT_TOO_LONG = "export_too_long"
    ROW_CHANGED = "row_changed"  # somebody else changed it since it was looked at
    ROW_HELD = "row_held"  # other rows or a case lead to it: it is not withdrawn
    ROW_FROZEN = "row_frozen"  # two people approved it: a move leads it back before it is changed
    INPUT_INVALID = "input_invalid"  # the request is not what the API describes
    TOO_MANY = "too_many"  # wait a moment
    FORM_EXPIRED = "form_expired"  # the page is too old: load it again
    LINK_INVALID = "link_invalid"  # unknown, revoked and expired look alike
    CODE_INVALID = "code_invalid"  # one-time code unknown, used or expired
    DAY_NOT_NEXT = "day_not_next"  # days are closed one after another, once
    BOOKS_DIFFER = "books_differ"  # debits and credits do not agree
    DAY_TILLS_OPEN = "day_tills_open"  # a till shift of the day is open: count its drawer first
    DAY_NEEDS_REASON = "day_needs_reason"  # something is open: closed nevertheless only with a reason
    FOUR_EYES = "four_eyes"  # somebody else must approve
    # paper at a station
    PAPER_LATE = "paper_late"  # the service has not given the paper: asked again, it is the same copy
    PRINTER_REFUSED = "printer_refused"  # the receipt printer, or what prints, does not take it
    PRINTER_WAITS = "printer_waits"  # it did not print in time: off, open, without paper; called back
    PRINTER_MUTE = "printer_mute"  # the receipt printer does not answer: it may have printed


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rules say no. This is an answer, not a failure: it is recorded, shown, tested and counted."""

    problem: Problem
    detail: str = ""
    more: tuple["Refusal", ...] = field(default=())

    def all(self) -> tuple["Refusal", ...]:
        """Every reason, this one first."""
        return (self, *self.more)


def refuse_all(reasons: list[Refusal]) -> Refusal | None:
    """Fold several reasons into one refusal that names them all; None when there is none."""
    if not reasons:
        return None
    first, *rest = reasons
    return Refusal(first.problem, first.detail, (*first.more, *rest))
