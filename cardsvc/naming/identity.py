"""Numbers of identity: what can be one, and what stands in for one."""

from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from cardsvc.core.ids import CaseNo


def valid_id_no(id_no: str) -> bool:
    """Check digit and birth day of a resident identity number (GB 11643).

    The place code is not checked: it is the county's at the time of issue, and tables of today reject old ones.
    """
    number = ric.compact(id_no)
    if len(number) != 18 or not number[:-1].isdigit():
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return bool(ric.calc_check_digit(number) == number[-1])


def serial_of(case_no: CaseNo) -> str:
    """What stands for the ID number of somebody unidentified: agency code and year serial (DOMAIN.md section 1)."""
    return case_no.replace("-", "")


class Identifier(StrEnum):
    """What a crew compares with the band, the papers and the people at the place of death."""

    NAME = "name"
    ID_ENDS = "id_ends"  # the last four characters of the ID number
    BIRTH_DATE = "birth_date"
    PLACE = "place"
    APPLICANT = "applicant"


def identifiers(name: str, id_no: str, place: str, applicant: str) -> tuple[tuple[Identifier, str], ...]:
    """The three identifiers of the crew's sheet: the best that the booking tells (decision 0016).

    `id_no` is "" where the caller did not know it; the whole number never leaves on paper.
    """
    birth = id_no[6:14] if valid_id_no(id_no) else ""
    told = (
        (Identifier.NAME, name),
        (Identifier.ID_ENDS, id_no[-4:]),
        (Identifier.BIRTH_DATE, f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if birth else ""),
        (Identifier.PLACE, place),
        (Identifier.APPLICANT, applicant),
    )
    return tuple(one for one in told if one[1])[:3]
