-- 福利彩票与慈善 · Welfare lottery and charity

-- 销售期 · Sales period
CREATE TABLE welfare_lottery_sales_period (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    lottery WORDS NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    sales BIGINT NOT NULL,
    fund BIGINT NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX welfare_lottery_sales_period_by_first_day ON welfare_lottery_sales_period (home_id, first_day, id);
CREATE INDEX welfare_lottery_sales_period_by_fund ON welfare_lottery_sales_period (home_id, fund, id);
CREATE INDEX welfare_lottery_sales_period_by_last_day ON welfare_lottery_sales_period (home_id, last_day, id);
CREATE INDEX welfare_lottery_sales_period_by_lottery ON welfare_lottery_sales_period (home_id, lottery, id);
CREATE INDEX welfare_lottery_sales_period_by_sales ON welfare_lottery_sales_period (home_id, sales, id);
CREATE INDEX welfare_lottery_sales_period_here ON welfare_lottery_sales_period (home_id, county, id);
CREATE INDEX welfare_lottery_sales_period_of_first_day ON welfare_lottery_sales_period (home_id, county, first_day, id);
CREATE INDEX welfare_lottery_sales_period_of_fund ON welfare_lottery_sales_period (home_id, county, fund, id);
CREATE INDEX welfare_lottery_sales_period_of_last_day ON welfare_lottery_sales_period (home_id, county, last_day, id);
CREATE INDEX welfare_lottery_sales_period_of_lottery ON welfare_lottery_sales_period (home_id, county, lottery, id);
CREATE INDEX welfare_lottery_sales_period_of_sales ON welfare_lottery_sales_period (home_id, county, sales, id);

-- 公益金项目 · Fund project
CREATE TABLE welfare_lottery_fund_project (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    name WORDS NOT NULL,
    purpose WORDS NOT NULL,
    body WORDS NOT NULL,
    budget BIGINT,
    started_on TEXT NOT NULL,
    summary WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX welfare_lottery_fund_project_by_body ON welfare_lottery_fund_project (home_id, body, id);
CREATE INDEX welfare_lottery_fund_project_by_budget ON welfare_lottery_fund_project (home_id, budget, id);
CREATE INDEX welfare_lottery_fund_project_by_name ON welfare_lottery_fund_project (home_id, name, id);
CREATE INDEX welfare_lottery_fund_project_by_purpose ON welfare_lottery_fund_project (home_id, purpose, id);
CREATE INDEX welfare_lottery_fund_project_by_started_on ON welfare_lottery_fund_project (home_id, started_on, id);
CREATE INDEX welfare_lottery_fund_project_here ON welfare_lottery_fund_project (home_id, county, id);
CREATE INDEX welfare_lottery_fund_project_of_body ON welfare_lottery_fund_project (home_id, county, body, id);
CREATE INDEX welfare_lottery_fund_project_of_budget ON welfare_lottery_fund_project (home_id, county, budget, id);
CREATE INDEX welfare_lottery_fund_project_of_name ON welfare_lottery_fund_project (home_id, county, name, id);
CREATE INDEX welfare_lottery_fund_project_of_purpose ON welfare_lottery_fund_project (home_id, county, purpose, id);
CREATE INDEX welfare_lottery_fund_project_of_started_on ON welfare_lottery_fund_project (home_id, county, started_on, id);

-- 公益金资助 · Grant
CREATE TABLE welfare_lottery_grant (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    project WORDS NOT NULL,
    payee WORDS NOT NULL,
    purpose WORDS NOT NULL,
    asked BIGINT NOT NULL,
    asked_on TEXT NOT NULL,
    state WORDS NOT NULL,
    amount BIGINT,
    account_sealed TEXT,
    account_blind TEXT,
    reason WORDS,
    approved_on TEXT,
    paid_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX welfare_lottery_grant_by_account ON welfare_lottery_grant (home_id, account_blind, id);
CREATE INDEX welfare_lottery_grant_by_amount ON welfare_lottery_grant (home_id, amount, id);
CREATE INDEX welfare_lottery_grant_by_asked ON welfare_lottery_grant (home_id, asked, id);
CREATE INDEX welfare_lottery_grant_by_asked_on ON welfare_lottery_grant (home_id, asked_on, id);
CREATE INDEX welfare_lottery_grant_by_paid_on ON welfare_lottery_grant (home_id, paid_on, id);
CREATE INDEX welfare_lottery_grant_by_payee ON welfare_lottery_grant (home_id, payee, id);
CREATE INDEX welfare_lottery_grant_by_project ON welfare_lottery_grant (home_id, project, id);
CREATE INDEX welfare_lottery_grant_by_purpose ON welfare_lottery_grant (home_id, purpose, id);
CREATE INDEX welfare_lottery_grant_by_state ON welfare_lottery_grant (home_id, state, id);
CREATE INDEX welfare_lottery_grant_here ON welfare_lottery_grant (home_id, county, id);
CREATE INDEX welfare_lottery_grant_of_amount ON welfare_lottery_grant (home_id, county, amount, id);
CREATE INDEX welfare_lottery_grant_of_asked ON welfare_lottery_grant (home_id, county, asked, id);
CREATE INDEX welfare_lottery_grant_of_asked_on ON welfare_lottery_grant (home_id, county, asked_on, id);
CREATE INDEX welfare_lottery_grant_of_paid_on ON welfare_lottery_grant (home_id, county, paid_on, id);
CREATE INDEX welfare_lottery_grant_of_payee ON welfare_lottery_grant (home_id, county, payee, id);
CREATE INDEX welfare_lottery_grant_of_project ON welfare_lottery_grant (home_id, county, project, id);
CREATE INDEX welfare_lottery_grant_of_purpose ON welfare_lottery_grant (home_id, county, purpose, id);
CREATE INDEX welfare_lottery_grant_of_state ON welfare_lottery_grant (home_id, county, state, id);

-- 受助人 · Recipient
CREATE TABLE welfare_lottery_recipient (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    name WORDS NOT NULL,
    id_no_sealed TEXT NOT NULL,
    id_no_blind TEXT,
    phone_sealed TEXT,
    phone_blind TEXT,
    project WORDS NOT NULL,
    help WORDS NOT NULL,
    amount BIGINT,
    helped_on TEXT NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX welfare_lottery_recipient_by_amount ON welfare_lottery_recipient (home_id, amount, id);
CREATE INDEX welfare_lottery_recipient_by_help ON welfare_lottery_recipient (home_id, help, id);
CREATE INDEX welfare_lottery_recipient_by_helped_on ON welfare_lottery_recipient (home_id, helped_on, id);
CREATE INDEX welfare_lottery_recipient_by_id_no ON welfare_lottery_recipient (home_id, id_no_blind, id);
CREATE INDEX welfare_lottery_recipient_by_name ON welfare_lottery_recipient (home_id, name, id);
CREATE INDEX welfare_lottery_recipient_by_phone ON welfare_lottery_recipient (home_id, phone_blind, id);
CREATE INDEX welfare_lottery_recipient_by_project ON welfare_lottery_recipient (home_id, project, id);
CREATE INDEX welfare_lottery_recipient_here ON welfare_lottery_recipient (home_id, county, id);
CREATE INDEX welfare_lottery_recipient_of_amount ON welfare_lottery_recipient (home_id, county, amount, id);
CREATE INDEX welfare_lottery_recipient_of_help ON welfare_lottery_recipient (home_id, county, help, id);
CREATE INDEX welfare_lottery_recipient_of_helped_on ON welfare_lottery_recipient (home_id, county, helped_on, id);
CREATE INDEX welfare_lottery_recipient_of_id_no ON welfare_lottery_recipient (home_id, county, id_no_blind, id);
CREATE INDEX welfare_lottery_recipient_of_name ON welfare_lottery_recipient (home_id, county, name, id);
CREATE INDEX welfare_lottery_recipient_of_project ON welfare_lottery_recipient (home_id, county, project, id);

-- 慈善奖推荐 · Charity-award nomination
CREATE TABLE welfare_lottery_charity_nomination (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    nominee WORDS NOT NULL,
    category WORDS NOT NULL,
    nominated_by WORDS NOT NULL,
    nominated_on TEXT NOT NULL,
    given BIGINT,
    phone_sealed TEXT,
    phone_blind TEXT,
    deed WORDS NOT NULL,
    state WORDS NOT NULL,
    noticed_on TEXT,
    awarded_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX welfare_lottery_charity_nomination_by_awarded_on ON welfare_lottery_charity_nomination (home_id, awarded_on, id);
CREATE INDEX welfare_lottery_charity_nomination_by_category ON welfare_lottery_charity_nomination (home_id, category, id);
CREATE INDEX welfare_lottery_charity_nomination_by_given ON welfare_lottery_charity_nomination (home_id, given, id);
CREATE INDEX welfare_lottery_charity_nomination_by_nominated_by ON welfare_lottery_charity_nomination (home_id, nominated_by, id);
CREATE INDEX welfare_lottery_charity_nomination_by_nominated_on ON welfare_lottery_charity_nomination (home_id, nominated_on, id);
CREATE INDEX welfare_lottery_charity_nomination_by_nominee ON welfare_lottery_charity_nomination (home_id, nominee, id);
CREATE INDEX welfare_lottery_charity_nomination_by_phone ON welfare_lottery_charity_nomination (home_id, phone_blind, id);
CREATE INDEX welfare_lottery_charity_nomination_by_state ON welfare_lottery_charity_nomination (home_id, state, id);
CREATE INDEX welfare_lottery_charity_nomination_here ON welfare_lottery_charity_nomination (home_id, county, id);
CREATE INDEX welfare_lottery_charity_nomination_of_awarded_on ON welfare_lottery_charity_nomination (home_id, county, awarded_on, id);
CREATE INDEX welfare_lottery_charity_nomination_of_category ON welfare_lottery_charity_nomination (home_id, county, category, id);
CREATE INDEX welfare_lottery_charity_nomination_of_given ON welfare_lottery_charity_nomination (home_id, county, given, id);
CREATE INDEX welfare_lottery_charity_nomination_of_nominated_by ON welfare_lottery_charity_nomination (home_id, county, nominated_by, id);
CREATE INDEX welfare_lottery_charity_nomination_of_nominated_on ON welfare_lottery_charity_nomination (home_id, county, nominated_on, id);
CREATE INDEX welfare_lottery_charity_nomination_of_nominee ON welfare_lottery_charity_nomination (home_id, county, nominee, id);
CREATE INDEX welfare_lottery_charity_nomination_of_state ON welfare_lottery_charity_nomination (home_id, county, state, id);
