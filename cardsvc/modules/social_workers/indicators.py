"""The figures of social workers, as the bureau reports them."""

from cardsvc.core.figures import FILLED, Chapter, Count, Growth, Indicator, Per, Sum, Unit, When
from cardsvc.core.records import Label

C = Chapter.COMMUNITIES
NATIONAL = Count("exam_registration", {"exam": "national"})
CITY = Count("exam_registration", {"exam": "city"})
CITY_PASSED = Count("exam_registration", {"exam": "city", "review": "passed"})
STAFF = Count("community_worker", {"state": "on_duty"}, When.BY_THEN)
CERTIFIED = Count("community_worker", {"state": "on_duty", "certificate": FILLED}, When.BY_THEN)
INDICATORS = (
    Indicator(
        "national_exam_registrations",
        Label("全国社会工作者职业水平考试报名", "National exam registrations"),
        Unit.COUNT,
        NATIONAL,
        C,
    ),
    Indicator(
        "national_exam_registrations_vs_last_year",
        Label("全国考试报名为上年同期的", "National exam registrations, of last year's"),
        Unit.TIMES,
        Growth(NATIONAL),
        C,
    ),
    Indicator("city_exam_registrations", Label("市级考试报名", "City exam registrations"), Unit.COUNT, CITY, C),
    Indicator(
        "city_exam_past_review",
        Label("市级考试报名资格审查通过", "City exam registrations past review"),
        Unit.COUNT,
        CITY_PASSED,
        C,
    ),
    Indicator(
        "city_exam_review_rate",
        Label("市级考试资格审查通过率", "Past review, of city exam registrations"),
        Unit.PERCENT,
        Per(CITY_PASSED, CITY, times=100),
        C,
    ),
    Indicator(
        "training_classes",
        Label("培训班", "Training classes"),
        Unit.COUNT,
        Count("training_session", distinct="training_class"),
        C,
    ),
    Indicator("training_sessions", Label("培训期数", "Training sessions"), Unit.COUNT, Count("training_session"), C),
    Indicator("trained", Label("培训人数", "Trained"), Unit.COUNT, Sum("training_session", "trained"), C),
    Indicator("full_time_staff", Label("专职社区工作者", "Full-time community staff"), Unit.COUNT, STAFF, C),
    Indicator(
        "seconded_staff",
        Label("机关事业单位下派人员", "Staff seconded from administrative bodies"),
        Unit.COUNT,
        Count("community_worker", {"state": "on_duty", "source": "seconded"}, When.BY_THEN),
        C,
    ),
    Indicator(
        "certified_share",
        Label("专职社区工作者持证率", "Community staff with a certificate"),
        Unit.PERCENT,
        Per(CERTIFIED, STAFF, times=100),
        C,
    ),
    Indicator("policy_documents", Label("出台政策文件", "Policy documents"), Unit.COUNT, Count("policy_document"), C),
)
