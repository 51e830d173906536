"""The closed vocabularies of the field: what staff choose from a list, so that no name slips into a record.

A value is a wire code and lives for ever; its words stand in the catalogues.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a step goes out of its way; chosen from a list, so that no name slips into a record."""

    PREPARATION = "preparation"
    FAREWELL = "farewell"
    VIEWING = "viewing"
    AUTOPSY = "autopsy"
    CREMATION = "cremation"
    FAMILY_WISH = "family_wish"
    EQUIPMENT = "equipment"
    ENTERED_BY_MISTAKE = "entered_by_mistake"
    POLICE = "police"
    COURT = "court"
    DISPUTE = "dispute"
    DONATION = "donation"
    HANDED_OVER_LATE = "handed_over_late"
    PAPER_RECORD = "paper_record"
    CARD_COPIED = "card_copied"


class Skip(StrEnum):
    """The rule by which a station was skipped (WORKFLOW.md, last paragraph): named in the record."""

    INFECTIOUS = "infectious"
    NO_FAREWELL = "no_farewell"
    COLD_ELSEWHERE = "cold_elsewhere"
    SAME_DAY = "same_day"
    BONES = "bones"


class CaseKind(StrEnum):
    """What the case is about; kinds share one table and differ by data."""

    PERSON = "person"
    UNIDENTIFIED = "unidentified"
    STILLBORN = "stillborn"
    BODY_PART = "body_part"
    BONES = "bones"


class CauseClass(StrEnum):
    """The class of the death, which decides who issues the certificate; never the cause itself."""

    NATURAL = "natural"
    NON_NATURAL = "non_natural"
    UNKNOWN = "unknown"


class Means(StrEnum):
    """How money came in."""

    CASH = "cash"
    CARD_TERMINAL = "card_terminal"
    QR = "qr"
    TRANSFER = "transfer"


class Destination(StrEnum):
    """Where ashes go."""

    HOME = "home"
    CEMETERY = "cemetery"
    COLUMBARIUM = "columbarium"
    TREE = "tree"
    FLOWER_BED = "flower_bed"
    LAWN = "lawn"
    SEA = "sea"


class Payer(StrEnum):
    """Who pays a line; it belongs to the line, not to the case."""

    FAMILY = "family"
    TREASURY = "treasury"
    POLICE = "police"
    INSURER = "insurer"
    OTHER = "other"
