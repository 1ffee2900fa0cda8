CREATE TABLE archived_file (
	sha256 TEXT NOT NULL CONSTRAINT ck_archived_file_sha256 CHECK (length(sha256) = 64), 
	size BIGINT NOT NULL, 
	media_type TEXT NOT NULL, 
	archived_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_archived_file PRIMARY KEY (sha256)
)
-- next
CREATE TABLE business_calendar (
	id BIGSERIAL NOT NULL, 
	name TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	land TEXT, 
	local_holidays TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_business_calendar PRIMARY KEY (id), 
	CONSTRAINT uq_business_calendar_name UNIQUE (name)
)
-- next
CREATE TABLE canned_text (
	id BIGSERIAL NOT NULL, 
	name TEXT NOT NULL, 
	text TEXT NOT NULL, 
	active SMALLINT NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_canned_text PRIMARY KEY (id), 
	CONSTRAINT uq_canned_text_name UNIQUE (name)
)
-- next
CREATE TABLE company (
	id BIGSERIAL NOT NULL CONSTRAINT ck_company_single CHECK (id = 1), 
	mark TEXT NOT NULL CONSTRAINT ck_company_mark CHECK (mark IN ('productive','demo','play')), 
	chart TEXT NOT NULL CONSTRAINT ck_company_chart CHECK (chart IN ('SKR03','SKR04')), 
	taxation TEXT NOT NULL CONSTRAINT ck_company_taxation CHECK (taxation IN ('accrual','cash')), 
	small_business SMALLINT NOT NULL, 
	name TEXT NOT NULL, 
	street TEXT NOT NULL, 
	postcode TEXT NOT NULL, 
	city TEXT NOT NULL, 
	country TEXT NOT NULL, 
	vat_id TEXT, 
	tax_number TEXT, 
	register_entry TEXT, 
	managing_directors TEXT, 
	contact_name TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	email TEXT NOT NULL, 
	website TEXT, 
	bank_name TEXT, 
	iban TEXT, 
	bic TEXT, 
	endpoint_scheme TEXT, 
	endpoint_id TEXT, 
	datev_consultant BIGINT, 
	datev_client BIGINT, 
	payment_days BIGINT NOT NULL, 
	logo_sha256 TEXT, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_company PRIMARY KEY (id)
)
-- next
CREATE TABLE counter (
	key TEXT NOT NULL, 
	last BIGINT NOT NULL CONSTRAINT ck_counter_last CHECK (last >= 0), 
	last_on DATE, 
	CONSTRAINT pk_counter PRIMARY KEY (key)
)
-- next
CREATE TABLE document_kind (
	code TEXT NOT NULL, 
	CONSTRAINT pk_document_kind PRIMARY KEY (code)
)
-- next
CREATE TABLE event (
	id BIGSERIAL NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	actor_id BIGINT, 
	actor TEXT NOT NULL, 
	door TEXT NOT NULL, 
	request_id TEXT NOT NULL, 
	verb TEXT NOT NULL, 
	record_id BIGINT, 
	result_id BIGINT, 
	values_digest BYTEA, 
	CONSTRAINT pk_event PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_event_record ON event (record_id, id)
-- next
CREATE INDEX ix_event_request ON event (request_id)
-- next
CREATE INDEX ix_event_result ON event (result_id, id)
-- next
CREATE TABLE job (
	id BIGSERIAL NOT NULL, 
	kind TEXT NOT NULL, 
	values TEXT NOT NULL, 
	state TEXT NOT NULL CONSTRAINT ck_job_state CHECK (state IN ('waiting','running','done','dead')), 
	run_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	tries BIGINT NOT NULL, 
	locked_until TIMESTAMP WITH TIME ZONE, 
	failure TEXT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_job PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_job_state_run_at ON job (state, run_at)
-- next
CREATE TABLE location (
	id BIGSERIAL NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL CONSTRAINT ck_location_kind CHECK (kind IN ('internal','customer','supplier','correction')), 
	use TEXT NOT NULL CONSTRAINT ck_location_use CHECK (use IN ('stock','van','quarantine')), 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_location PRIMARY KEY (id), 
	CONSTRAINT uq_location_code UNIQUE (code)
)
-- next
CREATE TABLE login_attempt (
	key TEXT NOT NULL, 
	failures BIGINT NOT NULL, 
	last_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_login_attempt PRIMARY KEY (key)
)
-- next
CREATE TABLE login_session (
	token_hash BYTEA NOT NULL, 
	user_id BIGINT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	agent TEXT NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_login_session PRIMARY KEY (token_hash)
)
-- next
CREATE INDEX ix_login_session_user_id ON login_session (user_id)
-- next
CREATE TABLE number_range (
	kind TEXT NOT NULL, 
	pattern TEXT NOT NULL CONSTRAINT ck_number_range_pattern CHECK (pattern LIKE '%%{n%%'), 
	gapless SMALLINT NOT NULL, 
	CONSTRAINT pk_number_range PRIMARY KEY (kind)
)
-- next
CREATE TABLE record_kind (
	code TEXT NOT NULL, 
	CONSTRAINT pk_record_kind PRIMARY KEY (code)
)
-- next
CREATE TABLE request_key (
	actor TEXT NOT NULL, 
	key TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	answer TEXT, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_request_key PRIMARY KEY (actor, key)
)
-- next
CREATE INDEX ix_request_key_at ON request_key (at)
-- next
CREATE TABLE setting (
	key TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY (key)
)
-- next
CREATE TABLE stage (
	code TEXT NOT NULL, 
	name_de TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	probability BIGINT NOT NULL, 
	CONSTRAINT pk_stage PRIMARY KEY (code)
)
-- next
CREATE TABLE ticket_category (
	id BIGSERIAL NOT NULL, 
	name TEXT NOT NULL, 
	active SMALLINT NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_ticket_category PRIMARY KEY (id), 
	CONSTRAINT uq_ticket_category_name UNIQUE (name)
)
-- next
CREATE TABLE ticket_queue (
	id BIGSERIAL NOT NULL, 
	name TEXT NOT NULL, 
	active SMALLINT NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_ticket_queue PRIMARY KEY (id), 
	CONSTRAINT uq_ticket_queue_name UNIQUE (name)
)
-- next
CREATE TABLE user_account (
	id BIGSERIAL NOT NULL, 
	login TEXT NOT NULL, 
	name TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	locale TEXT NOT NULL CONSTRAINT ck_user_account_locale CHECK (locale IN ('de','en')), 
	theme TEXT NOT NULL CONSTRAINT ck_user_account_theme CHECK (theme IN ('auto','light','dark')), 
	active SMALLINT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_user_account PRIMARY KEY (id), 
	CONSTRAINT uq_user_account_login UNIQUE (login)
)
-- next
CREATE TABLE archived_chunk (
	sha256 TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	packed BYTEA NOT NULL, 
	CONSTRAINT pk_archived_chunk PRIMARY KEY (sha256, position), 
	CONSTRAINT fk_archived_chunk_sha256 FOREIGN KEY(sha256) REFERENCES archived_file (sha256)
)
-- next
CREATE TABLE business_hours (
	calendar_id BIGINT NOT NULL, 
	weekday BIGINT NOT NULL CONSTRAINT ck_business_hours_weekday CHECK (weekday BETWEEN 0 AND 6), 
	opens_minute BIGINT NOT NULL, 
	closes_minute BIGINT NOT NULL, 
	CONSTRAINT pk_business_hours PRIMARY KEY (calendar_id, weekday, opens_minute), 
	CONSTRAINT ck_business_hours_span CHECK (opens_minute >= 0 AND closes_minute > opens_minute AND closes_minute <= 1440), 
	CONSTRAINT fk_business_hours_calendar_id FOREIGN KEY(calendar_id) REFERENCES business_calendar (id)
)
-- next
CREATE TABLE closed_day (
	calendar_id BIGINT NOT NULL, 
	day DATE NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_closed_day PRIMARY KEY (calendar_id, day), 
	CONSTRAINT fk_closed_day_calendar_id FOREIGN KEY(calendar_id) REFERENCES business_calendar (id)
)
-- next
CREATE TABLE event_value (
	id BIGSERIAL NOT NULL, 
	event_id BIGINT NOT NULL, 
	field TEXT NOT NULL, 
	before TEXT, 
	after TEXT, 
	erased_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_event_value PRIMARY KEY (id), 
	CONSTRAINT ck_event_value_erased CHECK (erased_at IS NULL OR (before IS NULL AND after IS NULL)), 
	CONSTRAINT fk_event_value_event_id FOREIGN KEY(event_id) REFERENCES event (id)
)
-- next
CREATE INDEX ix_event_value_event_id ON event_value (event_id)
-- next
CREATE TABLE record (
	id BIGSERIAL NOT NULL, 
	public_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	number TEXT, 
	title TEXT NOT NULL, 
	party_id BIGINT, 
	owner_id BIGINT, 
	state TEXT NOT NULL, 
	sort_date DATE, 
	due_date DATE, 
	sort_amount BIGINT, 
	search_text TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	change_seq BIGINT NOT NULL, 
	forwarded_to BIGINT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_record PRIMARY KEY (id), 
	CONSTRAINT ck_record_title CHECK (length(title) <= 500), 
	CONSTRAINT ck_record_version CHECK (version >= 1), 
	CONSTRAINT uq_record_public_id UNIQUE (public_id), 
	CONSTRAINT fk_record_kind FOREIGN KEY(kind) REFERENCES record_kind (code), 
	CONSTRAINT fk_record_party_id FOREIGN KEY(party_id) REFERENCES record (id), 
	CONSTRAINT fk_record_forwarded_to FOREIGN KEY(forwarded_to) REFERENCES record (id)
)
-- next
CREATE INDEX ix_record_change_seq ON record (change_seq)
-- next
CREATE INDEX ix_record_kind_amount ON record (kind, sort_amount, id)
-- next
CREATE INDEX ix_record_kind_date ON record (kind, sort_date, id)
-- next
CREATE INDEX ix_record_kind_due ON record (kind, state, due_date)
-- next
CREATE INDEX ix_record_kind_number ON record (kind, number)
-- next
CREATE INDEX ix_record_kind_state_date ON record (kind, state, sort_date, id)
-- next
CREATE INDEX ix_record_kind_title ON record (kind, title, id)
-- next
CREATE INDEX ix_record_party_kind ON record (party_id, kind, sort_date, id)
-- next
CREATE TABLE service_level (
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	calendar_id BIGINT NOT NULL, 
	is_default SMALLINT NOT NULL, 
	version BIGINT NOT NULL, 
	CONSTRAINT pk_service_level PRIMARY KEY (code), 
	CONSTRAINT fk_service_level_calendar_id FOREIGN KEY(calendar_id) REFERENCES business_calendar (id)
)
-- next
CREATE TABLE technician (
	user_id BIGINT NOT NULL, 
	van_id BIGINT, 
	skills TEXT NOT NULL, 
	minutes_per_day BIGINT NOT NULL CONSTRAINT ck_technician_minutes_per_day CHECK (minutes_per_day BETWEEN 0 AND 1440), 
	active SMALLINT NOT NULL, 
	CONSTRAINT pk_technician PRIMARY KEY (user_id), 
	CONSTRAINT fk_technician_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT fk_technician_van_id FOREIGN KEY(van_id) REFERENCES location (id)
)
-- next
CREATE TABLE user_role (
	user_id BIGINT NOT NULL, 
	role TEXT NOT NULL, 
	CONSTRAINT pk_user_role PRIMARY KEY (user_id, role), 
	CONSTRAINT fk_user_role_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
)
-- next
CREATE TABLE account (
	number TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	automatic TEXT NOT NULL, 
	party_id BIGINT, 
	CONSTRAINT pk_account PRIMARY KEY (number), 
	CONSTRAINT fk_account_party_id FOREIGN KEY(party_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_account_party_id ON account (party_id)
-- next
CREATE TABLE activity (
	id BIGINT NOT NULL, 
	about_id BIGINT, 
	kind TEXT NOT NULL CONSTRAINT ck_activity_kind CHECK (kind IN ('call','meeting','mail','task')), 
	subject TEXT NOT NULL, 
	due_on DATE, 
	done_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_activity PRIMARY KEY (id), 
	CONSTRAINT fk_activity_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_activity_about_id FOREIGN KEY(about_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_activity_about_id ON activity (about_id)
-- next
CREATE TABLE article (
	id BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	language TEXT NOT NULL CONSTRAINT ck_article_language CHECK (language IN ('de','en')), 
	is_public SMALLINT NOT NULL, 
	CONSTRAINT pk_article PRIMARY KEY (id), 
	CONSTRAINT fk_article_id FOREIGN KEY(id) REFERENCES record (id)
)
-- next
CREATE TABLE contract (
	id BIGINT NOT NULL, 
	kind TEXT NOT NULL CONSTRAINT ck_contract_kind CHECK (kind IN ('maintenance','subscription')), 
	subject TEXT NOT NULL, 
	starts_on DATE NOT NULL, 
	first_period_on DATE NOT NULL, 
	first_term_months BIGINT NOT NULL CONSTRAINT ck_contract_first_term CHECK (first_term_months >= 0), 
	renewal_months BIGINT NOT NULL CONSTRAINT ck_contract_renewal CHECK (renewal_months >= 0), 
	notice_months BIGINT NOT NULL CONSTRAINT ck_contract_notice CHECK (notice_months >= 0), 
	ends_on DATE, 
	interval_months BIGINT NOT NULL CONSTRAINT ck_contract_interval CHECK (interval_months BETWEEN 1 AND 60), 
	billing TEXT NOT NULL CONSTRAINT ck_contract_billing CHECK (billing IN ('advance','arrears')), 
	billed_until DATE NOT NULL, 
	service_level TEXT, 
	labour TEXT NOT NULL CONSTRAINT ck_contract_labour CHECK (labour IN ('billable','contingent','included')), 
	travel TEXT NOT NULL CONSTRAINT ck_contract_travel CHECK (travel IN ('billable','included')), 
	parts TEXT NOT NULL CONSTRAINT ck_contract_parts CHECK (parts IN ('billable','included')), 
	contingent_minutes BIGINT NOT NULL CONSTRAINT ck_contract_contingent CHECK (contingent_minutes >= 0), 
	order_reference TEXT, 
	CONSTRAINT pk_contract PRIMARY KEY (id), 
	CONSTRAINT fk_contract_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_contract_service_level FOREIGN KEY(service_level) REFERENCES service_level (code)
)
-- next
CREATE TABLE datev_batch (
	id BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	from_date DATE NOT NULL, 
	until_date DATE NOT NULL, 
	format_version BIGINT NOT NULL CONSTRAINT ck_datev_batch_format_version CHECK (format_version IN (12, 13)), 
	encoding TEXT NOT NULL CONSTRAINT ck_datev_batch_encoding CHECK (encoding IN ('cp1252','utf-8')), 
	is_full SMALLINT NOT NULL, 
	entries BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	debit_total BIGINT NOT NULL, 
	credit_total BIGINT NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	made_by TEXT NOT NULL, 
	CONSTRAINT pk_datev_batch PRIMARY KEY (id), 
	CONSTRAINT fk_datev_batch_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT uq_datev_batch_number UNIQUE (number)
)
-- next
CREATE TABLE incoming_mail (
	id BIGSERIAL NOT NULL, 
	message_id TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	sha256 TEXT, 
	outcome TEXT NOT NULL CONSTRAINT ck_incoming_mail_outcome CHECK (outcome IN ('ticket','message','note','automatic','own','flood')), 
	record_id BIGINT, 
	CONSTRAINT pk_incoming_mail PRIMARY KEY (id), 
	CONSTRAINT uq_incoming_mail_message_id UNIQUE (message_id), 
	CONSTRAINT fk_incoming_mail_sha256 FOREIGN KEY(sha256) REFERENCES archived_file (sha256), 
	CONSTRAINT fk_incoming_mail_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_incoming_mail_received_at ON incoming_mail (received_at)
-- next
CREATE INDEX ix_incoming_mail_record_id ON incoming_mail (record_id)
-- next
CREATE INDEX ix_incoming_mail_sender ON incoming_mail (sender, received_at)
-- next
CREATE TABLE journal_entry (
	id BIGSERIAL NOT NULL, 
	seq BIGINT NOT NULL, 
	entry_no TEXT NOT NULL, 
	fiscal_year BIGINT NOT NULL, 
	entry_date DATE NOT NULL, 
	document_date DATE NOT NULL, 
	service_date DATE, 
	posted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	kind TEXT NOT NULL CONSTRAINT ck_journal_entry_kind CHECK (kind IN ('invoice','credit_note','payment','reversal','manual')), 
	record_id BIGINT NOT NULL, 
	doc_no TEXT NOT NULL, 
	doc_sha256 TEXT NOT NULL, 
	text TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	"user" TEXT NOT NULL, 
	reverses_id BIGINT, 
	version BIGINT NOT NULL, 
	prev_hash TEXT, 
	hash TEXT, 
	CONSTRAINT pk_journal_entry PRIMARY KEY (id), 
	CONSTRAINT ck_journal_entry_hash CHECK ((hash IS NULL) = (prev_hash IS NULL)), 
	CONSTRAINT uq_journal_entry_seq UNIQUE (seq), 
	CONSTRAINT uq_journal_entry_entry_no UNIQUE (entry_no), 
	CONSTRAINT fk_journal_entry_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_journal_entry_reverses_id UNIQUE (reverses_id), 
	CONSTRAINT fk_journal_entry_reverses_id FOREIGN KEY(reverses_id) REFERENCES journal_entry (id)
)
-- next
CREATE INDEX ix_journal_entry_date ON journal_entry (entry_date, seq)
-- next
CREATE INDEX ix_journal_entry_doc_no ON journal_entry (doc_no)
-- next
CREATE INDEX ix_journal_entry_record_id ON journal_entry (record_id)
-- next
CREATE TABLE lead (
	id BIGINT NOT NULL, 
	subject TEXT NOT NULL, 
	company_name TEXT NOT NULL, 
	contact_name TEXT NOT NULL, 
	email TEXT, 
	phone TEXT, 
	street TEXT NOT NULL, 
	postcode TEXT NOT NULL, 
	city TEXT NOT NULL, 
	country TEXT NOT NULL, 
	source TEXT NOT NULL, 
	need TEXT NOT NULL, 
	expected_amount BIGINT, 
	reject_reason TEXT, 
	CONSTRAINT pk_lead PRIMARY KEY (id), 
	CONSTRAINT fk_lead_id FOREIGN KEY(id) REFERENCES record (id)
)
-- next
CREATE TABLE note (
	id BIGSERIAL NOT NULL, 
	record_id BIGINT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	author TEXT NOT NULL, 
	author_id BIGINT, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_note PRIMARY KEY (id), 
	CONSTRAINT fk_note_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_note_record ON note (record_id, id)
-- next
CREATE TABLE opportunity (
	id BIGINT NOT NULL, 
	subject TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_opportunity_amount CHECK (amount >= 0), 
	probability BIGINT NOT NULL CONSTRAINT ck_opportunity_probability CHECK (probability BETWEEN 0 AND 1000000), 
	close_on DATE, 
	position BIGINT NOT NULL, 
	lost_reason TEXT, 
	CONSTRAINT pk_opportunity PRIMARY KEY (id), 
	CONSTRAINT fk_opportunity_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_opportunity_stage FOREIGN KEY(stage) REFERENCES stage (code)
)
-- next
CREATE INDEX ix_opportunity_stage ON opportunity (stage)
-- next
CREATE TABLE outgoing_mail (
	id BIGSERIAL NOT NULL, 
	record_id BIGINT, 
	to_address TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	body TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	in_reply_to TEXT, 
	is_secret SMALLINT NOT NULL, 
	is_automatic SMALLINT NOT NULL, 
	state TEXT NOT NULL CONSTRAINT ck_outgoing_mail_state CHECK (state IN ('waiting','sent','kept')), 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_outgoing_mail PRIMARY KEY (id), 
	CONSTRAINT fk_outgoing_mail_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_outgoing_mail_message_id UNIQUE (message_id)
)
-- next
CREATE INDEX ix_outgoing_mail_record_id ON outgoing_mail (record_id)
-- next
CREATE INDEX ix_outgoing_mail_state ON outgoing_mail (state, id)
-- next
CREATE TABLE portal_user (
	id BIGSERIAL NOT NULL, 
	contact_id BIGINT NOT NULL, 
	locale TEXT NOT NULL CONSTRAINT ck_portal_user_locale CHECK (locale IN ('de','en')), 
	active SMALLINT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_portal_user PRIMARY KEY (id), 
	CONSTRAINT uq_portal_user_contact_id UNIQUE (contact_id), 
	CONSTRAINT fk_portal_user_contact_id FOREIGN KEY(contact_id) REFERENCES record (id)
)
-- next
CREATE TABLE price_list (
	id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_price_list PRIMARY KEY (id), 
	CONSTRAINT fk_price_list_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT uq_price_list_name UNIQUE (name)
)
-- next
CREATE TABLE product (
	id BIGINT NOT NULL, 
	name TEXT NOT NULL CONSTRAINT ck_product_name CHECK (length(name) BETWEEN 1 AND 200), 
	description TEXT NOT NULL, 
	kind TEXT NOT NULL CONSTRAINT ck_product_kind CHECK (kind IN ('goods','service')), 
	unit TEXT NOT NULL, 
	gtin TEXT, 
	tax_class TEXT NOT NULL CONSTRAINT ck_product_tax_class CHECK (tax_class IN ('standard','reduced','zero')), 
	stock_kept SMALLINT NOT NULL, 
	tracking TEXT NOT NULL CONSTRAINT ck_product_tracking CHECK (tracking = 'none' OR (tracking IN ('lot','serial') AND stock_kept = 1)), 
	warranty_months BIGINT CONSTRAINT ck_product_warranty CHECK (warranty_months BETWEEN 0 AND 600), 
	billing_basis TEXT NOT NULL CONSTRAINT ck_product_billing_basis CHECK (billing_basis IN ('delivered','ordered')), 
	base_price BIGINT, 
	CONSTRAINT pk_product PRIMARY KEY (id), 
	CONSTRAINT fk_product_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT uq_product_gtin UNIQUE (gtin)
)
-- next
CREATE TABLE record_file (
	id BIGSERIAL NOT NULL, 
	record_id BIGINT NOT NULL, 
	role TEXT NOT NULL CONSTRAINT ck_record_file_role CHECK (role IN ('xml','pdf','attachment','export')), 
	revision BIGINT NOT NULL, 
	profile TEXT NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_record_file PRIMARY KEY (id), 
	CONSTRAINT fk_record_file_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_file_sha256 FOREIGN KEY(sha256) REFERENCES archived_file (sha256)
)
-- next
CREATE INDEX ix_record_file_record ON record_file (record_id, role)
-- next
CREATE TABLE record_link (
	source_id BIGINT NOT NULL, 
	target_id BIGINT NOT NULL, 
	CONSTRAINT pk_record_link PRIMARY KEY (source_id, target_id), 
	CONSTRAINT fk_record_link_source_id FOREIGN KEY(source_id) REFERENCES record (id), 
	CONSTRAINT fk_record_link_target_id FOREIGN KEY(target_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_record_link_target_id ON record_link (target_id)
-- next
CREATE TABLE service_target (
	service_level TEXT NOT NULL, 
	priority TEXT NOT NULL CONSTRAINT ck_service_target_priority CHECK (priority IN ('low','normal','high','urgent')), 
	respond_minutes BIGINT CONSTRAINT ck_service_target_respond_minutes CHECK (respond_minutes > 0), 
	resolve_minutes BIGINT CONSTRAINT ck_service_target_resolve_minutes CHECK (resolve_minutes > 0), 
	CONSTRAINT pk_service_target PRIMARY KEY (service_level, priority), 
	CONSTRAINT fk_service_target_service_level FOREIGN KEY(service_level) REFERENCES service_level (code)
)
-- next
CREATE TABLE stocktake (
	id BIGINT NOT NULL, 
	location_id BIGINT NOT NULL, 
	uncounted TEXT CONSTRAINT ck_stocktake_uncounted CHECK (uncounted IN ('leave','zero')), 
	frozen_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_stocktake PRIMARY KEY (id), 
	CONSTRAINT ck_stocktake_booked CHECK ((uncounted IS NULL) = (frozen_at IS NULL)), 
	CONSTRAINT fk_stocktake_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_stocktake_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
-- next
CREATE INDEX ix_stocktake_location_id ON stocktake (location_id)
-- next
CREATE TABLE visit (
	id BIGINT NOT NULL, 
	subject TEXT NOT NULL CONSTRAINT ck_visit_subject CHECK (length(subject) BETWEEN 1 AND 200), 
	ticket_id BIGINT, 
	device_id BIGINT, 
	contract_id BIGINT, 
	technician_id BIGINT, 
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	site TEXT NOT NULL, 
	started_at TIMESTAMP WITH TIME ZONE, 
	travel_minutes BIGINT NOT NULL CONSTRAINT ck_visit_travel CHECK (travel_minutes BETWEEN 0 AND 1440), 
	work_minutes BIGINT NOT NULL CONSTRAINT ck_visit_work CHECK (work_minutes BETWEEN 0 AND 1440), 
	report TEXT NOT NULL, 
	signer_name TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	frozen_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_visit PRIMARY KEY (id), 
	CONSTRAINT ck_visit_span CHECK (ends_at > starts_at), 
	CONSTRAINT fk_visit_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_visit_ticket_id FOREIGN KEY(ticket_id) REFERENCES record (id), 
	CONSTRAINT fk_visit_device_id FOREIGN KEY(device_id) REFERENCES record (id), 
	CONSTRAINT fk_visit_contract_id FOREIGN KEY(contract_id) REFERENCES record (id), 
	CONSTRAINT fk_visit_technician_id FOREIGN KEY(technician_id) REFERENCES user_account (id)
)
-- next
CREATE INDEX ix_visit_contract_id ON visit (contract_id)
-- next
CREATE INDEX ix_visit_device_id ON visit (device_id)
-- next
CREATE INDEX ix_visit_starts ON visit (starts_at)
-- next
CREATE INDEX ix_visit_technician ON visit (technician_id, starts_at)
-- next
CREATE INDEX ix_visit_ticket_id ON visit (ticket_id)
-- next
CREATE TABLE contingent_use (
	id BIGSERIAL NOT NULL, 
	contract_id BIGINT NOT NULL, 
	period_from DATE NOT NULL, 
	record_id BIGINT NOT NULL, 
	minutes BIGINT NOT NULL CONSTRAINT ck_contingent_use_minutes CHECK (minutes > 0), 
	CONSTRAINT pk_contingent_use PRIMARY KEY (id), 
	CONSTRAINT fk_contingent_use_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contingent_use_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_contingent_use_contract ON contingent_use (contract_id, period_from)
-- next
CREATE INDEX ix_contingent_use_record_id ON contingent_use (record_id)
-- next
CREATE TABLE contract_line (
	id BIGSERIAL NOT NULL, 
	contract_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	product_id BIGINT, 
	name TEXT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_contract_line_quantity CHECK (quantity > 0), 
	unit TEXT NOT NULL, 
	unit_price BIGINT NOT NULL CONSTRAINT ck_contract_line_unit_price CHECK (unit_price >= 0), 
	discount_percent BIGINT NOT NULL CONSTRAINT ck_contract_line_discount CHECK (discount_percent BETWEEN 0 AND 1000000), 
	tax_case TEXT, 
	valid_from DATE, 
	valid_until DATE, 
	CONSTRAINT pk_contract_line PRIMARY KEY (id), 
	CONSTRAINT fk_contract_line_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contract_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_contract_line_contract_id ON contract_line (contract_id)
-- next
CREATE INDEX ix_contract_line_product_id ON contract_line (product_id)
-- next
CREATE TABLE datev_batch_entry (
	batch_id BIGINT NOT NULL, 
	entry_id BIGINT NOT NULL, 
	is_repeat SMALLINT NOT NULL, 
	CONSTRAINT pk_datev_batch_entry PRIMARY KEY (batch_id, entry_id), 
	CONSTRAINT fk_datev_batch_entry_batch_id FOREIGN KEY(batch_id) REFERENCES datev_batch (id), 
	CONSTRAINT fk_datev_batch_entry_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
-- next
CREATE UNIQUE INDEX uq_datev_batch_entry_first ON datev_batch_entry (entry_id) WHERE is_repeat = 0
-- next
CREATE TABLE datev_batch_file (
	batch_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	rows BIGINT NOT NULL, 
	CONSTRAINT pk_datev_batch_file PRIMARY KEY (batch_id, position), 
	CONSTRAINT fk_datev_batch_file_batch_id FOREIGN KEY(batch_id) REFERENCES datev_batch (id), 
	CONSTRAINT fk_datev_batch_file_sha256 FOREIGN KEY(sha256) REFERENCES archived_file (sha256)
)
-- next
CREATE TABLE deferral (
	id BIGINT NOT NULL, 
	year BIGINT NOT NULL, 
	entry_id BIGINT NOT NULL, 
	release_id BIGINT NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_deferral_amount CHECK (amount > 0), 
	CONSTRAINT pk_deferral PRIMARY KEY (id), 
	CONSTRAINT fk_deferral_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT uq_deferral_year UNIQUE (year), 
	CONSTRAINT uq_deferral_entry_id UNIQUE (entry_id), 
	CONSTRAINT fk_deferral_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id), 
	CONSTRAINT uq_deferral_release_id UNIQUE (release_id), 
	CONSTRAINT fk_deferral_release_id FOREIGN KEY(release_id) REFERENCES journal_entry (id)
)
-- next
CREATE TABLE journal_line (
	id BIGSERIAL NOT NULL, 
	entry_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	account TEXT NOT NULL, 
	debit BIGINT NOT NULL, 
	credit BIGINT NOT NULL, 
	tax_case TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_journal_line PRIMARY KEY (id), 
	CONSTRAINT uq_journal_line_entry_id_position UNIQUE (entry_id, position), 
	CONSTRAINT ck_journal_line_one_side CHECK (debit >= 0 AND credit >= 0 AND (debit > 0) <> (credit > 0)), 
	CONSTRAINT fk_journal_line_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id), 
	CONSTRAINT fk_journal_line_account FOREIGN KEY(account) REFERENCES account (number)
)
-- next
CREATE INDEX ix_journal_line_account ON journal_line (account, entry_id)
-- next
CREATE TABLE lot (
	id BIGSERIAL NOT NULL, 
	product_id BIGINT NOT NULL, 
	code TEXT NOT NULL CONSTRAINT ck_lot_code CHECK (length(code) BETWEEN 1 AND 50), 
	expires_on DATE, 
	CONSTRAINT pk_lot PRIMARY KEY (id), 
	CONSTRAINT uq_lot_product_id_code UNIQUE (product_id, code), 
	CONSTRAINT fk_lot_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_lot_code ON lot (code)
-- next
CREATE TABLE outgoing_file (
	mail_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_outgoing_file PRIMARY KEY (mail_id, position), 
	CONSTRAINT fk_outgoing_file_mail_id FOREIGN KEY(mail_id) REFERENCES outgoing_mail (id), 
	CONSTRAINT fk_outgoing_file_sha256 FOREIGN KEY(sha256) REFERENCES archived_file (sha256)
)
-- next
CREATE TABLE party (
	id BIGINT NOT NULL, 
	name TEXT NOT NULL CONSTRAINT ck_party_name CHECK (length(name) BETWEEN 1 AND 200), 
	is_company SMALLINT NOT NULL, 
	vat_id TEXT, 
	tax_number TEXT, 
	email TEXT, 
	phone TEXT, 
	website TEXT, 
	iban TEXT, 
	bic TEXT, 
	endpoint_scheme TEXT, 
	endpoint_id TEXT, 
	leitweg_id TEXT, 
	e_invoice TEXT NOT NULL CONSTRAINT ck_party_e_invoice CHECK (e_invoice IN ('paper','xrechnung','peppol')), 
	payment_days BIGINT CONSTRAINT ck_party_payment_days CHECK (payment_days BETWEEN 0 AND 365), 
	price_list_id BIGINT, 
	debtor_account TEXT, 
	language TEXT NOT NULL, 
	match_key TEXT NOT NULL, 
	CONSTRAINT pk_party PRIMARY KEY (id), 
	CONSTRAINT fk_party_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_party_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_list (id), 
	CONSTRAINT uq_party_debtor_account UNIQUE (debtor_account), 
	CONSTRAINT fk_party_debtor_account FOREIGN KEY(debtor_account) REFERENCES account (number)
)
-- next
CREATE INDEX ix_party_match_key ON party (match_key)
-- next
CREATE INDEX ix_party_vat_id ON party (vat_id)
-- next
CREATE TABLE portal_pass (
	token_hash BYTEA NOT NULL, 
	portal_user_id BIGINT NOT NULL, 
	code_hash TEXT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	tries BIGINT NOT NULL CONSTRAINT ck_portal_pass_tries CHECK (tries >= 0), 
	used_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_portal_pass PRIMARY KEY (token_hash), 
	CONSTRAINT fk_portal_pass_portal_user_id FOREIGN KEY(portal_user_id) REFERENCES portal_user (id)
)
-- next
CREATE INDEX ix_portal_pass_portal_user_id ON portal_pass (portal_user_id)
-- next
CREATE TABLE portal_session (
	token_hash BYTEA NOT NULL, 
	portal_user_id BIGINT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_portal_session PRIMARY KEY (token_hash), 
	CONSTRAINT fk_portal_session_portal_user_id FOREIGN KEY(portal_user_id) REFERENCES portal_user (id)
)
-- next
CREATE INDEX ix_portal_session_portal_user_id ON portal_session (portal_user_id)
-- next
CREATE TABLE purchase_need (
	id BIGSERIAL NOT NULL, 
	product_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_purchase_need_quantity CHECK (quantity > 0), 
	needed_on DATE, 
	reason TEXT NOT NULL, 
	record_id BIGINT, 
	state TEXT NOT NULL CONSTRAINT ck_purchase_need_state CHECK (state IN ('open','done','dropped')), 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	created_by TEXT NOT NULL, 
	CONSTRAINT pk_purchase_need PRIMARY KEY (id), 
	CONSTRAINT fk_purchase_need_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_purchase_need_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
-- next
CREATE INDEX ix_purchase_need_product_id ON purchase_need (product_id)
-- next
CREATE INDEX ix_purchase_need_record_id ON purchase_need (record_id)
-- next
CREATE INDEX ix_purchase_need_state ON purchase_need (state, needed_on, id)
-- next
CREATE TABLE spare_part (
	product_id BIGINT NOT NULL, 
	part_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_spare_part_quantity CHECK (quantity > 0), 
	note TEXT NOT NULL, 
	CONSTRAINT pk_spare_part PRIMARY KEY (product_id, part_id), 
	CONSTRAINT ck_spare_part_itself CHECK (product_id <> part_id), 
	CONSTRAINT fk_spare_part_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_spare_part_part_id FOREIGN KEY(part_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_spare_part_part_id ON spare_part (part_id)
-- next
CREATE TABLE stock_level (
	product_id BIGINT NOT NULL, 
	location_id BIGINT NOT NULL, 
	on_hand BIGINT NOT NULL CONSTRAINT ck_stock_level_on_hand CHECK (on_hand >= 0), 
	reserved BIGINT NOT NULL, 
	CONSTRAINT pk_stock_level PRIMARY KEY (product_id, location_id), 
	CONSTRAINT ck_stock_level_reserved CHECK (reserved >= 0 AND reserved <= on_hand), 
	CONSTRAINT fk_stock_level_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_stock_level_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
-- next
CREATE TABLE stocktake_line (
	id BIGSERIAL NOT NULL, 
	stocktake_id BIGINT NOT NULL, 
	product_id BIGINT NOT NULL, 
	code TEXT NOT NULL CONSTRAINT ck_stocktake_line_code CHECK (length(code) <= 50), 
	counted BIGINT CONSTRAINT ck_stocktake_line_counted CHECK (counted >= 0), 
	level BIGINT, 
	last_move BIGINT, 
	is_moved SMALLINT NOT NULL, 
	difference BIGINT, 
	reason TEXT CONSTRAINT ck_stocktake_line_reason CHECK (reason IN ('shrinkage','breakage','found','miscounted','other')), 
	CONSTRAINT pk_stocktake_line PRIMARY KEY (id), 
	CONSTRAINT uq_stocktake_line_stocktake_id_product_id_code UNIQUE (stocktake_id, product_id, code), 
	CONSTRAINT ck_stocktake_line_level CHECK ((counted IS NULL) = (level IS NULL)), 
	CONSTRAINT fk_stocktake_line_stocktake_id FOREIGN KEY(stocktake_id) REFERENCES stocktake (id), 
	CONSTRAINT fk_stocktake_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_stocktake_line_product_id ON stocktake_line (product_id)
-- next
CREATE TABLE vat_entry (
	id BIGSERIAL NOT NULL, 
	entry_id BIGINT NOT NULL, 
	tax_case TEXT NOT NULL, 
	rate BIGINT NOT NULL, 
	kz TEXT NOT NULL, 
	base BIGINT NOT NULL, 
	tax BIGINT NOT NULL, 
	period TEXT NOT NULL CONSTRAINT ck_vat_entry_period CHECK (length(period) = 7), 
	is_input SMALLINT NOT NULL, 
	party_vat_id TEXT, 
	CONSTRAINT pk_vat_entry PRIMARY KEY (id), 
	CONSTRAINT fk_vat_entry_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
-- next
CREATE INDEX ix_vat_entry_entry_id ON vat_entry (entry_id)
-- next
CREATE INDEX ix_vat_entry_period ON vat_entry (period)
-- next
CREATE TABLE visit_task (
	id BIGSERIAL NOT NULL, 
	visit_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	is_done SMALLINT NOT NULL, 
	reading TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	CONSTRAINT pk_visit_task PRIMARY KEY (id), 
	CONSTRAINT uq_visit_task_visit_id_position UNIQUE (visit_id, position), 
	CONSTRAINT fk_visit_task_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
)
-- next
CREATE TABLE address (
	id BIGSERIAL NOT NULL, 
	party_id BIGINT NOT NULL, 
	use TEXT NOT NULL CONSTRAINT ck_address_use CHECK (use IN ('main','invoice','delivery')), 
	addition TEXT NOT NULL, 
	street TEXT NOT NULL, 
	postcode TEXT NOT NULL, 
	city TEXT NOT NULL, 
	country TEXT NOT NULL CONSTRAINT ck_address_country CHECK (length(country) = 2), 
	CONSTRAINT pk_address PRIMARY KEY (id), 
	CONSTRAINT fk_address_party_id FOREIGN KEY(party_id) REFERENCES party (id)
)
-- next
CREATE INDEX ix_address_party_id ON address (party_id)
-- next
CREATE TABLE contact (
	id BIGINT NOT NULL, 
	party_id BIGINT NOT NULL, 
	name TEXT NOT NULL CONSTRAINT ck_contact_name CHECK (length(name) BETWEEN 1 AND 200), 
	function TEXT NOT NULL, 
	email TEXT, 
	phone TEXT, 
	CONSTRAINT pk_contact PRIMARY KEY (id), 
	CONSTRAINT fk_contact_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_contact_party_id FOREIGN KEY(party_id) REFERENCES party (id)
)
-- next
CREATE INDEX ix_contact_party_id ON contact (party_id)
-- next
CREATE TABLE document (
	id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	number TEXT, 
	number_given SMALLINT NOT NULL, 
	party_id BIGINT NOT NULL, 
	dated_on DATE NOT NULL, 
	service_from DATE, 
	service_until DATE, 
	currency TEXT NOT NULL, 
	exchange_rate BIGINT, 
	price_basis TEXT NOT NULL CONSTRAINT ck_document_price_basis CHECK (price_basis IN ('net','gross')), 
	header_discount_percent BIGINT NOT NULL, 
	payment_days BIGINT NOT NULL, 
	due_on DATE, 
	buyer_reference TEXT, 
	order_reference TEXT, 
	intro TEXT NOT NULL, 
	closing TEXT NOT NULL, 
	line_total BIGINT NOT NULL, 
	allowance_total BIGINT NOT NULL, 
	net_total BIGINT NOT NULL, 
	tax_total BIGINT NOT NULL, 
	gross_total BIGINT NOT NULL, 
	rounding BIGINT NOT NULL, 
	revision BIGINT NOT NULL, 
	frozen_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_document PRIMARY KEY (id), 
	CONSTRAINT uq_document_kind_number UNIQUE (kind, number), 
	CONSTRAINT uq_document_id_kind UNIQUE (id, kind), 
	CONSTRAINT ck_document_header_discount CHECK (header_discount_percent BETWEEN 0 AND 1000000), 
	CONSTRAINT ck_document_gross_total CHECK (gross_total = net_total + tax_total + rounding OR price_basis = 'gross'), 
	CONSTRAINT ck_document_net_total CHECK (net_total = line_total - allowance_total OR price_basis = 'gross'), 
	CONSTRAINT fk_document_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_document_kind FOREIGN KEY(kind) REFERENCES document_kind (code), 
	CONSTRAINT fk_document_party_id FOREIGN KEY(party_id) REFERENCES party (id)
)
-- next
CREATE INDEX ix_document_party ON document (party_id, kind)
-- next
CREATE TABLE lot_level (
	lot_id BIGINT NOT NULL, 
	location_id BIGINT NOT NULL, 
	on_hand BIGINT NOT NULL CONSTRAINT ck_lot_level_on_hand CHECK (on_hand >= 0), 
	CONSTRAINT pk_lot_level PRIMARY KEY (lot_id, location_id), 
	CONSTRAINT fk_lot_level_lot_id FOREIGN KEY(lot_id) REFERENCES lot (id), 
	CONSTRAINT fk_lot_level_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
-- next
CREATE TABLE open_item (
	id BIGSERIAL NOT NULL, 
	record_id BIGINT NOT NULL, 
	entry_id BIGINT NOT NULL, 
	party_id BIGINT NOT NULL, 
	account TEXT NOT NULL, 
	side TEXT NOT NULL CONSTRAINT ck_open_item_side CHECK (side IN ('debit','credit')), 
	number TEXT NOT NULL, 
	dated_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_open_item_amount CHECK (amount >= 0), 
	open BIGINT NOT NULL, 
	CONSTRAINT pk_open_item PRIMARY KEY (id), 
	CONSTRAINT ck_open_item_open CHECK (open >= 0 AND open <= amount), 
	CONSTRAINT fk_open_item_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_open_item_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id), 
	CONSTRAINT fk_open_item_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_open_item_account FOREIGN KEY(account) REFERENCES account (number)
)
-- next
CREATE INDEX ix_open_item_account ON open_item (account, open)
-- next
CREATE INDEX ix_open_item_due ON open_item (due_on, id) WHERE open > 0
-- next
CREATE INDEX ix_open_item_open ON open_item (side, open, due_on, party_id)
-- next
CREATE INDEX ix_open_item_party ON open_item (party_id, open, due_on)
-- next
CREATE INDEX ix_open_item_record_id ON open_item (record_id)
-- next
CREATE TABLE payment (
	id BIGINT NOT NULL, 
	party_id BIGINT NOT NULL, 
	direction TEXT NOT NULL CONSTRAINT ck_payment_direction CHECK (direction IN ('in','out')), 
	money_account TEXT NOT NULL, 
	paid_on DATE NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_payment_amount CHECK (amount > 0), 
	number TEXT NOT NULL, 
	number_given SMALLINT NOT NULL, 
	reference TEXT NOT NULL, 
	frozen_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_payment PRIMARY KEY (id), 
	CONSTRAINT fk_payment_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_payment_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_payment_money_account FOREIGN KEY(money_account) REFERENCES account (number), 
	CONSTRAINT uq_payment_number UNIQUE (number)
)
-- next
CREATE TABLE price (
	id BIGSERIAL NOT NULL, 
	product_id BIGINT NOT NULL, 
	party_id BIGINT, 
	price_list_id BIGINT, 
	from_quantity BIGINT NOT NULL CONSTRAINT ck_price_quantity CHECK (from_quantity >= 0), 
	unit_price BIGINT CONSTRAINT ck_price_unit_price CHECK (unit_price >= 0), 
	percent_off BIGINT CONSTRAINT ck_price_percent_off CHECK (percent_off BETWEEN 0 AND 1000000), 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	CONSTRAINT pk_price PRIMARY KEY (id), 
	CONSTRAINT ck_price_one_form CHECK ((unit_price IS NULL) <> (percent_off IS NULL)), 
	CONSTRAINT ck_price_one_level CHECK ((party_id IS NULL) <> (price_list_id IS NULL)), 
	CONSTRAINT ck_price_validity CHECK (valid_until IS NULL OR valid_until >= valid_from), 
	CONSTRAINT fk_price_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_price_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_price_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_list (id)
)
-- next
CREATE INDEX ix_price_party ON price (party_id)
-- next
CREATE INDEX ix_price_product ON price (product_id, party_id, price_list_id)
-- next
CREATE TABLE stocktake_count (
	id BIGSERIAL NOT NULL, 
	stocktake_id BIGINT NOT NULL, 
	line_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_stocktake_count_quantity CHECK (quantity >= 0), 
	level BIGINT NOT NULL, 
	last_move BIGINT NOT NULL, 
	counted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	actor TEXT NOT NULL, 
	actor_id BIGINT, 
	CONSTRAINT pk_stocktake_count PRIMARY KEY (id), 
	CONSTRAINT fk_stocktake_count_stocktake_id FOREIGN KEY(stocktake_id) REFERENCES stocktake (id), 
	CONSTRAINT fk_stocktake_count_line_id FOREIGN KEY(line_id) REFERENCES stocktake_line (id)
)
-- next
CREATE INDEX ix_stocktake_count_line_id ON stocktake_count (line_id)
-- next
CREATE INDEX ix_stocktake_count_stocktake_id ON stocktake_count (stocktake_id)
-- next
CREATE TABLE visit_part (
	id BIGSERIAL NOT NULL, 
	visit_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	product_id BIGINT NOT NULL, 
	lot_id BIGINT, 
	quantity BIGINT NOT NULL CONSTRAINT ck_visit_part_quantity CHECK (quantity > 0), 
	CONSTRAINT pk_visit_part PRIMARY KEY (id), 
	CONSTRAINT uq_visit_part_visit_id_position UNIQUE (visit_id, position), 
	CONSTRAINT fk_visit_part_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id), 
	CONSTRAINT fk_visit_part_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_visit_part_lot_id FOREIGN KEY(lot_id) REFERENCES lot (id)
)
-- next
CREATE INDEX ix_visit_part_lot_id ON visit_part (lot_id)
-- next
CREATE INDEX ix_visit_part_product_id ON visit_part (product_id)
-- next
CREATE TABLE allocation (
	id BIGSERIAL NOT NULL, 
	debit_item_id BIGINT NOT NULL, 
	credit_item_id BIGINT NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_allocation_amount CHECK (amount <> 0), 
	undoes_id BIGINT, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_allocation PRIMARY KEY (id), 
	CONSTRAINT ck_allocation_undoes CHECK ((amount < 0) = (undoes_id IS NOT NULL)), 
	CONSTRAINT fk_allocation_debit_item_id FOREIGN KEY(debit_item_id) REFERENCES open_item (id), 
	CONSTRAINT fk_allocation_credit_item_id FOREIGN KEY(credit_item_id) REFERENCES open_item (id), 
	CONSTRAINT uq_allocation_undoes_id UNIQUE (undoes_id), 
	CONSTRAINT fk_allocation_undoes_id FOREIGN KEY(undoes_id) REFERENCES allocation (id)
)
-- next
CREATE INDEX ix_allocation_credit_item_id ON allocation (credit_item_id)
-- next
CREATE INDEX ix_allocation_debit_item_id ON allocation (debit_item_id)
-- next
CREATE TABLE contract_period (
	id BIGSERIAL NOT NULL, 
	contract_id BIGINT NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	document_id BIGINT NOT NULL, 
	billed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	freed_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_contract_period PRIMARY KEY (id), 
	CONSTRAINT ck_contract_period_span CHECK (until_on >= from_on), 
	CONSTRAINT fk_contract_period_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contract_period_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
-- next
CREATE INDEX ix_contract_period_contract_id ON contract_period (contract_id)
-- next
CREATE INDEX ix_contract_period_document_id ON contract_period (document_id)
-- next
CREATE UNIQUE INDEX uq_contract_period_from ON contract_period (contract_id, from_on) WHERE freed_at IS NULL
-- next
CREATE TABLE credit_note_side (
	document_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	profile TEXT NOT NULL CONSTRAINT ck_credit_note_side_profile CHECK (profile IN ('en16931','xrechnung','peppol')), 
	correction TEXT NOT NULL CONSTRAINT ck_credit_note_side_correction CHECK (correction IN ('cancellation','return','price')), 
	corrects_id BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_credit_note_side PRIMARY KEY (document_id), 
	CONSTRAINT fk_credit_note_side_document_id_kind FOREIGN KEY(document_id, kind) REFERENCES document (id, kind), 
	CONSTRAINT ck_credit_note_side_kind CHECK (kind = 'credit_note'), 
	CONSTRAINT fk_credit_note_side_corrects_id FOREIGN KEY(corrects_id) REFERENCES document (id)
)
-- next
CREATE INDEX ix_credit_note_side_corrects_id ON credit_note_side (corrects_id)
-- next
CREATE TABLE deferral_line (
	id BIGSERIAL NOT NULL, 
	deferral_id BIGINT NOT NULL, 
	contract_id BIGINT NOT NULL, 
	document_id BIGINT NOT NULL, 
	account TEXT NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	amount BIGINT NOT NULL CONSTRAINT ck_deferral_line_amount CHECK (amount > 0), 
	CONSTRAINT pk_deferral_line PRIMARY KEY (id), 
	CONSTRAINT fk_deferral_line_deferral_id FOREIGN KEY(deferral_id) REFERENCES deferral (id), 
	CONSTRAINT fk_deferral_line_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_deferral_line_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT fk_deferral_line_account FOREIGN KEY(account) REFERENCES account (number)
)
-- next
CREATE INDEX ix_deferral_line_contract_id ON deferral_line (contract_id)
-- next
CREATE INDEX ix_deferral_line_deferral_id ON deferral_line (deferral_id)
-- next
CREATE INDEX ix_deferral_line_document_id ON deferral_line (document_id)
-- next
CREATE TABLE device (
	id BIGINT NOT NULL, 
	product_id BIGINT, 
	lot_id BIGINT, 
	name TEXT NOT NULL CONSTRAINT ck_device_name CHECK (length(name) BETWEEN 1 AND 200), 
	serial TEXT NOT NULL, 
	site TEXT NOT NULL, 
	bought_on DATE, 
	warranty_until DATE, 
	delivery_id BIGINT, 
	CONSTRAINT pk_device PRIMARY KEY (id), 
	CONSTRAINT fk_device_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_device_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT uq_device_lot_id UNIQUE (lot_id), 
	CONSTRAINT fk_device_lot_id FOREIGN KEY(lot_id) REFERENCES lot (id), 
	CONSTRAINT fk_device_delivery_id FOREIGN KEY(delivery_id) REFERENCES document (id)
)
-- next
CREATE INDEX ix_device_delivery_id ON device (delivery_id)
-- next
CREATE INDEX ix_device_product_id ON device (product_id)
-- next
CREATE INDEX ix_device_serial ON device (serial)
-- next
CREATE TABLE document_line (
	id BIGSERIAL NOT NULL, 
	document_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	kind TEXT NOT NULL CONSTRAINT ck_document_line_kind CHECK (kind IN ('item','text')), 
	product_id BIGINT, 
	article TEXT NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	quantity BIGINT NOT NULL, 
	unit TEXT NOT NULL, 
	unit_price BIGINT NOT NULL CONSTRAINT ck_document_line_unit_price CHECK (unit_price >= 0), 
	discount_percent BIGINT NOT NULL CONSTRAINT ck_document_line_discount CHECK (discount_percent BETWEEN 0 AND 1000000), 
	amount BIGINT NOT NULL, 
	tax_case TEXT, 
	tax_rate BIGINT NOT NULL, 
	billing_basis TEXT NOT NULL CONSTRAINT ck_document_line_billing_basis CHECK (billing_basis IN ('delivered','ordered')), 
	stock_kept SMALLINT NOT NULL, 
	promised_on DATE, 
	service_on DATE, 
	price_trace TEXT NOT NULL, 
	CONSTRAINT pk_document_line PRIMARY KEY (id), 
	CONSTRAINT uq_document_line_document_id_position UNIQUE (document_id, position), 
	CONSTRAINT ck_document_line_quantity CHECK (quantity >= 0 AND (kind = 'item' OR quantity = 0)), 
	CONSTRAINT ck_document_line_tax_case CHECK (kind = 'text' OR tax_case IS NOT NULL), 
	CONSTRAINT fk_document_line_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT fk_document_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_document_line_product_id ON document_line (product_id)
-- next
CREATE TABLE document_party (
	document_id BIGINT NOT NULL, 
	role TEXT NOT NULL CONSTRAINT ck_document_party_role CHECK (role IN ('seller','buyer','delivery')), 
	name TEXT NOT NULL, 
	addition TEXT NOT NULL, 
	street TEXT NOT NULL, 
	postcode TEXT NOT NULL, 
	city TEXT NOT NULL, 
	country TEXT NOT NULL, 
	vat_id TEXT, 
	tax_number TEXT, 
	register_entry TEXT, 
	contact_name TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	email TEXT NOT NULL, 
	endpoint_scheme TEXT, 
	endpoint_id TEXT, 
	iban TEXT, 
	bic TEXT, 
	bank_name TEXT, 
	CONSTRAINT pk_document_party PRIMARY KEY (document_id, role), 
	CONSTRAINT fk_document_party_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
-- next
CREATE TABLE document_progress (
	document_id BIGINT NOT NULL, 
	gross_total BIGINT NOT NULL, 
	credited_gross BIGINT NOT NULL, 
	cancelled_by_id BIGINT, 
	CONSTRAINT pk_document_progress PRIMARY KEY (document_id), 
	CONSTRAINT ck_document_progress_credited CHECK (credited_gross >= 0 AND credited_gross <= gross_total), 
	CONSTRAINT fk_document_progress_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT uq_document_progress_cancelled_by_id UNIQUE (cancelled_by_id), 
	CONSTRAINT fk_document_progress_cancelled_by_id FOREIGN KEY(cancelled_by_id) REFERENCES document (id)
)
-- next
CREATE TABLE document_tax (
	document_id BIGINT NOT NULL, 
	tax_case TEXT NOT NULL, 
	rate BIGINT NOT NULL, 
	category TEXT NOT NULL, 
	line_total BIGINT NOT NULL, 
	allowance BIGINT NOT NULL, 
	base BIGINT NOT NULL, 
	tax BIGINT NOT NULL, 
	gross BIGINT NOT NULL, 
	CONSTRAINT pk_document_tax PRIMARY KEY (document_id, tax_case, rate), 
	CONSTRAINT ck_document_tax_gross CHECK (gross = base + tax), 
	CONSTRAINT fk_document_tax_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
-- next
CREATE TABLE invoice_side (
	document_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	profile TEXT NOT NULL CONSTRAINT ck_invoice_side_profile CHECK (profile IN ('en16931','xrechnung','peppol')), 
	replaces_id BIGINT, 
	CONSTRAINT pk_invoice_side PRIMARY KEY (document_id), 
	CONSTRAINT fk_invoice_side_document_id_kind FOREIGN KEY(document_id, kind) REFERENCES document (id, kind), 
	CONSTRAINT ck_invoice_side_kind CHECK (kind = 'invoice'), 
	CONSTRAINT fk_invoice_side_replaces_id FOREIGN KEY(replaces_id) REFERENCES document (id)
)
-- next
CREATE TABLE order_side (
	document_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	promised_on DATE, 
	placed_by TEXT, 
	CONSTRAINT pk_order_side PRIMARY KEY (document_id), 
	CONSTRAINT fk_order_side_document_id_kind FOREIGN KEY(document_id, kind) REFERENCES document (id, kind), 
	CONSTRAINT ck_order_side_kind CHECK (kind = 'order')
)
-- next
CREATE TABLE quote_side (
	document_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	valid_until DATE, 
	reject_reason TEXT, 
	accepted_by TEXT, 
	accepted_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_quote_side PRIMARY KEY (document_id), 
	CONSTRAINT fk_quote_side_document_id_kind FOREIGN KEY(document_id, kind) REFERENCES document (id, kind), 
	CONSTRAINT ck_quote_side_kind CHECK (kind = 'quote')
)
-- next
CREATE TABLE return_side (
	document_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL CONSTRAINT ck_return_side_reason CHECK (reason IN ('defective','wrong_item','not_needed','damaged','other')), 
	remark TEXT NOT NULL, 
	location_id BIGINT, 
	CONSTRAINT pk_return_side PRIMARY KEY (document_id), 
	CONSTRAINT fk_return_side_document_id_kind FOREIGN KEY(document_id, kind) REFERENCES document (id, kind), 
	CONSTRAINT ck_return_side_kind CHECK (kind = 'return'), 
	CONSTRAINT fk_return_side_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
-- next
CREATE TABLE visit_charge (
	id BIGSERIAL NOT NULL, 
	visit_id BIGINT NOT NULL, 
	piece TEXT NOT NULL CONSTRAINT ck_visit_charge_piece CHECK (piece IN ('work','travel','part')), 
	part_id BIGINT, 
	charge TEXT NOT NULL CONSTRAINT ck_visit_charge_charge CHECK (charge IN ('included','contingent','billable','goodwill')), 
	minutes BIGINT NOT NULL, 
	quantity BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_visit_charge PRIMARY KEY (id), 
	CONSTRAINT ck_visit_charge_reason CHECK (charge <> 'goodwill' OR reason <> ''), 
	CONSTRAINT ck_visit_charge_part CHECK ((piece = 'part') = (part_id IS NOT NULL)), 
	CONSTRAINT ck_visit_charge_amounts CHECK (minutes >= 0 AND quantity >= 0), 
	CONSTRAINT fk_visit_charge_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id), 
	CONSTRAINT fk_visit_charge_part_id FOREIGN KEY(part_id) REFERENCES visit_part (id)
)
-- next
CREATE INDEX ix_visit_charge_visit_id ON visit_charge (visit_id)
-- next
CREATE TABLE chain_link (
	source_line_id BIGINT NOT NULL, 
	target_line_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_chain_link_quantity CHECK (quantity >= 0), 
	CONSTRAINT pk_chain_link PRIMARY KEY (source_line_id, target_line_id), 
	CONSTRAINT fk_chain_link_source_line_id FOREIGN KEY(source_line_id) REFERENCES document_line (id), 
	CONSTRAINT fk_chain_link_target_line_id FOREIGN KEY(target_line_id) REFERENCES document_line (id)
)
-- next
CREATE INDEX ix_chain_link_target_line_id ON chain_link (target_line_id)
-- next
CREATE TABLE contract_device (
	contract_id BIGINT NOT NULL, 
	device_id BIGINT NOT NULL, 
	CONSTRAINT pk_contract_device PRIMARY KEY (contract_id, device_id), 
	CONSTRAINT fk_contract_device_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contract_device_device_id FOREIGN KEY(device_id) REFERENCES device (id)
)
-- next
CREATE INDEX ix_contract_device_device_id ON contract_device (device_id)
-- next
CREATE TABLE line_lot (
	line_id BIGINT NOT NULL, 
	lot_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_line_lot_quantity CHECK (quantity > 0), 
	CONSTRAINT pk_line_lot PRIMARY KEY (line_id, lot_id), 
	CONSTRAINT fk_line_lot_line_id FOREIGN KEY(line_id) REFERENCES document_line (id), 
	CONSTRAINT fk_line_lot_lot_id FOREIGN KEY(lot_id) REFERENCES lot (id)
)
-- next
CREATE INDEX ix_line_lot_lot_id ON line_lot (lot_id)
-- next
CREATE TABLE line_progress (
	line_id BIGINT NOT NULL, 
	document_id BIGINT NOT NULL, 
	billing_basis TEXT NOT NULL, 
	ordered BIGINT NOT NULL, 
	delivered BIGINT NOT NULL, 
	returned BIGINT NOT NULL, 
	invoiced BIGINT NOT NULL, 
	credited BIGINT NOT NULL, 
	CONSTRAINT pk_line_progress PRIMARY KEY (line_id), 
	CONSTRAINT ck_line_progress_returned CHECK (returned >= 0 AND returned <= delivered), 
	CONSTRAINT ck_line_progress_delivered CHECK (delivered <= ordered), 
	CONSTRAINT ck_line_progress_credited CHECK (credited >= 0 AND credited <= invoiced), 
	CONSTRAINT ck_line_progress_invoiced CHECK (invoiced <= CASE billing_basis WHEN 'ordered' THEN ordered ELSE delivered END), 
	CONSTRAINT fk_line_progress_line_id FOREIGN KEY(line_id) REFERENCES document_line (id), 
	CONSTRAINT fk_line_progress_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
-- next
CREATE INDEX ix_line_progress_document_id ON line_progress (document_id)
-- next
CREATE TABLE reservation (
	id BIGSERIAL NOT NULL, 
	line_id BIGINT, 
	record_id BIGINT, 
	location_id BIGINT NOT NULL, 
	product_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_reservation_quantity CHECK (quantity > 0), 
	promised_on DATE, 
	CONSTRAINT pk_reservation PRIMARY KEY (id), 
	CONSTRAINT ck_reservation_one_source CHECK ((line_id IS NULL) <> (record_id IS NULL)), 
	CONSTRAINT uq_reservation_line_id_location_id UNIQUE (line_id, location_id), 
	CONSTRAINT uq_reservation_record_id_product_id_location_id UNIQUE (record_id, product_id, location_id), 
	CONSTRAINT fk_reservation_line_id FOREIGN KEY(line_id) REFERENCES document_line (id), 
	CONSTRAINT fk_reservation_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_reservation_location_id FOREIGN KEY(location_id) REFERENCES location (id), 
	CONSTRAINT fk_reservation_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
-- next
CREATE INDEX ix_reservation_product ON reservation (product_id, location_id)
-- next
CREATE TABLE stock_move (
	id BIGSERIAL NOT NULL, 
	product_id BIGINT NOT NULL, 
	from_location_id BIGINT NOT NULL, 
	to_location_id BIGINT NOT NULL, 
	quantity BIGINT NOT NULL CONSTRAINT ck_stock_move_quantity CHECK (quantity > 0), 
	moved_on DATE NOT NULL, 
	moved_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	line_id BIGINT, 
	lot_id BIGINT, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_stock_move PRIMARY KEY (id), 
	CONSTRAINT ck_stock_move_places CHECK (from_location_id <> to_location_id), 
	CONSTRAINT fk_stock_move_product_id FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_stock_move_from_location_id FOREIGN KEY(from_location_id) REFERENCES location (id), 
	CONSTRAINT fk_stock_move_to_location_id FOREIGN KEY(to_location_id) REFERENCES location (id), 
	CONSTRAINT fk_stock_move_line_id FOREIGN KEY(line_id) REFERENCES document_line (id), 
	CONSTRAINT fk_stock_move_lot_id FOREIGN KEY(lot_id) REFERENCES lot (id)
)
-- next
CREATE INDEX ix_stock_move_line_id ON stock_move (line_id)
-- next
CREATE INDEX ix_stock_move_lot_id ON stock_move (lot_id)
-- next
CREATE INDEX ix_stock_move_product ON stock_move (product_id, id)
-- next
CREATE TABLE ticket (
	id BIGINT NOT NULL, 
	subject TEXT NOT NULL, 
	contact_id BIGINT, 
	channel TEXT NOT NULL CONSTRAINT ck_ticket_channel CHECK (channel IN ('mail','portal','phone','internal')), 
	queue_id BIGINT, 
	category_id BIGINT, 
	priority TEXT NOT NULL CONSTRAINT ck_ticket_priority CHECK (priority IN ('low','normal','high','urgent')), 
	device_id BIGINT, 
	contract_id BIGINT, 
	is_complaint SMALLINT NOT NULL, 
	reporter_name TEXT NOT NULL, 
	reporter_email TEXT, 
	solution TEXT NOT NULL, 
	service_level TEXT, 
	respond_minutes BIGINT, 
	resolve_minutes BIGINT, 
	respond_by TIMESTAMP WITH TIME ZONE, 
	resolve_by TIMESTAMP WITH TIME ZONE, 
	deadline TIMESTAMP WITH TIME ZONE, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	responded_at TIMESTAMP WITH TIME ZONE, 
	resolved_at TIMESTAMP WITH TIME ZONE, 
	escalated_at TIMESTAMP WITH TIME ZONE, 
	rating BIGINT CONSTRAINT ck_ticket_rating CHECK (rating BETWEEN 1 AND 5), 
	rating_comment TEXT NOT NULL, 
	CONSTRAINT pk_ticket PRIMARY KEY (id), 
	CONSTRAINT ck_ticket_subject CHECK (length(subject) BETWEEN 1 AND 200), 
	CONSTRAINT fk_ticket_id FOREIGN KEY(id) REFERENCES record (id), 
	CONSTRAINT fk_ticket_contact_id FOREIGN KEY(contact_id) REFERENCES record (id), 
	CONSTRAINT fk_ticket_queue_id FOREIGN KEY(queue_id) REFERENCES ticket_queue (id), 
	CONSTRAINT fk_ticket_category_id FOREIGN KEY(category_id) REFERENCES ticket_category (id), 
	CONSTRAINT fk_ticket_device_id FOREIGN KEY(device_id) REFERENCES device (id), 
	CONSTRAINT fk_ticket_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_ticket_service_level FOREIGN KEY(service_level) REFERENCES service_level (code)
)
-- next
CREATE INDEX ix_ticket_category_id ON ticket (category_id)
-- next
CREATE INDEX ix_ticket_contact_id ON ticket (contact_id)
-- next
CREATE INDEX ix_ticket_contract_id ON ticket (contract_id)
-- next
CREATE INDEX ix_ticket_deadline ON ticket (deadline)
-- next
CREATE INDEX ix_ticket_device_id ON ticket (device_id)
-- next
CREATE INDEX ix_ticket_opened ON ticket (opened_at)
-- next
CREATE INDEX ix_ticket_queue_id ON ticket (queue_id)
-- next
CREATE TABLE ticket_message (
	id BIGSERIAL NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	direction TEXT NOT NULL CONSTRAINT ck_ticket_message_direction CHECK (direction IN ('in','out','internal')), 
	channel TEXT NOT NULL CONSTRAINT ck_ticket_message_channel CHECK (channel IN ('mail','portal','phone','internal')), 
	author TEXT NOT NULL, 
	author_id BIGINT, 
	author_email TEXT, 
	text TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	mail_message_id TEXT, 
	CONSTRAINT pk_ticket_message PRIMARY KEY (id), 
	CONSTRAINT fk_ticket_message_ticket_id FOREIGN KEY(ticket_id) REFERENCES ticket (id), 
	CONSTRAINT uq_ticket_message_mail_message_id UNIQUE (mail_message_id)
)
-- next
CREATE INDEX ix_ticket_message_ticket ON ticket_message (ticket_id, at)
-- next
CREATE TABLE ticket_pause (
	id BIGSERIAL NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	from_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_ticket_pause PRIMARY KEY (id), 
	CONSTRAINT ck_ticket_pause_span CHECK (until_at IS NULL OR until_at >= from_at), 
	CONSTRAINT fk_ticket_pause_ticket_id FOREIGN KEY(ticket_id) REFERENCES ticket (id)
)
-- next
CREATE INDEX ix_ticket_pause_ticket_id ON ticket_pause (ticket_id)
-- next
CREATE TABLE ticket_message_file (
	message_id BIGINT NOT NULL, 
	file_id BIGINT NOT NULL, 
	CONSTRAINT pk_ticket_message_file PRIMARY KEY (message_id, file_id), 
	CONSTRAINT fk_ticket_message_file_message_id FOREIGN KEY(message_id) REFERENCES ticket_message (id), 
	CONSTRAINT fk_ticket_message_file_file_id FOREIGN KEY(file_id) REFERENCES record_file (id)
)
-- next
CREATE INDEX ix_ticket_message_file_file_id ON ticket_message_file (file_id)
-- next
INSERT INTO record_kind (code) VALUES ('party'), ('contact'), ('product'), ('price_list'), ('lead'), ('opportunity'), ('activity'), ('quote'), ('order'), ('delivery'), ('return'), ('invoice'), ('credit_note'), ('payment'), ('datev_batch'), ('ticket'), ('device'), ('contract'), ('deferral'), ('stocktake'), ('article'), ('visit')
-- next
INSERT INTO document_kind (code) VALUES ('quote'), ('order'), ('delivery'), ('return'), ('invoice'), ('credit_note')
-- next
CREATE FUNCTION frozen_counter_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.last < OLD.last OR NEW.key <> OLD.key THEN RAISE EXCEPTION 'kontor: frozen counter'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_counter_update BEFORE UPDATE ON counter FOR EACH ROW EXECUTE FUNCTION frozen_counter_update();
ALTER TABLE counter ENABLE ALWAYS TRIGGER frozen_counter_update
-- next
CREATE FUNCTION frozen_counter_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen counter'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_counter_delete BEFORE DELETE ON counter FOR EACH ROW EXECUTE FUNCTION frozen_counter_delete();
ALTER TABLE counter ENABLE ALWAYS TRIGGER frozen_counter_delete
-- next
CREATE FUNCTION frozen_counter_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen counter'; END $$;
CREATE TRIGGER frozen_counter_truncate BEFORE TRUNCATE ON counter FOR EACH STATEMENT EXECUTE FUNCTION frozen_counter_truncate();
ALTER TABLE counter ENABLE ALWAYS TRIGGER frozen_counter_truncate
-- next
CREATE FUNCTION frozen_event_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen event'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_event_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION frozen_event_update();
ALTER TABLE event ENABLE ALWAYS TRIGGER frozen_event_update
-- next
CREATE FUNCTION frozen_event_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen event'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_event_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION frozen_event_delete();
ALTER TABLE event ENABLE ALWAYS TRIGGER frozen_event_delete
-- next
CREATE FUNCTION frozen_event_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen event'; END $$;
CREATE TRIGGER frozen_event_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION frozen_event_truncate();
ALTER TABLE event ENABLE ALWAYS TRIGGER frozen_event_truncate
-- next
CREATE FUNCTION frozen_event_value_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL OR NEW.event_id <> OLD.event_id OR NEW.field <> OLD.field THEN RAISE EXCEPTION 'kontor: frozen event_value'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_event_value_update BEFORE UPDATE ON event_value FOR EACH ROW EXECUTE FUNCTION frozen_event_value_update();
ALTER TABLE event_value ENABLE ALWAYS TRIGGER frozen_event_value_update
-- next
CREATE FUNCTION frozen_event_value_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen event_value'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_event_value_delete BEFORE DELETE ON event_value FOR EACH ROW EXECUTE FUNCTION frozen_event_value_delete();
ALTER TABLE event_value ENABLE ALWAYS TRIGGER frozen_event_value_delete
-- next
CREATE FUNCTION frozen_event_value_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen event_value'; END $$;
CREATE TRIGGER frozen_event_value_truncate BEFORE TRUNCATE ON event_value FOR EACH STATEMENT EXECUTE FUNCTION frozen_event_value_truncate();
ALTER TABLE event_value ENABLE ALWAYS TRIGGER frozen_event_value_truncate
-- next
CREATE FUNCTION frozen_archived_file_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen archived_file'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_archived_file_update BEFORE UPDATE ON archived_file FOR EACH ROW EXECUTE FUNCTION frozen_archived_file_update();
ALTER TABLE archived_file ENABLE ALWAYS TRIGGER frozen_archived_file_update
-- next
CREATE FUNCTION frozen_archived_file_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen archived_file'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_archived_file_delete BEFORE DELETE ON archived_file FOR EACH ROW EXECUTE FUNCTION frozen_archived_file_delete();
ALTER TABLE archived_file ENABLE ALWAYS TRIGGER frozen_archived_file_delete
-- next
CREATE FUNCTION frozen_archived_file_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen archived_file'; END $$;
CREATE TRIGGER frozen_archived_file_truncate BEFORE TRUNCATE ON archived_file FOR EACH STATEMENT EXECUTE FUNCTION frozen_archived_file_truncate();
ALTER TABLE archived_file ENABLE ALWAYS TRIGGER frozen_archived_file_truncate
-- next
CREATE FUNCTION frozen_archived_chunk_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen archived_chunk'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_archived_chunk_update BEFORE UPDATE ON archived_chunk FOR EACH ROW EXECUTE FUNCTION frozen_archived_chunk_update();
ALTER TABLE archived_chunk ENABLE ALWAYS TRIGGER frozen_archived_chunk_update
-- next
CREATE FUNCTION frozen_archived_chunk_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen archived_chunk'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_archived_chunk_delete BEFORE DELETE ON archived_chunk FOR EACH ROW EXECUTE FUNCTION frozen_archived_chunk_delete();
ALTER TABLE archived_chunk ENABLE ALWAYS TRIGGER frozen_archived_chunk_delete
-- next
CREATE FUNCTION frozen_archived_chunk_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen archived_chunk'; END $$;
CREATE TRIGGER frozen_archived_chunk_truncate BEFORE TRUNCATE ON archived_chunk FOR EACH STATEMENT EXECUTE FUNCTION frozen_archived_chunk_truncate();
ALTER TABLE archived_chunk ENABLE ALWAYS TRIGGER frozen_archived_chunk_truncate
-- next
CREATE FUNCTION frozen_record_file_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen record_file'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_record_file_update BEFORE UPDATE ON record_file FOR EACH ROW EXECUTE FUNCTION frozen_record_file_update();
ALTER TABLE record_file ENABLE ALWAYS TRIGGER frozen_record_file_update
-- next
CREATE FUNCTION frozen_record_file_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen record_file'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_record_file_delete BEFORE DELETE ON record_file FOR EACH ROW EXECUTE FUNCTION frozen_record_file_delete();
ALTER TABLE record_file ENABLE ALWAYS TRIGGER frozen_record_file_delete
-- next
CREATE FUNCTION frozen_record_file_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen record_file'; END $$;
CREATE TRIGGER frozen_record_file_truncate BEFORE TRUNCATE ON record_file FOR EACH STATEMENT EXECUTE FUNCTION frozen_record_file_truncate();
ALTER TABLE record_file ENABLE ALWAYS TRIGGER frozen_record_file_truncate
-- next
CREATE FUNCTION frozen_record_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (OLD.number IS NOT NULL AND (NEW.number IS NULL OR NEW.number <> OLD.number)) THEN RAISE EXCEPTION 'kontor: frozen record'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_record_update BEFORE UPDATE ON record FOR EACH ROW EXECUTE FUNCTION frozen_record_update();
ALTER TABLE record ENABLE ALWAYS TRIGGER frozen_record_update
-- next
CREATE FUNCTION frozen_record_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.number IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen record'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_record_delete BEFORE DELETE ON record FOR EACH ROW EXECUTE FUNCTION frozen_record_delete();
ALTER TABLE record ENABLE ALWAYS TRIGGER frozen_record_delete
-- next
CREATE FUNCTION frozen_record_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen record'; END $$;
CREATE TRIGGER frozen_record_truncate BEFORE TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION frozen_record_truncate();
ALTER TABLE record ENABLE ALWAYS TRIGGER frozen_record_truncate
-- next
CREATE FUNCTION frozen_chain_link_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = NEW.target_line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen chain_link'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_chain_link_insert BEFORE INSERT ON chain_link FOR EACH ROW EXECUTE FUNCTION frozen_chain_link_insert();
ALTER TABLE chain_link ENABLE ALWAYS TRIGGER frozen_chain_link_insert
-- next
CREATE FUNCTION frozen_chain_link_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = OLD.target_line_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = NEW.target_line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen chain_link'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_chain_link_update BEFORE UPDATE ON chain_link FOR EACH ROW EXECUTE FUNCTION frozen_chain_link_update();
ALTER TABLE chain_link ENABLE ALWAYS TRIGGER frozen_chain_link_update
-- next
CREATE FUNCTION frozen_chain_link_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = OLD.target_line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen chain_link'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_chain_link_delete BEFORE DELETE ON chain_link FOR EACH ROW EXECUTE FUNCTION frozen_chain_link_delete();
ALTER TABLE chain_link ENABLE ALWAYS TRIGGER frozen_chain_link_delete
-- next
CREATE FUNCTION frozen_chain_link_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen chain_link'; END $$;
CREATE TRIGGER frozen_chain_link_truncate BEFORE TRUNCATE ON chain_link FOR EACH STATEMENT EXECUTE FUNCTION frozen_chain_link_truncate();
ALTER TABLE chain_link ENABLE ALWAYS TRIGGER frozen_chain_link_truncate
-- next
CREATE FUNCTION frozen_company_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (OLD.mark IS NOT NULL AND (NEW.mark IS NULL OR NEW.mark <> OLD.mark)) OR (OLD.chart IS NOT NULL AND (NEW.chart IS NULL OR NEW.chart <> OLD.chart)) THEN RAISE EXCEPTION 'kontor: frozen company'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_company_update BEFORE UPDATE ON company FOR EACH ROW EXECUTE FUNCTION frozen_company_update();
ALTER TABLE company ENABLE ALWAYS TRIGGER frozen_company_update
-- next
CREATE FUNCTION frozen_company_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.mark IS NOT NULL OR OLD.chart IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen company'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_company_delete BEFORE DELETE ON company FOR EACH ROW EXECUTE FUNCTION frozen_company_delete();
ALTER TABLE company ENABLE ALWAYS TRIGGER frozen_company_delete
-- next
CREATE FUNCTION frozen_company_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen company'; END $$;
CREATE TRIGGER frozen_company_truncate BEFORE TRUNCATE ON company FOR EACH STATEMENT EXECUTE FUNCTION frozen_company_truncate();
ALTER TABLE company ENABLE ALWAYS TRIGGER frozen_company_truncate
-- next
CREATE FUNCTION frozen_account_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (OLD.kind IS NOT NULL AND (NEW.kind IS NULL OR NEW.kind <> OLD.kind)) THEN RAISE EXCEPTION 'kontor: frozen account'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_account_update BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION frozen_account_update();
ALTER TABLE account ENABLE ALWAYS TRIGGER frozen_account_update
-- next
CREATE FUNCTION frozen_account_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.kind IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen account'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_account_delete BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION frozen_account_delete();
ALTER TABLE account ENABLE ALWAYS TRIGGER frozen_account_delete
-- next
CREATE FUNCTION frozen_account_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen account'; END $$;
CREATE TRIGGER frozen_account_truncate BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION frozen_account_truncate();
ALTER TABLE account ENABLE ALWAYS TRIGGER frozen_account_truncate
-- next
CREATE FUNCTION frozen_datev_batch_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_datev_batch_update BEFORE UPDATE ON datev_batch FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_update();
ALTER TABLE datev_batch ENABLE ALWAYS TRIGGER frozen_datev_batch_update
-- next
CREATE FUNCTION frozen_datev_batch_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_datev_batch_delete BEFORE DELETE ON datev_batch FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_delete();
ALTER TABLE datev_batch ENABLE ALWAYS TRIGGER frozen_datev_batch_delete
-- next
CREATE FUNCTION frozen_datev_batch_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen datev_batch'; END $$;
CREATE TRIGGER frozen_datev_batch_truncate BEFORE TRUNCATE ON datev_batch FOR EACH STATEMENT EXECUTE FUNCTION frozen_datev_batch_truncate();
ALTER TABLE datev_batch ENABLE ALWAYS TRIGGER frozen_datev_batch_truncate
-- next
CREATE FUNCTION frozen_datev_batch_file_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch_file'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_datev_batch_file_update BEFORE UPDATE ON datev_batch_file FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_file_update();
ALTER TABLE datev_batch_file ENABLE ALWAYS TRIGGER frozen_datev_batch_file_update
-- next
CREATE FUNCTION frozen_datev_batch_file_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch_file'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_datev_batch_file_delete BEFORE DELETE ON datev_batch_file FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_file_delete();
ALTER TABLE datev_batch_file ENABLE ALWAYS TRIGGER frozen_datev_batch_file_delete
-- next
CREATE FUNCTION frozen_datev_batch_file_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen datev_batch_file'; END $$;
CREATE TRIGGER frozen_datev_batch_file_truncate BEFORE TRUNCATE ON datev_batch_file FOR EACH STATEMENT EXECUTE FUNCTION frozen_datev_batch_file_truncate();
ALTER TABLE datev_batch_file ENABLE ALWAYS TRIGGER frozen_datev_batch_file_truncate
-- next
CREATE FUNCTION frozen_datev_batch_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_datev_batch_entry_update BEFORE UPDATE ON datev_batch_entry FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_entry_update();
ALTER TABLE datev_batch_entry ENABLE ALWAYS TRIGGER frozen_datev_batch_entry_update
-- next
CREATE FUNCTION frozen_datev_batch_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen datev_batch_entry'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_datev_batch_entry_delete BEFORE DELETE ON datev_batch_entry FOR EACH ROW EXECUTE FUNCTION frozen_datev_batch_entry_delete();
ALTER TABLE datev_batch_entry ENABLE ALWAYS TRIGGER frozen_datev_batch_entry_delete
-- next
CREATE FUNCTION frozen_datev_batch_entry_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen datev_batch_entry'; END $$;
CREATE TRIGGER frozen_datev_batch_entry_truncate BEFORE TRUNCATE ON datev_batch_entry FOR EACH STATEMENT EXECUTE FUNCTION frozen_datev_batch_entry_truncate();
ALTER TABLE datev_batch_entry ENABLE ALWAYS TRIGGER frozen_datev_batch_entry_truncate
-- next
CREATE FUNCTION frozen_deferral_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen deferral'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_deferral_update BEFORE UPDATE ON deferral FOR EACH ROW EXECUTE FUNCTION frozen_deferral_update();
ALTER TABLE deferral ENABLE ALWAYS TRIGGER frozen_deferral_update
-- next
CREATE FUNCTION frozen_deferral_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen deferral'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_deferral_delete BEFORE DELETE ON deferral FOR EACH ROW EXECUTE FUNCTION frozen_deferral_delete();
ALTER TABLE deferral ENABLE ALWAYS TRIGGER frozen_deferral_delete
-- next
CREATE FUNCTION frozen_deferral_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen deferral'; END $$;
CREATE TRIGGER frozen_deferral_truncate BEFORE TRUNCATE ON deferral FOR EACH STATEMENT EXECUTE FUNCTION frozen_deferral_truncate();
ALTER TABLE deferral ENABLE ALWAYS TRIGGER frozen_deferral_truncate
-- next
CREATE FUNCTION frozen_deferral_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen deferral_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_deferral_line_update BEFORE UPDATE ON deferral_line FOR EACH ROW EXECUTE FUNCTION frozen_deferral_line_update();
ALTER TABLE deferral_line ENABLE ALWAYS TRIGGER frozen_deferral_line_update
-- next
CREATE FUNCTION frozen_deferral_line_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen deferral_line'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_deferral_line_delete BEFORE DELETE ON deferral_line FOR EACH ROW EXECUTE FUNCTION frozen_deferral_line_delete();
ALTER TABLE deferral_line ENABLE ALWAYS TRIGGER frozen_deferral_line_delete
-- next
CREATE FUNCTION frozen_deferral_line_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen deferral_line'; END $$;
CREATE TRIGGER frozen_deferral_line_truncate BEFORE TRUNCATE ON deferral_line FOR EACH STATEMENT EXECUTE FUNCTION frozen_deferral_line_truncate();
ALTER TABLE deferral_line ENABLE ALWAYS TRIGGER frozen_deferral_line_truncate
-- next
CREATE FUNCTION frozen_document_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document f WHERE f.id = NEW.id AND f.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_insert BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION frozen_document_insert();
ALTER TABLE document ENABLE ALWAYS TRIGGER frozen_document_insert
-- next
CREATE FUNCTION frozen_document_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL OR (OLD.number IS NOT NULL AND (NEW.number IS NULL OR NEW.number <> OLD.number)) THEN RAISE EXCEPTION 'kontor: frozen document'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_update BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION frozen_document_update();
ALTER TABLE document ENABLE ALWAYS TRIGGER frozen_document_update
-- next
CREATE FUNCTION frozen_document_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL OR OLD.number IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen document'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_document_delete BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION frozen_document_delete();
ALTER TABLE document ENABLE ALWAYS TRIGGER frozen_document_delete
-- next
CREATE FUNCTION frozen_document_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen document'; END $$;
CREATE TRIGGER frozen_document_truncate BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION frozen_document_truncate();
ALTER TABLE document ENABLE ALWAYS TRIGGER frozen_document_truncate
-- next
CREATE FUNCTION frozen_document_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_line_insert BEFORE INSERT ON document_line FOR EACH ROW EXECUTE FUNCTION frozen_document_line_insert();
ALTER TABLE document_line ENABLE ALWAYS TRIGGER frozen_document_line_insert
-- next
CREATE FUNCTION frozen_document_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_line_update BEFORE UPDATE ON document_line FOR EACH ROW EXECUTE FUNCTION frozen_document_line_update();
ALTER TABLE document_line ENABLE ALWAYS TRIGGER frozen_document_line_update
-- next
CREATE FUNCTION frozen_document_line_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_line'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_document_line_delete BEFORE DELETE ON document_line FOR EACH ROW EXECUTE FUNCTION frozen_document_line_delete();
ALTER TABLE document_line ENABLE ALWAYS TRIGGER frozen_document_line_delete
-- next
CREATE FUNCTION frozen_document_line_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen document_line'; END $$;
CREATE TRIGGER frozen_document_line_truncate BEFORE TRUNCATE ON document_line FOR EACH STATEMENT EXECUTE FUNCTION frozen_document_line_truncate();
ALTER TABLE document_line ENABLE ALWAYS TRIGGER frozen_document_line_truncate
-- next
CREATE FUNCTION frozen_document_tax_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_tax'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_tax_insert BEFORE INSERT ON document_tax FOR EACH ROW EXECUTE FUNCTION frozen_document_tax_insert();
ALTER TABLE document_tax ENABLE ALWAYS TRIGGER frozen_document_tax_insert
-- next
CREATE FUNCTION frozen_document_tax_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_tax'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_tax_update BEFORE UPDATE ON document_tax FOR EACH ROW EXECUTE FUNCTION frozen_document_tax_update();
ALTER TABLE document_tax ENABLE ALWAYS TRIGGER frozen_document_tax_update
-- next
CREATE FUNCTION frozen_document_tax_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_tax'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_document_tax_delete BEFORE DELETE ON document_tax FOR EACH ROW EXECUTE FUNCTION frozen_document_tax_delete();
ALTER TABLE document_tax ENABLE ALWAYS TRIGGER frozen_document_tax_delete
-- next
CREATE FUNCTION frozen_document_tax_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen document_tax'; END $$;
CREATE TRIGGER frozen_document_tax_truncate BEFORE TRUNCATE ON document_tax FOR EACH STATEMENT EXECUTE FUNCTION frozen_document_tax_truncate();
ALTER TABLE document_tax ENABLE ALWAYS TRIGGER frozen_document_tax_truncate
-- next
CREATE FUNCTION frozen_document_party_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_party'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_party_insert BEFORE INSERT ON document_party FOR EACH ROW EXECUTE FUNCTION frozen_document_party_insert();
ALTER TABLE document_party ENABLE ALWAYS TRIGGER frozen_document_party_insert
-- next
CREATE FUNCTION frozen_document_party_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_party'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_document_party_update BEFORE UPDATE ON document_party FOR EACH ROW EXECUTE FUNCTION frozen_document_party_update();
ALTER TABLE document_party ENABLE ALWAYS TRIGGER frozen_document_party_update
-- next
CREATE FUNCTION frozen_document_party_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen document_party'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_document_party_delete BEFORE DELETE ON document_party FOR EACH ROW EXECUTE FUNCTION frozen_document_party_delete();
ALTER TABLE document_party ENABLE ALWAYS TRIGGER frozen_document_party_delete
-- next
CREATE FUNCTION frozen_document_party_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen document_party'; END $$;
CREATE TRIGGER frozen_document_party_truncate BEFORE TRUNCATE ON document_party FOR EACH STATEMENT EXECUTE FUNCTION frozen_document_party_truncate();
ALTER TABLE document_party ENABLE ALWAYS TRIGGER frozen_document_party_truncate
-- next
CREATE FUNCTION frozen_return_side_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen return_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_return_side_insert BEFORE INSERT ON return_side FOR EACH ROW EXECUTE FUNCTION frozen_return_side_insert();
ALTER TABLE return_side ENABLE ALWAYS TRIGGER frozen_return_side_insert
-- next
CREATE FUNCTION frozen_return_side_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen return_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_return_side_update BEFORE UPDATE ON return_side FOR EACH ROW EXECUTE FUNCTION frozen_return_side_update();
ALTER TABLE return_side ENABLE ALWAYS TRIGGER frozen_return_side_update
-- next
CREATE FUNCTION frozen_return_side_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen return_side'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_return_side_delete BEFORE DELETE ON return_side FOR EACH ROW EXECUTE FUNCTION frozen_return_side_delete();
ALTER TABLE return_side ENABLE ALWAYS TRIGGER frozen_return_side_delete
-- next
CREATE FUNCTION frozen_return_side_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen return_side'; END $$;
CREATE TRIGGER frozen_return_side_truncate BEFORE TRUNCATE ON return_side FOR EACH STATEMENT EXECUTE FUNCTION frozen_return_side_truncate();
ALTER TABLE return_side ENABLE ALWAYS TRIGGER frozen_return_side_truncate
-- next
CREATE FUNCTION frozen_invoice_side_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen invoice_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_invoice_side_insert BEFORE INSERT ON invoice_side FOR EACH ROW EXECUTE FUNCTION frozen_invoice_side_insert();
ALTER TABLE invoice_side ENABLE ALWAYS TRIGGER frozen_invoice_side_insert
-- next
CREATE FUNCTION frozen_invoice_side_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen invoice_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_invoice_side_update BEFORE UPDATE ON invoice_side FOR EACH ROW EXECUTE FUNCTION frozen_invoice_side_update();
ALTER TABLE invoice_side ENABLE ALWAYS TRIGGER frozen_invoice_side_update
-- next
CREATE FUNCTION frozen_invoice_side_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen invoice_side'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_invoice_side_delete BEFORE DELETE ON invoice_side FOR EACH ROW EXECUTE FUNCTION frozen_invoice_side_delete();
ALTER TABLE invoice_side ENABLE ALWAYS TRIGGER frozen_invoice_side_delete
-- next
CREATE FUNCTION frozen_invoice_side_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen invoice_side'; END $$;
CREATE TRIGGER frozen_invoice_side_truncate BEFORE TRUNCATE ON invoice_side FOR EACH STATEMENT EXECUTE FUNCTION frozen_invoice_side_truncate();
ALTER TABLE invoice_side ENABLE ALWAYS TRIGGER frozen_invoice_side_truncate
-- next
CREATE FUNCTION frozen_credit_note_side_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen credit_note_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_credit_note_side_insert BEFORE INSERT ON credit_note_side FOR EACH ROW EXECUTE FUNCTION frozen_credit_note_side_insert();
ALTER TABLE credit_note_side ENABLE ALWAYS TRIGGER frozen_credit_note_side_insert
-- next
CREATE FUNCTION frozen_credit_note_side_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document p WHERE p.id = NEW.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen credit_note_side'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_credit_note_side_update BEFORE UPDATE ON credit_note_side FOR EACH ROW EXECUTE FUNCTION frozen_credit_note_side_update();
ALTER TABLE credit_note_side ENABLE ALWAYS TRIGGER frozen_credit_note_side_update
-- next
CREATE FUNCTION frozen_credit_note_side_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document p WHERE p.id = OLD.document_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen credit_note_side'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_credit_note_side_delete BEFORE DELETE ON credit_note_side FOR EACH ROW EXECUTE FUNCTION frozen_credit_note_side_delete();
ALTER TABLE credit_note_side ENABLE ALWAYS TRIGGER frozen_credit_note_side_delete
-- next
CREATE FUNCTION frozen_credit_note_side_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen credit_note_side'; END $$;
CREATE TRIGGER frozen_credit_note_side_truncate BEFORE TRUNCATE ON credit_note_side FOR EACH STATEMENT EXECUTE FUNCTION frozen_credit_note_side_truncate();
ALTER TABLE credit_note_side ENABLE ALWAYS TRIGGER frozen_credit_note_side_truncate
-- next
CREATE FUNCTION frozen_journal_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry f WHERE f.id = NEW.id AND f.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen journal_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_journal_entry_insert BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION frozen_journal_entry_insert();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER frozen_journal_entry_insert
-- next
CREATE FUNCTION frozen_journal_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.hash IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen journal_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_journal_entry_update BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION frozen_journal_entry_update();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER frozen_journal_entry_update
-- next
CREATE FUNCTION frozen_journal_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.hash IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen journal_entry'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_journal_entry_delete BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION frozen_journal_entry_delete();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER frozen_journal_entry_delete
-- next
CREATE FUNCTION seal_journal_entry_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.hash IS NOT NULL AND ((SELECT COUNT(*) FROM journal_line l WHERE l.entry_id = NEW.id) < 2 OR (SELECT COALESCE(SUM(l.debit), 0) - COALESCE(SUM(l.credit), 0) FROM journal_line l WHERE l.entry_id = NEW.id) <> 0) THEN RAISE EXCEPTION 'kontor: unbalanced journal_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER seal_journal_entry_unbalanced BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION seal_journal_entry_unbalanced();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER seal_journal_entry_unbalanced
-- next
CREATE FUNCTION frozen_journal_entry_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen journal_entry'; END $$;
CREATE TRIGGER frozen_journal_entry_truncate BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION frozen_journal_entry_truncate();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER frozen_journal_entry_truncate
-- next
CREATE FUNCTION frozen_journal_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = NEW.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen journal_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_journal_line_insert BEFORE INSERT ON journal_line FOR EACH ROW EXECUTE FUNCTION frozen_journal_line_insert();
ALTER TABLE journal_line ENABLE ALWAYS TRIGGER frozen_journal_line_insert
-- next
CREATE FUNCTION frozen_journal_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = OLD.entry_id AND p.hash IS NOT NULL) OR EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = NEW.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen journal_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_journal_line_update BEFORE UPDATE ON journal_line FOR EACH ROW EXECUTE FUNCTION frozen_journal_line_update();
ALTER TABLE journal_line ENABLE ALWAYS TRIGGER frozen_journal_line_update
-- next
CREATE FUNCTION frozen_journal_line_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = OLD.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen journal_line'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_journal_line_delete BEFORE DELETE ON journal_line FOR EACH ROW EXECUTE FUNCTION frozen_journal_line_delete();
ALTER TABLE journal_line ENABLE ALWAYS TRIGGER frozen_journal_line_delete
-- next
CREATE FUNCTION frozen_journal_line_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen journal_line'; END $$;
CREATE TRIGGER frozen_journal_line_truncate BEFORE TRUNCATE ON journal_line FOR EACH STATEMENT EXECUTE FUNCTION frozen_journal_line_truncate();
ALTER TABLE journal_line ENABLE ALWAYS TRIGGER frozen_journal_line_truncate
-- next
CREATE FUNCTION frozen_vat_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = NEW.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen vat_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_vat_entry_insert BEFORE INSERT ON vat_entry FOR EACH ROW EXECUTE FUNCTION frozen_vat_entry_insert();
ALTER TABLE vat_entry ENABLE ALWAYS TRIGGER frozen_vat_entry_insert
-- next
CREATE FUNCTION frozen_vat_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = OLD.entry_id AND p.hash IS NOT NULL) OR EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = NEW.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen vat_entry'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_vat_entry_update BEFORE UPDATE ON vat_entry FOR EACH ROW EXECUTE FUNCTION frozen_vat_entry_update();
ALTER TABLE vat_entry ENABLE ALWAYS TRIGGER frozen_vat_entry_update
-- next
CREATE FUNCTION frozen_vat_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM journal_entry p WHERE p.id = OLD.entry_id AND p.hash IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen vat_entry'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_vat_entry_delete BEFORE DELETE ON vat_entry FOR EACH ROW EXECUTE FUNCTION frozen_vat_entry_delete();
ALTER TABLE vat_entry ENABLE ALWAYS TRIGGER frozen_vat_entry_delete
-- next
CREATE FUNCTION frozen_vat_entry_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen vat_entry'; END $$;
CREATE TRIGGER frozen_vat_entry_truncate BEFORE TRUNCATE ON vat_entry FOR EACH STATEMENT EXECUTE FUNCTION frozen_vat_entry_truncate();
ALTER TABLE vat_entry ENABLE ALWAYS TRIGGER frozen_vat_entry_truncate
-- next
CREATE FUNCTION frozen_line_lot_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = NEW.line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen line_lot'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_line_lot_insert BEFORE INSERT ON line_lot FOR EACH ROW EXECUTE FUNCTION frozen_line_lot_insert();
ALTER TABLE line_lot ENABLE ALWAYS TRIGGER frozen_line_lot_insert
-- next
CREATE FUNCTION frozen_line_lot_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = OLD.line_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = NEW.line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen line_lot'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_line_lot_update BEFORE UPDATE ON line_lot FOR EACH ROW EXECUTE FUNCTION frozen_line_lot_update();
ALTER TABLE line_lot ENABLE ALWAYS TRIGGER frozen_line_lot_update
-- next
CREATE FUNCTION frozen_line_lot_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM document_line l JOIN document p ON p.id = l.document_id WHERE l.id = OLD.line_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen line_lot'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_line_lot_delete BEFORE DELETE ON line_lot FOR EACH ROW EXECUTE FUNCTION frozen_line_lot_delete();
ALTER TABLE line_lot ENABLE ALWAYS TRIGGER frozen_line_lot_delete
-- next
CREATE FUNCTION frozen_line_lot_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen line_lot'; END $$;
CREATE TRIGGER frozen_line_lot_truncate BEFORE TRUNCATE ON line_lot FOR EACH STATEMENT EXECUTE FUNCTION frozen_line_lot_truncate();
ALTER TABLE line_lot ENABLE ALWAYS TRIGGER frozen_line_lot_truncate
-- next
CREATE FUNCTION frozen_incoming_mail_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen incoming_mail'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_incoming_mail_update BEFORE UPDATE ON incoming_mail FOR EACH ROW EXECUTE FUNCTION frozen_incoming_mail_update();
ALTER TABLE incoming_mail ENABLE ALWAYS TRIGGER frozen_incoming_mail_update
-- next
CREATE FUNCTION frozen_incoming_mail_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen incoming_mail'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_incoming_mail_delete BEFORE DELETE ON incoming_mail FOR EACH ROW EXECUTE FUNCTION frozen_incoming_mail_delete();
ALTER TABLE incoming_mail ENABLE ALWAYS TRIGGER frozen_incoming_mail_delete
-- next
CREATE FUNCTION frozen_incoming_mail_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen incoming_mail'; END $$;
CREATE TRIGGER frozen_incoming_mail_truncate BEFORE TRUNCATE ON incoming_mail FOR EACH STATEMENT EXECUTE FUNCTION frozen_incoming_mail_truncate();
ALTER TABLE incoming_mail ENABLE ALWAYS TRIGGER frozen_incoming_mail_truncate
-- next
CREATE FUNCTION frozen_allocation_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen allocation'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_allocation_update BEFORE UPDATE ON allocation FOR EACH ROW EXECUTE FUNCTION frozen_allocation_update();
ALTER TABLE allocation ENABLE ALWAYS TRIGGER frozen_allocation_update
-- next
CREATE FUNCTION frozen_allocation_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen allocation'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_allocation_delete BEFORE DELETE ON allocation FOR EACH ROW EXECUTE FUNCTION frozen_allocation_delete();
ALTER TABLE allocation ENABLE ALWAYS TRIGGER frozen_allocation_delete
-- next
CREATE FUNCTION frozen_allocation_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen allocation'; END $$;
CREATE TRIGGER frozen_allocation_truncate BEFORE TRUNCATE ON allocation FOR EACH STATEMENT EXECUTE FUNCTION frozen_allocation_truncate();
ALTER TABLE allocation ENABLE ALWAYS TRIGGER frozen_allocation_truncate
-- next
CREATE FUNCTION frozen_payment_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM payment f WHERE f.id = NEW.id AND f.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen payment'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_payment_insert BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION frozen_payment_insert();
ALTER TABLE payment ENABLE ALWAYS TRIGGER frozen_payment_insert
-- next
CREATE FUNCTION frozen_payment_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen payment'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_payment_update BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION frozen_payment_update();
ALTER TABLE payment ENABLE ALWAYS TRIGGER frozen_payment_update
-- next
CREATE FUNCTION frozen_payment_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen payment'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_payment_delete BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION frozen_payment_delete();
ALTER TABLE payment ENABLE ALWAYS TRIGGER frozen_payment_delete
-- next
CREATE FUNCTION frozen_payment_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen payment'; END $$;
CREATE TRIGGER frozen_payment_truncate BEFORE TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION frozen_payment_truncate();
ALTER TABLE payment ENABLE ALWAYS TRIGGER frozen_payment_truncate
-- next
CREATE FUNCTION frozen_open_item_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (OLD.record_id IS NOT NULL AND (NEW.record_id IS NULL OR NEW.record_id <> OLD.record_id)) OR (OLD.entry_id IS NOT NULL AND (NEW.entry_id IS NULL OR NEW.entry_id <> OLD.entry_id)) OR (OLD.party_id IS NOT NULL AND (NEW.party_id IS NULL OR NEW.party_id <> OLD.party_id)) OR (OLD.account IS NOT NULL AND (NEW.account IS NULL OR NEW.account <> OLD.account)) OR (OLD.side IS NOT NULL AND (NEW.side IS NULL OR NEW.side <> OLD.side)) OR (OLD.number IS NOT NULL AND (NEW.number IS NULL OR NEW.number <> OLD.number)) OR (OLD.dated_on IS NOT NULL AND (NEW.dated_on IS NULL OR NEW.dated_on <> OLD.dated_on)) OR (OLD.amount IS NOT NULL AND (NEW.amount IS NULL OR NEW.amount <> OLD.amount)) THEN RAISE EXCEPTION 'kontor: frozen open_item'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_open_item_update BEFORE UPDATE ON open_item FOR EACH ROW EXECUTE FUNCTION frozen_open_item_update();
ALTER TABLE open_item ENABLE ALWAYS TRIGGER frozen_open_item_update
-- next
CREATE FUNCTION frozen_open_item_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.record_id IS NOT NULL OR OLD.entry_id IS NOT NULL OR OLD.party_id IS NOT NULL OR OLD.account IS NOT NULL OR OLD.side IS NOT NULL OR OLD.number IS NOT NULL OR OLD.dated_on IS NOT NULL OR OLD.amount IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen open_item'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_open_item_delete BEFORE DELETE ON open_item FOR EACH ROW EXECUTE FUNCTION frozen_open_item_delete();
ALTER TABLE open_item ENABLE ALWAYS TRIGGER frozen_open_item_delete
-- next
CREATE FUNCTION frozen_open_item_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen open_item'; END $$;
CREATE TRIGGER frozen_open_item_truncate BEFORE TRUNCATE ON open_item FOR EACH STATEMENT EXECUTE FUNCTION frozen_open_item_truncate();
ALTER TABLE open_item ENABLE ALWAYS TRIGGER frozen_open_item_truncate
-- next
CREATE FUNCTION frozen_stock_move_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen stock_move'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stock_move_update BEFORE UPDATE ON stock_move FOR EACH ROW EXECUTE FUNCTION frozen_stock_move_update();
ALTER TABLE stock_move ENABLE ALWAYS TRIGGER frozen_stock_move_update
-- next
CREATE FUNCTION frozen_stock_move_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen stock_move'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_stock_move_delete BEFORE DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION frozen_stock_move_delete();
ALTER TABLE stock_move ENABLE ALWAYS TRIGGER frozen_stock_move_delete
-- next
CREATE FUNCTION frozen_stock_move_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen stock_move'; END $$;
CREATE TRIGGER frozen_stock_move_truncate BEFORE TRUNCATE ON stock_move FOR EACH STATEMENT EXECUTE FUNCTION frozen_stock_move_truncate();
ALTER TABLE stock_move ENABLE ALWAYS TRIGGER frozen_stock_move_truncate
-- next
CREATE FUNCTION frozen_stocktake_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake f WHERE f.id = NEW.id AND f.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_insert BEFORE INSERT ON stocktake FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_insert();
ALTER TABLE stocktake ENABLE ALWAYS TRIGGER frozen_stocktake_insert
-- next
CREATE FUNCTION frozen_stocktake_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen stocktake'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_update BEFORE UPDATE ON stocktake FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_update();
ALTER TABLE stocktake ENABLE ALWAYS TRIGGER frozen_stocktake_update
-- next
CREATE FUNCTION frozen_stocktake_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen stocktake'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_stocktake_delete BEFORE DELETE ON stocktake FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_delete();
ALTER TABLE stocktake ENABLE ALWAYS TRIGGER frozen_stocktake_delete
-- next
CREATE FUNCTION frozen_stocktake_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen stocktake'; END $$;
CREATE TRIGGER frozen_stocktake_truncate BEFORE TRUNCATE ON stocktake FOR EACH STATEMENT EXECUTE FUNCTION frozen_stocktake_truncate();
ALTER TABLE stocktake ENABLE ALWAYS TRIGGER frozen_stocktake_truncate
-- next
CREATE FUNCTION frozen_stocktake_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = NEW.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_line_insert BEFORE INSERT ON stocktake_line FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_line_insert();
ALTER TABLE stocktake_line ENABLE ALWAYS TRIGGER frozen_stocktake_line_insert
-- next
CREATE FUNCTION frozen_stocktake_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = OLD.stocktake_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM stocktake p WHERE p.id = NEW.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_line'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_line_update BEFORE UPDATE ON stocktake_line FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_line_update();
ALTER TABLE stocktake_line ENABLE ALWAYS TRIGGER frozen_stocktake_line_update
-- next
CREATE FUNCTION frozen_stocktake_line_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = OLD.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_line'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_stocktake_line_delete BEFORE DELETE ON stocktake_line FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_line_delete();
ALTER TABLE stocktake_line ENABLE ALWAYS TRIGGER frozen_stocktake_line_delete
-- next
CREATE FUNCTION frozen_stocktake_line_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen stocktake_line'; END $$;
CREATE TRIGGER frozen_stocktake_line_truncate BEFORE TRUNCATE ON stocktake_line FOR EACH STATEMENT EXECUTE FUNCTION frozen_stocktake_line_truncate();
ALTER TABLE stocktake_line ENABLE ALWAYS TRIGGER frozen_stocktake_line_truncate
-- next
CREATE FUNCTION frozen_stocktake_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = NEW.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_count'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_count_insert BEFORE INSERT ON stocktake_count FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_count_insert();
ALTER TABLE stocktake_count ENABLE ALWAYS TRIGGER frozen_stocktake_count_insert
-- next
CREATE FUNCTION frozen_stocktake_count_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = OLD.stocktake_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM stocktake p WHERE p.id = NEW.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_count'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_stocktake_count_update BEFORE UPDATE ON stocktake_count FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_count_update();
ALTER TABLE stocktake_count ENABLE ALWAYS TRIGGER frozen_stocktake_count_update
-- next
CREATE FUNCTION frozen_stocktake_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM stocktake p WHERE p.id = OLD.stocktake_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen stocktake_count'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_stocktake_count_delete BEFORE DELETE ON stocktake_count FOR EACH ROW EXECUTE FUNCTION frozen_stocktake_count_delete();
ALTER TABLE stocktake_count ENABLE ALWAYS TRIGGER frozen_stocktake_count_delete
-- next
CREATE FUNCTION frozen_stocktake_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen stocktake_count'; END $$;
CREATE TRIGGER frozen_stocktake_count_truncate BEFORE TRUNCATE ON stocktake_count FOR EACH STATEMENT EXECUTE FUNCTION frozen_stocktake_count_truncate();
ALTER TABLE stocktake_count ENABLE ALWAYS TRIGGER frozen_stocktake_count_truncate
-- next
CREATE FUNCTION frozen_ticket_message_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.text <> OLD.text OR NEW.direction <> OLD.direction OR NEW.at <> OLD.at OR NEW.author <> OLD.author THEN RAISE EXCEPTION 'kontor: frozen ticket_message'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_ticket_message_update BEFORE UPDATE ON ticket_message FOR EACH ROW EXECUTE FUNCTION frozen_ticket_message_update();
ALTER TABLE ticket_message ENABLE ALWAYS TRIGGER frozen_ticket_message_update
-- next
CREATE FUNCTION frozen_ticket_message_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF 1=1 THEN RAISE EXCEPTION 'kontor: frozen ticket_message'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_ticket_message_delete BEFORE DELETE ON ticket_message FOR EACH ROW EXECUTE FUNCTION frozen_ticket_message_delete();
ALTER TABLE ticket_message ENABLE ALWAYS TRIGGER frozen_ticket_message_delete
-- next
CREATE FUNCTION frozen_ticket_message_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen ticket_message'; END $$;
CREATE TRIGGER frozen_ticket_message_truncate BEFORE TRUNCATE ON ticket_message FOR EACH STATEMENT EXECUTE FUNCTION frozen_ticket_message_truncate();
ALTER TABLE ticket_message ENABLE ALWAYS TRIGGER frozen_ticket_message_truncate
-- next
CREATE FUNCTION frozen_visit_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit f WHERE f.id = NEW.id AND f.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_insert BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION frozen_visit_insert();
ALTER TABLE visit ENABLE ALWAYS TRIGGER frozen_visit_insert
-- next
CREATE FUNCTION frozen_visit_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen visit'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_update BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION frozen_visit_update();
ALTER TABLE visit ENABLE ALWAYS TRIGGER frozen_visit_update
-- next
CREATE FUNCTION frozen_visit_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.frozen_at IS NOT NULL THEN RAISE EXCEPTION 'kontor: frozen visit'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_visit_delete BEFORE DELETE ON visit FOR EACH ROW EXECUTE FUNCTION frozen_visit_delete();
ALTER TABLE visit ENABLE ALWAYS TRIGGER frozen_visit_delete
-- next
CREATE FUNCTION frozen_visit_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen visit'; END $$;
CREATE TRIGGER frozen_visit_truncate BEFORE TRUNCATE ON visit FOR EACH STATEMENT EXECUTE FUNCTION frozen_visit_truncate();
ALTER TABLE visit ENABLE ALWAYS TRIGGER frozen_visit_truncate
-- next
CREATE FUNCTION frozen_visit_task_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = NEW.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_task'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_task_insert BEFORE INSERT ON visit_task FOR EACH ROW EXECUTE FUNCTION frozen_visit_task_insert();
ALTER TABLE visit_task ENABLE ALWAYS TRIGGER frozen_visit_task_insert
-- next
CREATE FUNCTION frozen_visit_task_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = OLD.visit_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM visit p WHERE p.id = NEW.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_task'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_task_update BEFORE UPDATE ON visit_task FOR EACH ROW EXECUTE FUNCTION frozen_visit_task_update();
ALTER TABLE visit_task ENABLE ALWAYS TRIGGER frozen_visit_task_update
-- next
CREATE FUNCTION frozen_visit_task_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = OLD.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_task'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_visit_task_delete BEFORE DELETE ON visit_task FOR EACH ROW EXECUTE FUNCTION frozen_visit_task_delete();
ALTER TABLE visit_task ENABLE ALWAYS TRIGGER frozen_visit_task_delete
-- next
CREATE FUNCTION frozen_visit_task_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen visit_task'; END $$;
CREATE TRIGGER frozen_visit_task_truncate BEFORE TRUNCATE ON visit_task FOR EACH STATEMENT EXECUTE FUNCTION frozen_visit_task_truncate();
ALTER TABLE visit_task ENABLE ALWAYS TRIGGER frozen_visit_task_truncate
-- next
CREATE FUNCTION frozen_visit_part_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = NEW.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_part'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_part_insert BEFORE INSERT ON visit_part FOR EACH ROW EXECUTE FUNCTION frozen_visit_part_insert();
ALTER TABLE visit_part ENABLE ALWAYS TRIGGER frozen_visit_part_insert
-- next
CREATE FUNCTION frozen_visit_part_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = OLD.visit_id AND p.frozen_at IS NOT NULL) OR EXISTS (SELECT 1 FROM visit p WHERE p.id = NEW.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_part'; END IF; RETURN NEW; END $$;
CREATE TRIGGER frozen_visit_part_update BEFORE UPDATE ON visit_part FOR EACH ROW EXECUTE FUNCTION frozen_visit_part_update();
ALTER TABLE visit_part ENABLE ALWAYS TRIGGER frozen_visit_part_update
-- next
CREATE FUNCTION frozen_visit_part_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM visit p WHERE p.id = OLD.visit_id AND p.frozen_at IS NOT NULL) THEN RAISE EXCEPTION 'kontor: frozen visit_part'; END IF; RETURN OLD; END $$;
CREATE TRIGGER frozen_visit_part_delete BEFORE DELETE ON visit_part FOR EACH ROW EXECUTE FUNCTION frozen_visit_part_delete();
ALTER TABLE visit_part ENABLE ALWAYS TRIGGER frozen_visit_part_delete
-- next
CREATE FUNCTION frozen_visit_part_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kontor: frozen visit_part'; END $$;
CREATE TRIGGER frozen_visit_part_truncate BEFORE TRUNCATE ON visit_part FOR EACH STATEMENT EXECUTE FUNCTION frozen_visit_part_truncate();
ALTER TABLE visit_part ENABLE ALWAYS TRIGGER frozen_visit_part_truncate
