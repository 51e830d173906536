"""What nobody has: people, organisations and numbers with valid check digits, and totals cut into rows.

The demo and the modules' half-years take theirs from here; the same seed gives the same every time.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random  # noqa: TID251 - seeded: the same rows every time

from stdnum import luhn
from stdnum.cn import ric, uscc

Chance = Random
"""Chance that somebody seeded."""
SURNAMES: tuple[str, ...] = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡",
    *"蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆汪范单仇查",
    "欧阳",
)
GIVEN = tuple("国建秀玉桂志明文德兰英华春梅福永庆荣珍凤成良海云芳松柏安和顺善宁")
COUNTIES: tuple[str, ...] = (
    *("330302", "330303", "330304", "330305", "330324", "330326"),
    *("330327", "330328", "330329", "330381", "330382", "330383"),
)
"""The city's twelve counties (GB/T 2260)."""
CENTRES = (
    *((28.01, 120.65), (27.93, 120.80), (28.00, 120.55), (27.85, 121.14), (28.20, 120.67), (27.66, 120.51)),
    *((27.50, 120.40), (27.79, 120.07), (27.56, 119.75), (27.80, 120.55), (28.15, 120.95), (27.58, 120.53)),
)
"""About where each of them is: latitude and longitude in degrees."""
PLACES = tuple("安宁和顺长永福泰兴新东清云平南北康")
ENDS = tuple("溪山桥浦塘岙田坪湾洋林港")


def seeded(name: str) -> Chance:
    """Chance that is the same every time."""
    return Random(name)


def person(random: Chance) -> str:
    """A name of two to four characters."""
    return random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))


def place(random: Chance) -> str:
    """The first part of a place's name, two characters."""
    return random.choice(PLACES) + random.choice(ENDS)


def point(random: Chance, county: str) -> str:
    """Coordinates around the middle of a county, mostly within five kilometres."""
    latitude, longitude = CENTRES[COUNTIES.index(county)]
    return f"{random.gauss(latitude, 0.03):.5f},{random.gauss(longitude, 0.03):.5f}"


def id_no(random: Chance, county: str, born: date) -> str:
    """An identity number (GB 11643)."""
    stem = f"{county}{born:%Y%m%d}{random.randrange(1, 1000):03d}"
    return f"{stem}{ric.calc_check_digit(f'{stem}0')}"


def phone(random: Chance) -> str:
    """A mobile number of a block that is not given out."""
    return f"1380000{random.randrange(10_000):04d}"


def bank_account(random: Chance) -> str:
    """An account of nineteen digits with its check digit (ISO/IEC 7812-1)."""
    stem = f"629999{random.randrange(10**12):012d}"
    return f"{stem}{luhn.calc_check_digit(stem)}"


def credit_code(kind: str, county: str, number: int) -> str:
    """A unified social credit code (GB 32100): `kind` are its first two characters, `number` up to eight digits."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    stem = f"{number % 100_000_000:08d}"
    rest = -sum(int(one) * weight for one, weight in zip(stem, weights, strict=True)) % 11
    bare = f"{kind}{county}{stem}{'X' if rest == 10 else rest}"
    return f"{bare}{uscc.calc_check_digit(bare)}"


def day(random: Chance, first: date, last: date) -> date:
    """A day from first to last, both included."""
    return first + timedelta(days=random.randrange((last - first).days + 1))


def parts(total: int, count: int) -> Iterator[int]:
    """A total cut into `count` whole parts, as even as can be, the larger first; they add up to it."""
    each, over = divmod(total, count)
    return (each + (index < over) for index in range(count))


def shares(total: int, weights: Iterable[int]) -> list[int]:
    """A total in whole parts by weights; they add up to it."""
    tops = list(accumulate(weights))
    cuts = [total * top // tops[-1] for top in tops]
    return [cut - before for before, cut in zip([0, *cuts], cuts, strict=False)]
