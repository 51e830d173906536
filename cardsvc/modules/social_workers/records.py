"""Social workers: who sits the examinations, who is trained, who works in communities full time."""

from cardsvc.core.records import Column, Flow, Kind, Label, Move, Record
from cardsvc.modules.social_workers import rules

CERTIFICATES = {
    "assistant": Label("助理社会工作师", "Assistant social worker"),
    "social_worker": Label("社会工作师", "Social worker"),
    "senior": Label("高级社会工作师", "Senior social worker"),
}

EXAM_REGISTRATION = Record(
    "exam_registration",
    Label("考试报名", "Exam registration"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True, sorted=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("phone", Label("手机", "Phone"), Kind.PHONE, listed=False),
        Column(
            "exam",
            Label("考试", "Examination"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "national": Label("全国社会工作者职业水平考试", "National"),
                "city": Label("市级社会工作员考试", "City"),
            },
        ),
        Column(
            "level",
            Label("报考级别", "Level"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"aide": Label("社会工作员", "Social work aide"), **CERTIFICATES},
        ),
        Column("registered_on", Label("报名日期", "Registered on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "education",
            Label("学历", "Education"),
            Kind.CHOICE,
            listed=False,
            choices={
                "secondary": Label("高中或中专", "Secondary"),
                "college": Label("大专", "College"),
                "bachelor": Label("本科", "Bachelor"),
                "master": Label("硕士", "Master"),
                "doctor": Label("博士", "Doctor"),
            },
        ),
        Column("in_field", Label("社会工作专业", "In social work"), Kind.YES_NO, listed=False),
        Column("years", Label("从事社会工作年限", "Years of social work"), Kind.NUMBER, high=60, listed=False),
        Column(
            "years_since_assistant",
            Label("取得助理证书后年限", "Years since the assistant's certificate"),
            Kind.NUMBER,
            high=60,
            listed=False,
        ),
        Column("employer", Label("工作单位", "Employer"), searched=True, listed=False),
        Column(
            "qualified",
            Label("符合全国报考条件", "Meets the national conditions"),
            Kind.YES_NO,
            derived=True,
            filtered=True,
        ),
        Column(
            "review",
            Label("资格审查", "Qualification review"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "registered": Label("待审查", "To be reviewed"),
                "passed": Label("审查通过", "Passed"),
                "rejected": Label("审查未通过", "Turned down"),
                "withdrawn": Label("放弃报考", "Withdrawn"),
            },
        ),
        Column("reason", Label("未通过原因", "Why it was turned down"), Kind.NOTE, listed=False),
        Column("reviewed_on", Label("审查日期", "Reviewed on"), Kind.DATE, listed=False),
    ),
    name_by=("name", "id_no"),
    dated="registered_on",
    derive=rules.qualified,
    check=rules.registration,
    flow=Flow(
        "review",
        (
            Move("pass", Label("审查通过", "Pass"), ("registered",), "passed", stamps="reviewed_on"),
            Move(
                "reject",
                Label("审查不通过", "Turn down"),
                ("registered",),
                "rejected",
                ("reason",),
                stamps="reviewed_on",
            ),
            Move("look_again", Label("重新审查", "Review again"), ("rejected",), "registered"),
            Move("withdraw", Label("放弃报考", "Withdraw"), ("registered", "passed"), "withdrawn"),
        ),
        waits=("registered",),
        stops=("rejected", "withdrawn"),
        begins="registered_on",
    ),
)
TRAINING_CLASS = Record(
    "training_class",
    Label("培训班", "Training class"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column("subject", Label("培训内容", "Subject"), Kind.NOTE, listed=False),
        Column("audience", Label("培训对象", "For whom"), searched=True),
        Column("organiser", Label("主办单位", "Organiser"), searched=True),
        Column("hours", Label("学时", "Hours"), Kind.NUMBER, sorted=True),
        Column("began_on", Label("开办日期", "Began on"), Kind.DATE, needed=True, sorted=True),
    ),
    name_by=("name",),
    dated="began_on",
)
TRAINING_SESSION = Record(
    "training_session",
    Label("培训期次", "Training session"),
    (
        Column(
            "training_class",
            Label("培训班", "Training class"),
            Kind.LINK,
            needed=True,
            filtered=True,
            of="training_class",
        ),
        Column("number", Label("期次", "Session number"), Kind.NUMBER, needed=True, low=1),
        Column("held_on", Label("开班日期", "First day"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("结束日期", "Last day"), Kind.DATE),
        Column("place", Label("地点", "Place"), searched=True),
        Column("teacher", Label("授课人", "Teacher")),
        Column("enrolled", Label("报名人数", "Enrolled"), Kind.NUMBER),
        Column("trained", Label("参训人数", "Trained"), Kind.NUMBER, needed=True, sorted=True),
    ),
    name_by=("number", "place"),
    dated="held_on",
    check=rules.session,
)
COMMUNITY_WORKER = Record(
    "community_worker",
    Label("专职社区工作者", "Full-time community worker"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True, sorted=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True, unique=True),
        Column("phone", Label("手机", "Phone"), Kind.PHONE, listed=False),
        Column("community", Label("社区", "Community"), needed=True, searched=True, sorted=True),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, listed=False),
        Column(
            "post",
            Label("岗位", "Post"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "party_secretary": Label("党组织书记", "Party secretary"),
                "head": Label("社区主任", "Head"),
                "deputy": Label("社区副主任", "Deputy head"),
                "worker": Label("专职工作人员", "Worker"),
            },
        ),
        Column(
            "source",
            Label("来源", "Source"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "seconded": Label("机关事业单位下派", "Seconded from an administrative body"),
                "recruited": Label("公开招聘", "Recruited"),
                "elected": Label("选举产生", "Elected"),
                "village": Label("村干部转任", "Former village officer"),
            },
        ),
        Column("body", Label("派出单位", "Seconded from"), searched=True, listed=False),
        Column(
            "certificate",
            Label("职业水平证书", "Certificate"),
            Kind.CHOICE,
            filtered=True,
            choices=CERTIFICATES,
            listed=False,
        ),
        Column("since", Label("到岗日期", "Since"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("离岗日期", "Until"), Kind.DATE, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"on_duty": Label("在岗", "On duty"), "left": Label("离岗", "Has left")},
        ),
    ),
    name_by=("name", "id_no"),
    dated="since",
    check=rules.worker,
)
POLICY_DOCUMENT = Record(
    "policy_document",
    Label("政策文件", "Policy document"),
    (
        Column("title", Label("标题", "Title"), needed=True, searched=True, sorted=True),
        Column("number", Label("文号", "Document number"), searched=True),
        Column("issuer", Label("印发单位", "Issued by"), needed=True, searched=True),
        Column("issued_on", Label("印发日期", "Issued on"), Kind.DATE, needed=True, sorted=True),
        Column("summary", Label("主要内容", "Summary"), Kind.NOTE, listed=False),
    ),
    name_by=("title",),
    dated="issued_on",
)
RECORDS = (EXAM_REGISTRATION, TRAINING_CLASS, TRAINING_SESSION, COMMUNITY_WORKER, POLICY_DOCUMENT)
