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
    POWER_CUT = "power_cut"
    VEHICLE_BROKEN = "vehicle_broken"
    TAG_LOST = "tag_lost"
    WEATHER = "weather"
    NEAR_MISS = "near_miss"
    DUPLICATE = "duplicate"
    WRONG_NAME = "wrong_name"
    FAMILY_ABSENT = "family_absent"
    INFECTION = "infection"
    URGENT = "urgent"
    MISPRINT = "misprint"
    LOST = "lost"
    COMPARED = "compared"
    HARDSHIP = "hardship"
    PAYER_FOUND = "payer_found"
    PROVEN_LATE = "proven_late"
    UNCLAIMED = "unclaimed"
    SPOILED = "spoiled"
    NOT_ENTITLED = "not_entitled"
    REVIEWED = "reviewed"


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


class WaiverFor(StrEnum):
    """For whom the city waives basic services (DOMAIN.md section 6)."""

    RESIDENT = "resident"
    LOW_INCOME = "low_income"
    DESTITUTE = "destitute"
    ORPHAN = "orphan"
    MARTYR_FAMILY = "martyr_family"
    VETERAN = "veteran"
    ECO_BURIAL = "eco_burial"


class Paper(StrEnum):
    """A document that somebody showed and somebody here checked (DOMAIN.md sections 1 and 3)."""

    DEATH_CERTIFICATE = "death_certificate"
    STILLBIRTH_CERTIFICATE = "stillbirth_certificate"
    BODY_PART_DOCUMENT = "body_part_document"
    EXHUMATION_PERMIT = "exhumation_permit"
    APPLICANT_IDENTITY = "applicant_identity"
    DELEGATION = "delegation"
    BURIAL_CUSTOM_CONSENT = "burial_custom_consent"
    CONSULATE_NOTE = "consulate_note"
    AFFAIRS_OFFICE_NOTE = "affairs_office_note"
    OUTSIDE_APPROVAL = "outside_approval"
    UNCLAIMED_NOTICE = "unclaimed_notice"
    DNA_SAMPLE = "dna_sample"
    FINGERPRINTS = "fingerprints"
    COLLECTOR_IDENTITY = "collector_identity"
    SCATTERING_VIDEO = "scattering_video"
    SCATTERING_NOTICE = "scattering_notice"


OF_DEATH = (
    Paper.DEATH_CERTIFICATE,
    Paper.STILLBIRTH_CERTIFICATE,
    Paper.BODY_PART_DOCUMENT,
    Paper.EXHUMATION_PERMIT,
)
"""The papers without which nothing is burnt; each is of one case."""


class Issuer(StrEnum):
    """Who issued a death document."""

    HOSPITAL = "hospital"
    COMMUNITY_CLINIC = "community_clinic"
    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"


class Signer(StrEnum):
    """Who signed the cremation authorisation."""

    APPLICANT = "applicant"
    DELEGATE = "delegate"
    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"


class Origin(StrEnum):
    """Where the deceased belonged, as far as it asks for a paper of its own."""

    ORDINARY = "ordinary"
    BURIAL_CUSTOM = "burial_custom"  # a minority with the custom of burial
    FOREIGN = "foreign"
    HK_MO_TW = "hk_mo_tw"


class Approval(StrEnum):
    """What two people of the home decide, with a reason."""

    CREDIT = "credit"  # the bill is paid later, or somebody else pays
    REORDER = "reorder"  # before others in the queue
    TOGETHER = "together"  # with another case in one furnace
    OVERSIZE = "oversize"  # container beyond the furnace's ordinary limits
    SCATTER = "scatter"  # ashes are scattered, or laid to rest unclaimed
    COLLECTOR = "collector"  # ashes to somebody who is not registered
    STORAGE = "storage"  # cold storage beyond the extended term: the authority's word


class Implants(StrEnum):
    """Pacemakers and other implants that burst in a furnace."""

    NONE = "none"
    REMOVED = "removed"
    PRESENT = "present"


class Condition(StrEnum):
    """What is found out about the remains after the booking."""

    INFECTIOUS = "infectious"
    DECOMPOSED = "decomposed"
    OVERSIZE = "oversize"
    UNCLAIMED = "unclaimed"  # nobody claims the body, or those who should refuse


class AlertWhy(StrEnum):
    """Why two cases might be mixed up."""

    SAME_NAME = "same_name"
    SOUNDS_ALIKE = "sounds_alike"  # the same pinyin
    LOOKS_ALIKE = "looks_alike"  # traditional or variant characters of the same name
    SAME_PLACE = "same_place"  # another body from the same address, the same day
    SAME_ID = "same_id"  # an ended case with the same ID number


class Belonging(StrEnum):
    """What was found with the body."""

    NOTHING = "nothing"
    RING = "ring"
    NECKLACE = "necklace"
    EARRINGS = "earrings"
    BRACELET = "bracelet"
    WATCH = "watch"
    PHONE = "phone"
    WALLET = "wallet"
    CASH = "cash"
    KEYS = "keys"
    GLASSES = "glasses"
    DENTURES = "dentures"
    CLOTHES = "clothes"
    OTHER = "other"


class Notice(StrEnum):
    """What the home tells somebody outside."""

    SECOND_CONTACT = "second_contact"  # the ashes are about to leave
    STORAGE_ENDS = "storage_ends"
    STORAGE_OVERDUE = "storage_overdue"
    HOLD_LIFTED = "hold_lifted"
    COLLECT_ASHES = "collect_ashes"
    CONFIRM_REST = "confirm_rest"
    COLLECTION_CODE = "collection_code"
    ASHES_END = "ashes_end"
    WAIVER_PROVEN = "waiver_proven"
