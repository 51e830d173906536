"""The demo's home and the people who work in it.

Everybody here is invented. Each PIN and password is the staff number said twice; a production home is founded with
`cardsvc init`, which makes one administrator with a password of their own.
"""

from collections.abc import Callable
from datetime import date

from argon2 import PasswordHasher

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.receipts import Family
from cardsvc.core.staffing import Person
from cardsvc.handlers import clock_in, found_home, open_till, receive_forms
from cardsvc.handlers.found_home import Names
from cardsvc.store.stock import CERTIFICATES, RECEIPTS

CREWS = ("韩路", "邓舟", "许航", "曹骏", "彭程", "曾远", "萧行", "田野", "董途", "袁方", "潘渡", "蒋帆")
NAMES = Names("温州市殡仪馆", "Wenzhou Funeral Home", "0577-0000000")
STAFF = tuple(
    Person(StaffNo(number), name, tuple(Role(role) for role in roles.split()), county)
    for number, name, roles, county in (
        ("1001", "林晓棠", "call_desk", None),
        ("1002", "陈立群", "dispatcher crew", None),
        ("1003", "周平安", "crew", None),
        ("1004", "吴雪梅", "cold_clerk", None),
        ("1005", "郑海生", "cold_clerk", None),
        ("1006", "黄思远", "arranger", None),
        ("1007", "徐静", "prep_staff", None),
        ("1008", "孙若兰", "prep_staff", None),
        ("1009", "胡明礼", "hall_steward", None),
        ("1010", "朱清", "cashier", None),
        ("1011", "高炎", "furnace_operator", None),
        ("1012", "何慎", "checker", None),
        ("1013", "郭念慈", "ash_clerk", None),
        ("1014", "马安国", "ash_clerk", None),
        ("1015", "罗正", "duty_manager cashier", None),
        ("1016", "梁察", "auditor", None),
        ("1017", "宋维", "administrator", None),
        ("1018", "谢县", "call_desk arranger", "330324"),
        *((str(1019 + number), name, "crew", None) for number, name in enumerate(CREWS)),
        ("1051", "方维民", "bureau_leader", None),
        ("1052", "叶知秋", "bureau_clerk", None),
        ("1053", "季乡", "bureau_clerk", "330324"),
    )
)

LEADER = StaffNo("1051")
"""Who entered the half-year of acceptance."""
APPROVERS = (StaffNo("1017"), StaffNo("1015"))
"""Who approves the demo's stations: the administrator, and the duty manager as the second."""


DRAWERS = {StaffNo("1010"): "QT-1", StaffNo("1015"): "QT-2"}
FLOAT = {10_000: 2, 5_000: 2, 1_000: 10, 500: 10, 100: 50}
"""500 yuan in each drawer."""
RECEIPT_PREFIXES = {Family.FISCAL: "PJ-", Family.INVOICE: "FP-"}
QUALIFIED_UNTIL = {StaffNo("1011"): date(2030, 12, 31)}


def password_of(person: Person) -> str:
    """The demo's password and PIN."""
    return f"{person.staff_no}{person.staff_no}"


def found(context: Context, hasher: Callable[[str], str] | None = None) -> None:
    """Write the demo's home into an empty database."""
    found_home.handle(context, NAMES)
    people = [(person, password_of(person)) for person in STAFF]
    found_home.add_staff(context, people, hasher or PasswordHasher().hash, QUALIFIED_UNTIL)
    now = context.clock()
    come_to_work(context)
    receive_forms.handle(context, CERTIFICATES, "HZ-", 1, 2_000, APPROVERS[1], now)
    for family, prefix in RECEIPT_PREFIXES.items():
        receive_forms.handle(context, RECEIPTS[family], prefix, 1, 500, APPROVERS[1], now)
    for cashier, drawer in DRAWERS.items():
        open_till.handle(context, cashier, drawer, FLOAT, now)


def come_to_work(context: Context) -> None:
    """Everybody's shift begins now; whoever was here goes first."""
    for person in STAFF:
        for on in (False, True):
            clock_in.handle(context, person.staff_no, on=on, by=person.staff_no, now=context.clock())
