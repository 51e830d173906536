"""Invented rows from which the bureau's figures of its half-year come out: examinations, training, the roster."""

from collections.abc import Iterator
from datetime import date

from cardsvc.core.records import CITY, Value
from cardsvc.invented import COUNTIES, Chance, day, id_no, parts, person, phone, place, seeded
from cardsvc.modules import Row
from cardsvc.modules.social_workers.rules import qualified

REGISTRATION = (date(2026, 3, 1), date(2026, 4, 20))
NATIONAL = ((1044, REGISTRATION), (87, (date(2025, 3, 3), date(2025, 4, 18))))
"""How many registered for the national examination, this year and twelve times fewer the year before."""
CITY_PASSED, CITY_OTHERS = 2864, 131
SECONDED, OTHERS, LEFT = 3486, 420, 60
EDUCATIONS = ("secondary", "college", "college", "bachelor", "bachelor", "bachelor", "master")
BODIES = ("民政局", "司法局", "人力资源和社会保障局", "街道办事处", "镇人民政府", "团委", "妇联", "卫生局")
CLASSES = (
    ("社会工作者考前培训班", (3, 311), (2026, 4)),
    ("社区党组织书记培训班", (2, 168), (2026, 2)),
    ("社区专职工作者岗位培训班", (3, 252), (2026, 5)),
    ("社会工作督导培训班", (1, 96), (2026, 6)),
    ("社会工作者考前培训班", (3, 236), (2025, 4)),
    ("社区专职工作者岗位培训班", (2, 174), (2025, 5)),
)
"""Each class: its name, how many sessions with how many people together, its year and month."""
DOCUMENTS = (
    ("关于加强社会工作专业人才队伍建设的实施意见", date(2026, 2, 26)),
    ("社会工作专业人才中长期发展规划", date(2026, 4, 15)),
    ("社区专职工作者管理办法", date(2026, 6, 8)),
    ("关于开展社会工作者继续教育的通知", date(2025, 5, 20)),
)


def rows() -> Iterator[Row]:
    """Registrations, classes with their sessions, the roster, documents."""
    random = seeded("social_workers")
    for count, span in NATIONAL:
        for index in range(count):
            level = random.choices(("assistant", "social_worker"), (80, 20))[0]
            yield _registration(random, index, "national", level, day(random, *span), index % 40 != 39)
    for index in range(CITY_PASSED + CITY_OTHERS):
        yield _registration(random, index, "city", "aide", day(random, *REGISTRATION), index < CITY_PASSED)
    for index, (name, sessions, month) in enumerate(CLASSES):
        yield from _class(random, f"k{index}", name, sessions, month)
    for index in reversed(range(SECONDED + OTHERS + LEFT)):
        yield _worker(random, index)
    for number, (title, issued_on) in enumerate(DOCUMENTS):
        values: dict[str, Value] = {
            "county": CITY,
            "title": title,
            "number": f"温民社工〔{issued_on.year}〕{number * 7 + 12}号",
            "issuer": "市民政局",
            "issued_on": issued_on,
            "summary": None,
        }
        yield Row("policy_document", values)


def _registration(random: Chance, index: int, exam: str, level: str, registered_on: date, passed: bool) -> Row:
    county = COUNTIES[index % len(COUNTIES)]
    years = random.randrange(6, 25)
    education = random.choice(EDUCATIONS)
    secondary = level == "social_worker" and education == "secondary"
    state = "passed" if passed else ("rejected", "registered", "withdrawn")[index % 3]
    typed: dict[str, Value] = {
        "county": county,
        "name": person(random),
        "id_no": id_no(random, county, day(random, date(1968, 1, 1), date(2003, 12, 31))),
        "phone": phone(random),
        "exam": exam,
        "level": level,
        "registered_on": registered_on,
        "education": education,
        "in_field": random.random() < 0.3,
        "years": years,
        "years_since_assistant": min(years, 6 + index % 4) if secondary else None,
        "employer": f"{place(random)}社区",
        "review": state,
        "reason": "从事社会工作年限证明不齐" if state == "rejected" else None,
        "reviewed_on": registered_on.replace(month=5, day=6) if state in ("passed", "rejected") else None,
    }
    return Row("exam_registration", {**typed, **qualified(typed)})


def _class(random: Chance, key: str, name: str, sessions: tuple[int, int], month: tuple[int, int]) -> Iterator[Row]:
    count, people = sessions
    began_on = date(*month, 3)
    held: dict[str, Value] = {
        "county": CITY,
        "name": f"{began_on.year}年{name}",
        "subject": "社会工作法规与政策、综合能力、实务",
        "audience": "社区工作者",
        "organiser": "市民政局",
        "hours": 24,
        "began_on": began_on,
    }
    yield Row("training_class", held, key=key)
    for number, trained in enumerate(parts(people, count)):
        first = date(*month, 3 + 8 * number)
        values: dict[str, Value] = {
            "county": CITY,
            "training_class": key,
            "number": number + 1,
            "held_on": first,
            "until": first.replace(day=first.day + 2),
            "place": "市委党校",
            "teacher": person(random),
            "enrolled": trained + random.randrange(0, 9),
            "trained": trained,
        }
        yield Row("training_session", values)


def _worker(random: Chance, index: int) -> Row:
    county = COUNTIES[index % len(COUNTIES)]
    here, seconded = index < SECONDED + OTHERS, index < SECONDED
    new = here and index % 9 == 8
    span = (date(2025, 7, 1), date(2026, 6, 20)) if new else (date(2012, 3, 1), date(2024, 12, 31))
    values: dict[str, Value] = {
        "county": county,
        "name": person(random),
        "id_no": id_no(random, county, day(random, date(1966, 1, 1), date(2001, 12, 31))),
        "phone": phone(random),
        "community": f"{place(random)}社区",
        "town": f"{place(random)}街道",
        "post": random.choices(("party_secretary", "head", "deputy", "worker"), (1, 1, 2, 8))[0],
        "source": "seconded" if seconded else ("recruited", "elected", "village")[index % 3],
        "body": random.choice(BODIES) if seconded else None,
        "certificate": random.choices((None, "assistant", "social_worker"), (60, 32, 8) if new else (82, 14, 4))[0],
        "since": day(random, *span),
        "until": None if here else day(random, date(2025, 1, 1), date(2026, 5, 31)),
        "state": "on_duty" if here else "left",
    }
    return Row("community_worker", values)
