"""Invented people and shares of totals, for rows that stand for nobody: the same for the same number, without chance.

Names mean nothing, ID numbers and bank accounts have valid check digits (GB 11643, ISO/IEC 7812), phones are nobody's.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate

SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡",
    *"蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆汪范单仇查",
    "欧阳",
)
GIVEN = tuple("国建秀玉桂志明文德兰英华春梅福永庆荣珍凤成良海云芳松柏安和顺善宁")
COUNTIES = {
    "330302": 12,
    "330303": 7,
    "330304": 9,
    "330305": 2,
    "330324": 10,
    "330326": 9,
    "330327": 9,
    "330328": 4,
    "330329": 4,
    "330381": 14,
    "330382": 15,
    "330383": 5,
}
"""The city's counties, with weights by which rows are spread over them."""


def name(number: int) -> str:
    """A name of two or three characters."""
    given = GIVEN[number * 7 % len(GIVEN)] + (GIVEN[number * 11 % 29] if number % 3 else "")
    return SURNAMES[number * 13 % len(SURNAMES)] + given


def id_no(number: int, county: str, oldest: int = 1930, youngest: int = 1985) -> str:
    """A valid ID number of somebody born from `oldest` to `youngest`."""
    days = (date(youngest, 12, 31) - date(oldest, 1, 1)).days
    born = date(oldest, 1, 1) + timedelta(days=number * 37 % days)
    stem = f"{county}{born:%Y%m%d}{number * 101 % 999 + 1:03d}"
    weighed = sum(int(digit) * (1 << (17 - place)) for place, digit in enumerate(stem))
    return stem + "10X98765432"[weighed % 11]


def phone(number: int) -> str:
    """A mobile number that nobody has."""
    return f"1380000{number % 10_000:04d}"


def account(number: int) -> str:
    """A bank account of 19 digits."""
    stem = f"621700{number % 1_000_000_000_000:012d}"
    doubled = (int(one) * (2 - place % 2) for place, one in enumerate(reversed(stem)))
    return stem + str(-sum(part // 10 + part % 10 for part in doubled) % 10)


def county(number: int) -> str:
    """One of the counties, by their weights."""
    place = number * 61 % sum(COUNTIES.values())
    return next(code for code, top in zip(COUNTIES, accumulate(COUNTIES.values()), strict=True) if place < top)


def shares(total: int, weights: Iterable[int], step: int = 1) -> list[int]:
    """A total in parts by weights, each a multiple of `step` but the last; they add up to it."""
    whole = list(weights)
    tops = [total * top // sum(whole) // step * step for top in accumulate(whole)]
    tops[-1] = total
    return [top - before for before, top in zip([0, *tops], tops, strict=False)]
