"""What must hold in the rows of the welfare lottery and of what its fund is given for."""

from collections.abc import Iterator
from datetime import date

from cardsvc.core.records import Fault, Label, Values, Wrong

GRANTED = ("approved", "paid")


def sales_period(values: Values) -> Iterator[Fault]:
    """A period ends no earlier than it begins; the fund is a part of the sales (彩票管理条例, article 28)."""
    first, last = values["first_day"], values["last_day"]
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield Fault("last_day", Wrong.RULE, Label("早于起始日期", "Earlier than the first day"))
    sales, fund = values["sales"], values["fund"]
    if isinstance(sales, int) and isinstance(fund, int) and fund > sales:
        yield Fault("fund", Wrong.RULE, Label("多于销量", "More than the sales"))


def grant(values: Values) -> Iterator[Fault]:
    """What is approved has its amount, no more than was asked for, and the account that it goes to."""
    if values["state"] not in GRANTED:
        return
    asked, amount = values["asked"], values["amount"]
    if not isinstance(amount, int):
        yield Fault("amount", Wrong.MISSING)
    elif isinstance(asked, int) and amount > asked:
        yield Fault("amount", Wrong.RULE, Label("多于申请金额", "More than was asked for"))
    if values["account"] is None:
        yield Fault("account", Wrong.MISSING)


def nomination(values: Values) -> Iterator[Fault]:
    """A gift that is nominated for its size says how much was given."""
    if values["category"] in ("personal_gift", "institution_gift") and not values["given"]:
        yield Fault("given", Wrong.MISSING)
