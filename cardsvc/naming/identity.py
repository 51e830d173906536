"""Numbers of identity: what can be one, and what stands in for one."""

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
