CREATE TABLE actor (
	uri TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C",
	local BOOLEAN NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	wire_type TEXT COLLATE "C" NOT NULL,
	username TEXT COLLATE "C" NOT NULL,
	username_key TEXT COLLATE "C" NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	handle_host TEXT COLLATE "C" NOT NULL,
	display_name TEXT COLLATE "C" NOT NULL,
	display_key TEXT COLLATE "C" NOT NULL,
	summary TEXT COLLATE "C" NOT NULL,
	summary_source TEXT COLLATE "C" NOT NULL,
	fields JSONB NOT NULL,
	emojis JSONB NOT NULL,
	icon_url TEXT COLLATE "C",
	icon_description TEXT COLLATE "C" NOT NULL,
	header_url TEXT COLLATE "C",
	header_description TEXT COLLATE "C" NOT NULL,
	inbox_url TEXT COLLATE "C" NOT NULL,
	shared_inbox_url TEXT COLLATE "C",
	outbox_url TEXT COLLATE "C",
	followers_url TEXT COLLATE "C",
	following_url TEXT COLLATE "C",
	featured_url TEXT COLLATE "C",
	featured_tags_url TEXT COLLATE "C",
	also_known_as JSONB NOT NULL,
	attribution_domains JSONB NOT NULL,
	moved_to_uri TEXT COLLATE "C",
	moved_at TIMESTAMP WITH TIME ZONE,
	reach TEXT COLLATE "C" NOT NULL,
	locked BOOLEAN NOT NULL,
	discoverable BOOLEAN NOT NULL,
	indexable BOOLEAN NOT NULL,
	hides_collections BOOLEAN NOT NULL,
	memorial BOOLEAN NOT NULL,
	followers_count BIGINT NOT NULL,
	following_count BIGINT NOT NULL,
	posts_count BIGINT NOT NULL,
	open_posts_count BIGINT NOT NULL,
	last_posted_at TIMESTAMP WITH TIME ZONE,
	last_open_post_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE,
	fetched_at TIMESTAMP WITH TIME ZONE,
	pending BOOLEAN NOT NULL,
	suspended_at TIMESTAMP WITH TIME ZONE,
	suspended_by_origin BOOLEAN NOT NULL,
	silenced_at TIMESTAMP WITH TIME ZONE,
	sensitized_at TIMESTAMP WITH TIME ZONE,
	deleted_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_actor PRIMARY KEY (id),
	CONSTRAINT uq_actor_uri UNIQUE (uri)
);
CREATE INDEX ix_actor_discoverable ON actor (id) WHERE discoverable;
CREATE INDEX ix_actor_host ON actor (host);
CREATE UNIQUE INDEX uq_actor_handle ON actor (username_key, handle_host);
CREATE TABLE affiliation (
	child_uri TEXT COLLATE "C" NOT NULL,
	child_host TEXT COLLATE "C" NOT NULL,
	parent_uri TEXT COLLATE "C" NOT NULL,
	parent_host TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	label TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	our_side TEXT COLLATE "C",
	offered_by TEXT COLLATE "C" NOT NULL,
	uri TEXT COLLATE "C" NOT NULL,
	slug TEXT COLLATE "C",
	offer TEXT COLLATE "C" NOT NULL,
	offer_uri TEXT COLLATE "C" NOT NULL,
	answer TEXT COLLATE "C",
	answer_uri TEXT COLLATE "C",
	since TIMESTAMP WITH TIME ZONE,
	until TIMESTAMP WITH TIME ZONE,
	child_suspends BOOLEAN NOT NULL,
	parent_suspends BOOLEAN NOT NULL,
	child_stated_at TIMESTAMP WITH TIME ZONE,
	parent_stated_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_affiliation PRIMARY KEY (id)
);
CREATE INDEX ix_affiliation_child_host ON affiliation (child_host);
CREATE INDEX ix_affiliation_our_side ON affiliation (our_side);
CREATE INDEX ix_affiliation_parent_host ON affiliation (parent_host);
CREATE INDEX ix_affiliation_slug ON affiliation (slug);
CREATE UNIQUE INDEX uq_affiliation ON affiliation (child_uri, parent_uri, kind, label);
CREATE TABLE announcement (
	source TEXT COLLATE "C" NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	starts_at TIMESTAMP WITH TIME ZONE,
	ends_at TIMESTAMP WITH TIME ZONE,
	all_day BOOLEAN NOT NULL,
	published BOOLEAN NOT NULL,
	published_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_announcement PRIMARY KEY (id)
);
CREATE TABLE appearance (
	id BIGINT NOT NULL,
	brand TEXT COLLATE "C" NOT NULL,
	logo_url TEXT COLLATE "C",
	CONSTRAINT pk_appearance PRIMARY KEY (id)
);
CREATE TABLE application (
	client_id TEXT COLLATE "C" NOT NULL,
	secret_hash TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	website TEXT COLLATE "C",
	redirect_uris JSONB NOT NULL,
	scopes TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	used_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_application PRIMARY KEY (id),
	CONSTRAINT uq_application_client_id UNIQUE (client_id)
);
CREATE INDEX ix_application_created_at ON application (created_at);
CREATE TABLE attempt_count (
	subject TEXT COLLATE "C" NOT NULL,
	window_ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	count BIGINT NOT NULL,
	CONSTRAINT pk_attempt_count PRIMARY KEY (subject, window_ends_at)
);
CREATE INDEX ix_attempt_count_window_ends_at ON attempt_count (window_ends_at);
CREATE TABLE audit_entry (
	number BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by TEXT COLLATE "C" NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	salt TEXT COLLATE "C" NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_audit_entry PRIMARY KEY (id),
	CONSTRAINT uq_audit_entry_number UNIQUE (number),
	CONSTRAINT uq_audit_entry_hash UNIQUE (hash)
);
CREATE TABLE audit_head (
	id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_audit_head PRIMARY KEY (id)
);
CREATE TABLE boost_way (
	host TEXT COLLATE "C" NOT NULL,
	template TEXT COLLATE "C" NOT NULL,
	looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_boost_way PRIMARY KEY (host)
);
CREATE INDEX ix_boost_way_looked_at ON boost_way (looked_at);
CREATE TABLE custom_emoji (
	shortcode TEXT COLLATE "C" NOT NULL,
	shortcode_key TEXT COLLATE "C" NOT NULL,
	file_name TEXT COLLATE "C" NOT NULL,
	still_name TEXT COLLATE "C",
	category TEXT COLLATE "C" NOT NULL,
	visible_in_picker BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_custom_emoji PRIMARY KEY (id),
	CONSTRAINT uq_custom_emoji_shortcode_key UNIQUE (shortcode_key)
);
CREATE TABLE described_union (
	uri TEXT COLLATE "C" NOT NULL,
	level TEXT COLLATE "C" NOT NULL,
	sector TEXT COLLATE "C" NOT NULL,
	region TEXT COLLATE "C" NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_described_union PRIMARY KEY (id),
	CONSTRAINT uq_described_union_uri UNIQUE (uri)
);
CREATE TABLE domain_rule (
	host TEXT COLLATE "C" NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	private_reason TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_domain_rule PRIMARY KEY (id),
	CONSTRAINT uq_domain_rule_host UNIQUE (host)
);
CREATE TABLE email_block (
	key TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_email_block PRIMARY KEY (id),
	CONSTRAINT uq_email_block_key UNIQUE (key)
);
CREATE TABLE email_domain_block (
	domain TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_email_domain_block PRIMARY KEY (id),
	CONSTRAINT uq_email_domain_block_domain UNIQUE (domain)
);
CREATE TABLE employer (
	name TEXT COLLATE "C" NOT NULL,
	name_key TEXT COLLATE "C" NOT NULL,
	domains JSONB NOT NULL,
	confirmed_by TEXT COLLATE "C" NOT NULL,
	ours BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_employer PRIMARY KEY (id),
	CONSTRAINT uq_employer_name_key UNIQUE (name_key)
);
CREATE TABLE erasure_receipt (
	key_hash TEXT COLLATE "C" NOT NULL,
	activity_id BIGINT,
	hosts JSONB NOT NULL,
	erased_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_erasure_receipt PRIMARY KEY (id),
	CONSTRAINT uq_erasure_receipt_key_hash UNIQUE (key_hash)
);
CREATE INDEX ix_erasure_receipt_erased_at ON erasure_receipt (erased_at);
CREATE TABLE followed_list (
	url TEXT COLLATE "C" NOT NULL,
	owner_uri TEXT COLLATE "C" NOT NULL,
	applying TEXT COLLATE "C" NOT NULL,
	stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	problem TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_followed_list PRIMARY KEY (id),
	CONSTRAINT uq_followed_list_url UNIQUE (url)
);
CREATE TABLE inbox_activity (
	uri TEXT COLLATE "C" NOT NULL,
	digest BYTEA NOT NULL,
	sender_uri TEXT COLLATE "C" NOT NULL,
	actor_uri TEXT COLLATE "C" NOT NULL,
	activity_type TEXT COLLATE "C" NOT NULL,
	object_uri TEXT COLLATE "C",
	body TEXT COLLATE "C",
	believed BOOLEAN NOT NULL,
	signed_at TIMESTAMP WITH TIME ZONE,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	processed_at TIMESTAMP WITH TIME ZONE,
	outcome TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_inbox_activity PRIMARY KEY (id)
);
CREATE INDEX ix_inbox_activity_of_actor ON inbox_activity (processed_at, actor_uri) WHERE processed_at IS NULL;
CREATE INDEX ix_inbox_activity_open ON inbox_activity (processed_at, id);
CREATE INDEX ix_inbox_activity_received_at ON inbox_activity (received_at);
CREATE UNIQUE INDEX uq_inbox_activity ON inbox_activity (uri, digest);
CREATE TABLE inbox_rejection (
	day DATE NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	count BIGINT NOT NULL,
	CONSTRAINT pk_inbox_rejection PRIMARY KEY (day, reason, host)
);
CREATE TABLE index_progress (
	name TEXT COLLATE "C" NOT NULL,
	reached_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_index_progress PRIMARY KEY (name)
);
CREATE TABLE instance (
	host TEXT COLLATE "C" NOT NULL,
	software TEXT COLLATE "C",
	version TEXT COLLATE "C",
	signature_scheme TEXT COLLATE "C",
	implements JSONB NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	failures BIGINT NOT NULL,
	failing_since TIMESTAMP WITH TIME ZONE,
	next_attempt_at TIMESTAMP WITH TIME ZONE,
	last_success_at TIMESTAMP WITH TIME ZONE,
	last_error TEXT COLLATE "C",
	lease_token TEXT COLLATE "C",
	leased_until TIMESTAMP WITH TIME ZONE,
	first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	checked_at TIMESTAMP WITH TIME ZONE,
	network_uri TEXT COLLATE "C",
	id BIGINT NOT NULL,
	CONSTRAINT pk_instance PRIMARY KEY (id),
	CONSTRAINT uq_instance_host UNIQUE (host)
);
CREATE TABLE job (
	kind TEXT COLLATE "C" NOT NULL,
	payload JSONB NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	run_at TIMESTAMP WITH TIME ZONE NOT NULL,
	attempts BIGINT NOT NULL,
	crashes BIGINT NOT NULL,
	lease_token TEXT COLLATE "C",
	last_error TEXT COLLATE "C",
	dedupe_key TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_job PRIMARY KEY (id),
	CONSTRAINT uq_job_dedupe_key UNIQUE (dedupe_key)
);
CREATE INDEX ix_job_due ON job (state, kind, run_at);
CREATE TABLE known_uri (
	uri TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	row_id BIGINT,
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_known_uri PRIMARY KEY (uri)
);
CREATE INDEX ix_known_uri_marker ON known_uri (seen_at) WHERE row_id IS NOT NULL AND kind IN ('tombstone', 'undone');
CREATE TABLE link_card (
	url TEXT COLLATE "C" NOT NULL,
	card JSONB NOT NULL,
	image_url TEXT COLLATE "C",
	fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_link_card PRIMARY KEY (id),
	CONSTRAINT uq_link_card_url UNIQUE (url)
);
CREATE TABLE mention_flood (
	domain TEXT COLLATE "C" NOT NULL,
	post_id BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_mention_flood PRIMARY KEY (id)
);
CREATE INDEX ix_mention_flood ON mention_flood (domain, at);
CREATE TABLE own_page (
	slug TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_own_page PRIMARY KEY (id),
	CONSTRAINT uq_own_page_slug UNIQUE (slug)
);
CREATE TABLE passkey_challenge (
	key_hash TEXT COLLATE "C" NOT NULL,
	purpose TEXT COLLATE "C" NOT NULL,
	challenge BYTEA NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_passkey_challenge PRIMARY KEY (key_hash, purpose)
);
CREATE INDEX ix_passkey_challenge_ends_at ON passkey_challenge (ends_at);
CREATE TABLE published_list (
	name TEXT COLLATE "C" NOT NULL,
	published_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_published_list PRIMARY KEY (id),
	CONSTRAINT uq_published_list_name UNIQUE (name)
);
CREATE TABLE queue_sample (
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	jobs BIGINT NOT NULL,
	deliveries BIGINT NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_queue_sample PRIMARY KEY (id)
);
CREATE INDEX ix_queue_sample_at ON queue_sample (at);
CREATE TABLE queued_mail (
	sealed BYTEA NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_queued_mail PRIMARY KEY (id)
);
CREATE TABLE scheduled_run (
	job TEXT COLLATE "C" NOT NULL,
	last_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_scheduled_run PRIMARY KEY (job)
);
CREATE TABLE sent_to (
	object_uri TEXT COLLATE "C" NOT NULL,
	inbox_url TEXT COLLATE "C" NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_sent_to PRIMARY KEY (object_uri, inbox_url)
);
CREATE TABLE trust_setting (
	host TEXT COLLATE "C" NOT NULL,
	vacancies BOOLEAN NOT NULL,
	calls BOOLEAN NOT NULL,
	network BOOLEAN NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_trust_setting PRIMARY KEY (id),
	CONSTRAINT uq_trust_setting_host UNIQUE (host)
);
CREATE TABLE trusted_peer (
	host TEXT COLLATE "C" NOT NULL,
	union_uri TEXT COLLATE "C" NOT NULL,
	hops BIGINT NOT NULL,
	vacancies BOOLEAN NOT NULL,
	calls BOOLEAN NOT NULL,
	network BOOLEAN NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_trusted_peer PRIMARY KEY (id),
	CONSTRAINT uq_trusted_peer_host UNIQUE (host)
);
CREATE TABLE vacancy_revision (
	id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	CONSTRAINT pk_vacancy_revision PRIMARY KEY (id)
);
CREATE TABLE vapid_key (
	name TEXT COLLATE "C" NOT NULL,
	public TEXT COLLATE "C" NOT NULL,
	sealed_private BYTEA NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_vapid_key PRIMARY KEY (name)
);
CREATE TABLE account_list (
	owner_id BIGINT NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	replies_policy TEXT COLLATE "C" NOT NULL,
	exclusive BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_account_list PRIMARY KEY (id),
	CONSTRAINT fk_account_list_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_account_list_owner_id ON account_list (owner_id);
CREATE TABLE account_note (
	actor_id BIGINT NOT NULL,
	about_id BIGINT NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_account_note PRIMARY KEY (id),
	CONSTRAINT fk_account_note_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_account_note_about_id FOREIGN KEY(about_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_account_note_about_id ON account_note (about_id);
CREATE UNIQUE INDEX uq_account_note ON account_note (actor_id, about_id);
CREATE TABLE actor_key (
	actor_id BIGINT NOT NULL,
	key_uri TEXT COLLATE "C" NOT NULL,
	algorithm TEXT COLLATE "C" NOT NULL,
	public TEXT COLLATE "C" NOT NULL,
	sealed_private BYTEA,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	retired_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_actor_key PRIMARY KEY (id),
	CONSTRAINT fk_actor_key_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_actor_key_key_uri UNIQUE (key_uri)
);
CREATE INDEX ix_actor_key_actor_id ON actor_key (actor_id);
CREATE TABLE announcement_dismissal (
	announcement_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_announcement_dismissal PRIMARY KEY (id),
	CONSTRAINT fk_announcement_dismissal_announcement_id FOREIGN KEY(announcement_id) REFERENCES announcement (id) ON DELETE CASCADE,
	CONSTRAINT fk_announcement_dismissal_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_announcement_dismissal_actor_id ON announcement_dismissal (actor_id);
CREATE UNIQUE INDEX uq_announcement_dismissal ON announcement_dismissal (announcement_id, actor_id);
CREATE TABLE announcement_reaction (
	announcement_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_announcement_reaction PRIMARY KEY (id),
	CONSTRAINT fk_announcement_reaction_announcement_id FOREIGN KEY(announcement_id) REFERENCES announcement (id) ON DELETE CASCADE,
	CONSTRAINT fk_announcement_reaction_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_announcement_reaction_actor_id ON announcement_reaction (actor_id);
CREATE UNIQUE INDEX uq_announcement_reaction ON announcement_reaction (announcement_id, name, actor_id);
CREATE TABLE attachment (
	post_id BIGINT,
	held_by_id BIGINT,
	owner_id BIGINT,
	kind TEXT COLLATE "C" NOT NULL,
	media_type TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	remote_url TEXT COLLATE "C",
	file_name TEXT COLLATE "C",
	thumbnail_name TEXT COLLATE "C",
	description TEXT COLLATE "C" NOT NULL,
	blurhash TEXT COLLATE "C",
	width BIGINT,
	height BIGINT,
	thumbnail_width BIGINT,
	thumbnail_height BIGINT,
	seconds DOUBLE PRECISION,
	focal_x DOUBLE PRECISION,
	focal_y DOUBLE PRECISION,
	position BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_attachment PRIMARY KEY (id),
	CONSTRAINT fk_attachment_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_attachment_expires_at ON attachment (expires_at);
CREATE INDEX ix_attachment_post_id ON attachment (post_id);
CREATE TABLE block (
	blocker_id BIGINT NOT NULL,
	blocked_id BIGINT NOT NULL,
	uri TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_block PRIMARY KEY (id),
	CONSTRAINT fk_block_blocker_id FOREIGN KEY(blocker_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_block_blocked_id FOREIGN KEY(blocked_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_block_uri UNIQUE (uri)
);
CREATE INDEX ix_block_blocked_id ON block (blocked_id);
CREATE UNIQUE INDEX uq_block ON block (blocker_id, blocked_id);
CREATE TABLE campaign_call (
	slug TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	local BOOLEAN NOT NULL,
	actor_id BIGINT NOT NULL,
	post_id BIGINT,
	uri TEXT COLLATE "C",
	url TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	demand TEXT COLLATE "C" NOT NULL,
	terms JSONB NOT NULL,
	audience TEXT COLLATE "C" NOT NULL,
	scheduled BOOLEAN NOT NULL,
	import_key TEXT COLLATE "C" NOT NULL,
	opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
	goal BIGINT,
	outcome_status TEXT COLLATE "C" NOT NULL,
	outcome_text TEXT COLLATE "C" NOT NULL,
	outcome_on TEXT COLLATE "C" NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	hidden BOOLEAN NOT NULL,
	signatures_count BIGINT NOT NULL,
	pledges_count BIGINT NOT NULL,
	followers_count BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_campaign_call PRIMARY KEY (id),
	CONSTRAINT uq_campaign_call_slug UNIQUE (slug),
	CONSTRAINT fk_campaign_call_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_campaign_call_post_id UNIQUE (post_id),
	CONSTRAINT uq_campaign_call_uri UNIQUE (uri)
);
CREATE INDEX ix_campaign_call_actor_id ON campaign_call (actor_id);
CREATE INDEX ix_campaign_call_closing ON campaign_call (state, closes_at);
CREATE INDEX ix_campaign_call_opening ON campaign_call (scheduled, opens_at);
CREATE TABLE collection (
	owner_id BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	description TEXT COLLATE "C" NOT NULL,
	language TEXT COLLATE "C",
	tag TEXT COLLATE "C" NOT NULL,
	sensitive BOOLEAN NOT NULL,
	discoverable BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_collection PRIMARY KEY (id),
	CONSTRAINT fk_collection_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_collection_owner_id ON collection (owner_id);
CREATE TABLE conversation_entry (
	owner_id BIGINT NOT NULL,
	thread_id BIGINT NOT NULL,
	last_post_id BIGINT NOT NULL,
	participant_ids JSONB NOT NULL,
	unread BOOLEAN NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_conversation_entry PRIMARY KEY (id),
	CONSTRAINT fk_conversation_entry_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_conversation_entry_recent ON conversation_entry (owner_id, last_post_id);
CREATE UNIQUE INDEX uq_conversation_entry ON conversation_entry (owner_id, thread_id);
CREATE TABLE dismissed_suggestion (
	actor_id BIGINT NOT NULL,
	suggested_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_dismissed_suggestion PRIMARY KEY (id),
	CONSTRAINT fk_dismissed_suggestion_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_dismissed_suggestion_suggested_id FOREIGN KEY(suggested_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_dismissed_suggestion_suggested_id ON dismissed_suggestion (suggested_id);
CREATE UNIQUE INDEX uq_dismissed_suggestion ON dismissed_suggestion (actor_id, suggested_id);
CREATE TABLE endorsement (
	actor_id BIGINT NOT NULL,
	endorsed_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_endorsement PRIMARY KEY (id),
	CONSTRAINT fk_endorsement_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_endorsement_endorsed_id FOREIGN KEY(endorsed_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_endorsement_endorsed_id ON endorsement (endorsed_id);
CREATE UNIQUE INDEX uq_endorsement ON endorsement (actor_id, endorsed_id);
CREATE TABLE featured_tag (
	actor_id BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	display_name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_featured_tag PRIMARY KEY (id),
	CONSTRAINT fk_featured_tag_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_featured_tag ON featured_tag (actor_id, name);
CREATE TABLE follow (
	follower_id BIGINT NOT NULL,
	followed_id BIGINT NOT NULL,
	uri TEXT COLLATE "C",
	state TEXT COLLATE "C" NOT NULL,
	through_reader BOOLEAN NOT NULL,
	shows_boosts BOOLEAN NOT NULL,
	notifies BOOLEAN NOT NULL,
	languages JSONB NOT NULL,
	signed_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	accepted_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_follow PRIMARY KEY (id),
	CONSTRAINT fk_follow_follower_id FOREIGN KEY(follower_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_follow_followed_id FOREIGN KEY(followed_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_follow_uri UNIQUE (uri)
);
CREATE INDEX ix_follow_followed ON follow (followed_id, state);
CREATE UNIQUE INDEX uq_follow ON follow (follower_id, followed_id);
CREATE TABLE followed_list_entry (
	list_id BIGINT NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_followed_list_entry PRIMARY KEY (id),
	CONSTRAINT fk_followed_list_entry_list_id FOREIGN KEY(list_id) REFERENCES followed_list (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_followed_list_entry ON followed_list_entry (list_id, host);
CREATE TABLE followed_tag (
	actor_id BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_followed_tag PRIMARY KEY (id),
	CONSTRAINT fk_followed_tag_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_followed_tag ON followed_tag (name, actor_id);
CREATE TABLE idempotency_key (
	actor_id BIGINT NOT NULL,
	key_hash TEXT COLLATE "C" NOT NULL,
	post_id BIGINT NOT NULL,
	scheduled BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_idempotency_key PRIMARY KEY (id),
	CONSTRAINT fk_idempotency_key_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);
CREATE UNIQUE INDEX uq_idempotency_key ON idempotency_key (actor_id, key_hash);
CREATE TABLE import_file (
	owner_id BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	overwrites BOOLEAN NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	rows_count BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	finished_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_import_file PRIMARY KEY (id),
	CONSTRAINT fk_import_file_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_import_file_finished_at ON import_file (finished_at);
CREATE INDEX ix_import_file_owner_id ON import_file (owner_id);
CREATE TABLE member (
	actor_id BIGINT NOT NULL,
	email_key TEXT COLLATE "C",
	sealed_email BYTEA,
	password_hash TEXT COLLATE "C",
	role TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	locale TEXT COLLATE "C" NOT NULL,
	settings JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	second_factor_since TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_member PRIMARY KEY (id),
	CONSTRAINT uq_member_actor_id UNIQUE (actor_id),
	CONSTRAINT fk_member_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id),
	CONSTRAINT uq_member_email_key UNIQUE (email_key)
);
CREATE TABLE member_domain_block (
	actor_id BIGINT NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_member_domain_block PRIMARY KEY (id),
	CONSTRAINT fk_member_domain_block_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_member_domain_block ON member_domain_block (actor_id, host);
CREATE TABLE mute (
	muter_id BIGINT NOT NULL,
	muted_id BIGINT NOT NULL,
	mutes_notifications BOOLEAN NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_mute PRIMARY KEY (id),
	CONSTRAINT fk_mute_muter_id FOREIGN KEY(muter_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_mute_muted_id FOREIGN KEY(muted_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_mute_muted_id ON mute (muted_id);
CREATE UNIQUE INDEX uq_mute ON mute (muter_id, muted_id);
CREATE TABLE notification (
	recipient_id BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	from_actor_id BIGINT NOT NULL,
	post_id BIGINT,
	report_id BIGINT,
	severance_id BIGINT,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	dismissed BOOLEAN NOT NULL,
	filtered BOOLEAN NOT NULL,
	group_key TEXT COLLATE "C",
	id BIGINT NOT NULL,
	CONSTRAINT pk_notification PRIMARY KEY (id),
	CONSTRAINT fk_notification_recipient_id FOREIGN KEY(recipient_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_notification_from_actor_id FOREIGN KEY(from_actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_notification_filtered ON notification (recipient_id, from_actor_id) WHERE filtered;
CREATE INDEX ix_notification_from_actor_id ON notification (from_actor_id);
CREATE INDEX ix_notification_group ON notification (recipient_id, group_key, id) WHERE group_key IS NOT NULL;
CREATE INDEX ix_notification_post_id ON notification (post_id);
CREATE INDEX ix_notification_recipient ON notification (recipient_id, id);
CREATE UNIQUE INDEX uq_notification ON notification (recipient_id, kind, from_actor_id, post_id);
CREATE TABLE notification_permission (
	actor_id BIGINT NOT NULL,
	from_actor_id BIGINT NOT NULL,
	CONSTRAINT pk_notification_permission PRIMARY KEY (actor_id, from_actor_id),
	CONSTRAINT fk_notification_permission_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_notification_permission_from_actor_id FOREIGN KEY(from_actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_notification_permission_from_actor_id ON notification_permission (from_actor_id);
CREATE TABLE notification_policy (
	actor_id BIGINT NOT NULL,
	for_not_following TEXT COLLATE "C" NOT NULL,
	for_not_followers TEXT COLLATE "C" NOT NULL,
	for_new_accounts TEXT COLLATE "C" NOT NULL,
	for_private_mentions TEXT COLLATE "C" NOT NULL,
	for_limited_accounts TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_notification_policy PRIMARY KEY (actor_id),
	CONSTRAINT fk_notification_policy_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE TABLE outbox_activity (
	uri TEXT COLLATE "C" NOT NULL,
	digest BYTEA NOT NULL,
	actor_id BIGINT NOT NULL,
	activity_type TEXT COLLATE "C" NOT NULL,
	object_uri TEXT COLLATE "C",
	body TEXT COLLATE "C" NOT NULL,
	recipients JSONB NOT NULL,
	public BOOLEAN NOT NULL,
	patient BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	fanned_out_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_outbox_activity PRIMARY KEY (id),
	CONSTRAINT fk_outbox_activity_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id)
);
CREATE INDEX ix_outbox_activity_actor ON outbox_activity (actor_id, id);
CREATE INDEX ix_outbox_activity_object_uri ON outbox_activity (object_uri);
CREATE INDEX ix_outbox_activity_private ON outbox_activity (fanned_out_at) WHERE NOT public AND body <> '';
CREATE UNIQUE INDEX uq_outbox_activity ON outbox_activity (uri, digest);
CREATE TABLE post (
	uri TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C",
	author_id BIGINT NOT NULL,
	local BOOLEAN NOT NULL,
	slug TEXT COLLATE "C",
	wire_type TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	content_map JSONB NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	source_type TEXT COLLATE "C" NOT NULL,
	content_warning TEXT COLLATE "C" NOT NULL,
	sensitive BOOLEAN NOT NULL,
	language TEXT COLLATE "C",
	audience TEXT COLLATE "C" NOT NULL,
	live BOOLEAN NOT NULL,
	in_reply_to_uri TEXT COLLATE "C",
	in_reply_to_id BIGINT,
	in_reply_to_author_id BIGINT,
	thread_id BIGINT NOT NULL,
	context_uri TEXT COLLATE "C",
	boost_of_id BIGINT,
	quote_uri TEXT COLLATE "C",
	quote_of_id BIGINT,
	quote_state TEXT COLLATE "C" NOT NULL,
	quote_authorization_uri TEXT COLLATE "C",
	approval_state TEXT COLLATE "C" NOT NULL,
	approval_uri TEXT COLLATE "C",
	interaction_policy JSONB NOT NULL,
	emojis JSONB NOT NULL,
	card JSONB NOT NULL,
	event JSONB NOT NULL,
	extension JSONB NOT NULL,
	replies_count BIGINT NOT NULL,
	boosts_count BIGINT NOT NULL,
	favourites_count BIGINT NOT NULL,
	stated_boosts_count BIGINT NOT NULL,
	stated_favourites_count BIGINT NOT NULL,
	published_at TIMESTAMP WITH TIME ZONE NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	edited_at TIMESTAMP WITH TIME ZONE,
	replies_fetched_at TIMESTAMP WITH TIME ZONE,
	deleted_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_post PRIMARY KEY (id),
	CONSTRAINT uq_post_uri UNIQUE (uri),
	CONSTRAINT fk_post_author_id FOREIGN KEY(author_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_post_slug UNIQUE (slug)
);
CREATE INDEX ix_post_audience ON post (audience, id);
CREATE INDEX ix_post_author ON post (author_id, id);
CREATE INDEX ix_post_boost_of_id ON post (boost_of_id, author_id) WHERE boost_of_id IS NOT NULL;
CREATE INDEX ix_post_in_reply_to_id ON post (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX ix_post_in_reply_to_uri ON post (in_reply_to_uri) WHERE in_reply_to_uri IS NOT NULL;
CREATE INDEX ix_post_local_audience ON post (local, audience, id);
CREATE INDEX ix_post_quote_of_id ON post (quote_of_id) WHERE quote_of_id IS NOT NULL;
CREATE INDEX ix_post_received ON post (received_at) WHERE boost_of_id IS NULL;
CREATE INDEX ix_post_thread_id ON post (thread_id);
CREATE TABLE post_filter (
	owner_id BIGINT NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	contexts JSONB NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_post_filter PRIMARY KEY (id),
	CONSTRAINT fk_post_filter_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_post_filter_owner_id ON post_filter (owner_id);
CREATE TABLE report (
	uri TEXT COLLATE "C",
	reporter_id BIGINT,
	reporter_host TEXT COLLATE "C",
	target_id BIGINT NOT NULL,
	post_uris JSONB NOT NULL,
	comment TEXT COLLATE "C" NOT NULL,
	category TEXT COLLATE "C" NOT NULL,
	broken_rules JSONB NOT NULL,
	forwarded BOOLEAN NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE,
	handled_at TIMESTAMP WITH TIME ZONE,
	handled_by_id BIGINT,
	assigned_id BIGINT,
	id BIGINT NOT NULL,
	CONSTRAINT pk_report PRIMARY KEY (id),
	CONSTRAINT uq_report_uri UNIQUE (uri),
	CONSTRAINT fk_report_reporter_id FOREIGN KEY(reporter_id) REFERENCES actor (id) ON DELETE SET NULL,
	CONSTRAINT fk_report_target_id FOREIGN KEY(target_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_report_handled_by_id FOREIGN KEY(handled_by_id) REFERENCES actor (id) ON DELETE SET NULL,
	CONSTRAINT fk_report_assigned_id FOREIGN KEY(assigned_id) REFERENCES actor (id) ON DELETE SET NULL
);
CREATE INDEX ix_report_state ON report (state, id);
CREATE INDEX ix_report_target_id ON report (target_id);
CREATE TABLE severance (
	recipient_id BIGINT NOT NULL,
	cause TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	followers_count BIGINT NOT NULL,
	following_count BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_severance PRIMARY KEY (id),
	CONSTRAINT fk_severance_recipient_id FOREIGN KEY(recipient_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_severance_recipient ON severance (recipient_id, id);
CREATE TABLE stored_file (
	name TEXT COLLATE "C" NOT NULL,
	place TEXT COLLATE "C" NOT NULL,
	media_type TEXT COLLATE "C" NOT NULL,
	size BIGINT NOT NULL,
	owner_id BIGINT,
	ready BOOLEAN NOT NULL,
	shared BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_stored_file PRIMARY KEY (id),
	CONSTRAINT uq_stored_file_name UNIQUE (name),
	CONSTRAINT fk_stored_file_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE SET NULL
);
CREATE INDEX ix_stored_file_expires_at ON stored_file (expires_at);
CREATE INDEX ix_stored_file_owner ON stored_file (owner_id, created_at);
CREATE TABLE thread_mute (
	actor_id BIGINT NOT NULL,
	thread_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_thread_mute PRIMARY KEY (id),
	CONSTRAINT fk_thread_mute_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_thread_mute ON thread_mute (actor_id, thread_id);
CREATE TABLE timeline_marker (
	actor_id BIGINT NOT NULL,
	timeline TEXT COLLATE "C" NOT NULL,
	last_read_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_timeline_marker PRIMARY KEY (id),
	CONSTRAINT fk_timeline_marker_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_timeline_marker ON timeline_marker (actor_id, timeline);
CREATE TABLE two_person_request (
	act TEXT COLLATE "C" NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	asked JSONB NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	asked_by_id BIGINT NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	decided_by_id BIGINT,
	decided_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_two_person_request PRIMARY KEY (id),
	CONSTRAINT fk_two_person_request_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_two_person_request_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES actor (id) ON DELETE SET NULL
);
CREATE INDEX ix_two_person_request_state ON two_person_request (state, id);
CREATE TABLE unpublished_post (
	owner_id BIGINT NOT NULL,
	publish_at TIMESTAMP WITH TIME ZONE,
	wish JSONB NOT NULL,
	problem TEXT COLLATE "C" NOT NULL,
	application_id BIGINT,
	idempotency TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_unpublished_post PRIMARY KEY (id),
	CONSTRAINT fk_unpublished_post_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_unpublished_post_owner ON unpublished_post (owner_id, id);
CREATE TABLE vacancy (
	slug TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	local BOOLEAN NOT NULL,
	board_id BIGINT NOT NULL,
	post_id BIGINT,
	employer_key TEXT COLLATE "C" NOT NULL,
	number_key TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	employer TEXT COLLATE "C" NOT NULL,
	posting JSONB NOT NULL,
	words TEXT COLLATE "C" NOT NULL,
	source_url TEXT COLLATE "C" NOT NULL,
	source_status TEXT COLLATE "C" NOT NULL,
	flags JSONB NOT NULL,
	hidden BOOLEAN NOT NULL,
	cleared_at TIMESTAMP WITH TIME ZONE,
	audience TEXT COLLATE "C" NOT NULL,
	posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closes_zone TEXT COLLATE "C" NOT NULL,
	first_closes_at TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revision BIGINT NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_vacancy PRIMARY KEY (id),
	CONSTRAINT uq_vacancy_slug UNIQUE (slug),
	CONSTRAINT fk_vacancy_board_id FOREIGN KEY(board_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_vacancy_post_id UNIQUE (post_id)
);
CREATE INDEX ix_vacancy_board_id ON vacancy (board_id);
CREATE INDEX ix_vacancy_closing ON vacancy (state, closes_at);
CREATE INDEX ix_vacancy_hidden ON vacancy (id) WHERE hidden;
CREATE INDEX ix_vacancy_job ON vacancy (employer_key, number_key);
CREATE INDEX ix_vacancy_revision ON vacancy (revision);
CREATE TABLE vacancy_search (
	name TEXT COLLATE "C" NOT NULL,
	actor_id BIGINT,
	query TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	named BOOLEAN NOT NULL,
	private BOOLEAN NOT NULL,
	idle_since TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_vacancy_search PRIMARY KEY (id),
	CONSTRAINT uq_vacancy_search_name UNIQUE (name),
	CONSTRAINT uq_vacancy_search_actor_id UNIQUE (actor_id),
	CONSTRAINT fk_vacancy_search_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_vacancy_search_idle_since ON vacancy_search (idle_since);
CREATE INDEX ix_vacancy_search_query ON vacancy_search (query);
CREATE TABLE watched_page (
	board_id BIGINT NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	publishes BOOLEAN NOT NULL,
	every_minutes BIGINT NOT NULL,
	etag TEXT COLLATE "C" NOT NULL,
	last_modified TEXT COLLATE "C" NOT NULL,
	next_look_at TIMESTAMP WITH TIME ZONE NOT NULL,
	looked_at TIMESTAMP WITH TIME ZONE,
	failures BIGINT NOT NULL,
	outcome TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_watched_page PRIMARY KEY (id),
	CONSTRAINT fk_watched_page_board_id FOREIGN KEY(board_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_watched_page_board_id ON watched_page (board_id);
CREATE INDEX ix_watched_page_next_look_at ON watched_page (next_look_at);
CREATE UNIQUE INDEX uq_watched_page ON watched_page (board_id, url);
CREATE TABLE access_token (
	member_id BIGINT,
	application_id BIGINT,
	grant_id BIGINT,
	token_hash TEXT COLLATE "C" NOT NULL,
	scopes TEXT COLLATE "C" NOT NULL,
	app_name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE,
	last_used_at TIMESTAMP WITH TIME ZONE,
	revoked_at TIMESTAMP WITH TIME ZONE,
	by_operator BOOLEAN NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_access_token PRIMARY KEY (id),
	CONSTRAINT fk_access_token_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_access_token_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_access_token_application_id ON access_token (application_id);
CREATE INDEX ix_access_token_grant_id ON access_token (grant_id);
CREATE INDEX ix_access_token_member_id ON access_token (member_id);
CREATE TABLE archive (
	owner_id BIGINT NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	file_id BIGINT,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	size BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_archive PRIMARY KEY (id),
	CONSTRAINT fk_archive_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_archive_file_id FOREIGN KEY(file_id) REFERENCES stored_file (id) ON DELETE SET NULL
);
CREATE INDEX ix_archive_ends_at ON archive (ends_at);
CREATE INDEX ix_archive_owner_id ON archive (owner_id);
CREATE TABLE authorization_code (
	code_hash TEXT COLLATE "C" NOT NULL,
	application_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	redirect_uri TEXT COLLATE "C" NOT NULL,
	scopes TEXT COLLATE "C" NOT NULL,
	challenge TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	used_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_authorization_code PRIMARY KEY (id),
	CONSTRAINT uq_authorization_code_code_hash UNIQUE (code_hash),
	CONSTRAINT fk_authorization_code_application_id FOREIGN KEY(application_id) REFERENCES application (id) ON DELETE CASCADE,
	CONSTRAINT fk_authorization_code_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_authorization_code_application_id ON authorization_code (application_id);
CREATE INDEX ix_authorization_code_expires_at ON authorization_code (expires_at);
CREATE INDEX ix_authorization_code_member_id ON authorization_code (member_id);
CREATE TABLE bookmark (
	actor_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_bookmark PRIMARY KEY (id),
	CONSTRAINT fk_bookmark_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_bookmark_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_bookmark_post_id ON bookmark (post_id);
CREATE UNIQUE INDEX uq_bookmark ON bookmark (actor_id, post_id);
CREATE TABLE call_day (
	call_id BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	signatures BIGINT NOT NULL,
	CONSTRAINT pk_call_day PRIMARY KEY (call_id, day),
	CONSTRAINT fk_call_day_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE
);
CREATE TABLE call_letter (
	call_id BIGINT NOT NULL,
	target_number BIGINT NOT NULL,
	actor_id BIGINT,
	by_server BOOLEAN NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_call_letter PRIMARY KEY (id),
	CONSTRAINT fk_call_letter_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT fk_call_letter_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_call_letter_actor_id ON call_letter (actor_id);
CREATE UNIQUE INDEX uq_call_letter ON call_letter (call_id, target_number, actor_id);
CREATE TABLE call_resolution (
	call_id BIGINT NOT NULL,
	actor_id BIGINT,
	organisation TEXT COLLATE "C" NOT NULL,
	organisation_key TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	adopted_on TEXT COLLATE "C" NOT NULL,
	join_uri TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_call_resolution PRIMARY KEY (id),
	CONSTRAINT fk_call_resolution_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT fk_call_resolution_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_call_resolution_join_uri UNIQUE (join_uri)
);
CREATE INDEX ix_call_resolution_actor_id ON call_resolution (actor_id);
CREATE UNIQUE INDEX uq_call_resolution ON call_resolution (call_id, organisation_key);
CREATE TABLE call_signature (
	call_id BIGINT NOT NULL,
	route TEXT COLLATE "C" NOT NULL,
	actor_id BIGINT,
	address_key TEXT COLLATE "C",
	mode TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	counted_here BOOLEAN NOT NULL,
	join_uri TEXT COLLATE "C",
	answer TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_call_signature PRIMARY KEY (id),
	CONSTRAINT fk_call_signature_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT fk_call_signature_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_call_signature_join_uri UNIQUE (join_uri)
);
CREATE INDEX ix_call_signature_actor_id ON call_signature (actor_id);
CREATE INDEX ix_call_signature_mode ON call_signature (call_id, mode, id);
CREATE UNIQUE INDEX uq_call_signature_actor ON call_signature (call_id, actor_id);
CREATE UNIQUE INDEX uq_call_signature_address ON call_signature (call_id, address_key);
CREATE TABLE call_target (
	call_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	address TEXT COLLATE "C" NOT NULL,
	personal BOOLEAN NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_call_target PRIMARY KEY (id),
	CONSTRAINT fk_call_target_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_call_target ON call_target (call_id, number);
CREATE TABLE co_sponsor (
	call_id BIGINT,
	call_uri TEXT COLLATE "C" NOT NULL,
	lead_uri TEXT COLLATE "C" NOT NULL,
	union_uri TEXT COLLATE "C" NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	uri TEXT COLLATE "C" NOT NULL,
	offer TEXT COLLATE "C" NOT NULL,
	offer_uri TEXT COLLATE "C" NOT NULL,
	answer TEXT COLLATE "C",
	answer_uri TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_co_sponsor PRIMARY KEY (id),
	CONSTRAINT fk_co_sponsor_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE SET NULL
);
CREATE INDEX ix_co_sponsor_call_id ON co_sponsor (call_id);
CREATE UNIQUE INDEX uq_co_sponsor ON co_sponsor (call_uri, union_uri);
CREATE TABLE collection_item (
	collection_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_collection_item PRIMARY KEY (id),
	CONSTRAINT fk_collection_item_collection_id FOREIGN KEY(collection_id) REFERENCES collection (id) ON DELETE CASCADE,
	CONSTRAINT fk_collection_item_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_collection_item_actor_id ON collection_item (actor_id);
CREATE UNIQUE INDEX uq_collection_item ON collection_item (collection_id, actor_id);
CREATE TABLE contact_consent (
	call_id BIGINT NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	actor_id BIGINT,
	address_key TEXT COLLATE "C",
	address BYTEA,
	language TEXT COLLATE "C" NOT NULL,
	given_on TEXT COLLATE "C" NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	told_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_contact_consent PRIMARY KEY (id),
	CONSTRAINT fk_contact_consent_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT fk_contact_consent_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_contact_consent_actor_id ON contact_consent (actor_id);
CREATE INDEX ix_contact_consent_expires_at ON contact_consent (expires_at);
CREATE UNIQUE INDEX uq_contact_consent_actor ON contact_consent (call_id, actor_id);
CREATE UNIQUE INDEX uq_contact_consent_address ON contact_consent (call_id, address_key);
CREATE TABLE decision (
	target_id BIGINT NOT NULL,
	report_id BIGINT,
	measure TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	posts BIGINT NOT NULL,
	by_id BIGINT,
	decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
	appeal TEXT COLLATE "C" NOT NULL,
	appeal_state TEXT COLLATE "C" NOT NULL,
	appealed_at TIMESTAMP WITH TIME ZONE,
	answer TEXT COLLATE "C" NOT NULL,
	answered_at TIMESTAMP WITH TIME ZONE,
	answered_by_id BIGINT,
	id BIGINT NOT NULL,
	CONSTRAINT pk_decision PRIMARY KEY (id),
	CONSTRAINT fk_decision_target_id FOREIGN KEY(target_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_decision_report_id FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE SET NULL,
	CONSTRAINT fk_decision_by_id FOREIGN KEY(by_id) REFERENCES actor (id) ON DELETE SET NULL,
	CONSTRAINT fk_decision_answered_by_id FOREIGN KEY(answered_by_id) REFERENCES actor (id) ON DELETE SET NULL
);
CREATE INDEX ix_decision_appeal_state ON decision (appeal_state);
CREATE INDEX ix_decision_target_id ON decision (target_id);
CREATE TABLE delivery (
	activity_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	inbox_url TEXT COLLATE "C" NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	attempts BIGINT NOT NULL,
	not_found BIGINT NOT NULL,
	next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	last_status BIGINT,
	last_error TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	finished_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_delivery PRIMARY KEY (id),
	CONSTRAINT fk_delivery_activity_id FOREIGN KEY(activity_id) REFERENCES outbox_activity (id) ON DELETE CASCADE
);
CREATE INDEX ix_delivery_dead ON delivery (host, actor_id) WHERE state = 'dead';
CREATE INDEX ix_delivery_due ON delivery (host, next_attempt_at) WHERE finished_at IS NULL;
CREATE INDEX ix_delivery_lane ON delivery (inbox_url, actor_id, activity_id) WHERE finished_at IS NULL;
CREATE INDEX ix_delivery_order ON delivery (host, activity_id) WHERE finished_at IS NULL;
CREATE INDEX ix_delivery_state ON delivery (state, id);
CREATE UNIQUE INDEX uq_delivery_once ON delivery (activity_id, inbox_url);
CREATE TABLE editor (
	actor_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_editor PRIMARY KEY (id),
	CONSTRAINT fk_editor_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_editor_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_editor_member_id ON editor (member_id);
CREATE UNIQUE INDEX uq_editor ON editor (actor_id, member_id);
CREATE TABLE export (
	request_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	act TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	header BYTEA NOT NULL,
	sealed_key BYTEA,
	file_id BIGINT,
	size BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	fetched_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_export PRIMARY KEY (id),
	CONSTRAINT uq_export_request_id UNIQUE (request_id),
	CONSTRAINT fk_export_request_id FOREIGN KEY(request_id) REFERENCES two_person_request (id) ON DELETE CASCADE,
	CONSTRAINT fk_export_owner_id FOREIGN KEY(owner_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_export_file_id FOREIGN KEY(file_id) REFERENCES stored_file (id) ON DELETE SET NULL
);
CREATE INDEX ix_export_ends_at ON export (ends_at);
CREATE INDEX ix_export_owner_id ON export (owner_id);
CREATE TABLE favourite (
	actor_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	uri TEXT COLLATE "C",
	emoji TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_favourite PRIMARY KEY (id),
	CONSTRAINT fk_favourite_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_favourite_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
	CONSTRAINT uq_favourite_uri UNIQUE (uri)
);
CREATE INDEX ix_favourite_actor_id ON favourite (actor_id);
CREATE UNIQUE INDEX uq_favourite ON favourite (post_id, actor_id, emoji);
CREATE TABLE filter_keyword (
	filter_id BIGINT NOT NULL,
	keyword TEXT COLLATE "C" NOT NULL,
	whole_word BOOLEAN NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_filter_keyword PRIMARY KEY (id),
	CONSTRAINT fk_filter_keyword_filter_id FOREIGN KEY(filter_id) REFERENCES post_filter (id) ON DELETE CASCADE
);
CREATE INDEX ix_filter_keyword_filter_id ON filter_keyword (filter_id);
CREATE TABLE filter_status (
	filter_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_filter_status PRIMARY KEY (id),
	CONSTRAINT fk_filter_status_filter_id FOREIGN KEY(filter_id) REFERENCES post_filter (id) ON DELETE CASCADE,
	CONSTRAINT fk_filter_status_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_filter_status_post_id ON filter_status (post_id);
CREATE UNIQUE INDEX uq_filter_status ON filter_status (filter_id, post_id);
CREATE TABLE home_entry (
	actor_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	CONSTRAINT pk_home_entry PRIMARY KEY (actor_id, post_id),
	CONSTRAINT fk_home_entry_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_home_entry_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_home_entry_post_id ON home_entry (post_id);
CREATE TABLE import_row (
	import_id BIGINT NOT NULL,
	position BIGINT NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	options JSONB NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	tries BIGINT NOT NULL,
	problem TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_import_row PRIMARY KEY (import_id, position),
	CONSTRAINT fk_import_row_import_id FOREIGN KEY(import_id) REFERENCES import_file (id) ON DELETE CASCADE
);
CREATE INDEX ix_import_row_state ON import_row (import_id, state, position);
CREATE TABLE invite (
	made_by_id BIGINT NOT NULL,
	code_hash TEXT COLLATE "C" NOT NULL,
	sealed_code BYTEA NOT NULL,
	note TEXT COLLATE "C" NOT NULL,
	uses BIGINT NOT NULL,
	uses_left BIGINT,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_invite PRIMARY KEY (id),
	CONSTRAINT fk_invite_made_by_id FOREIGN KEY(made_by_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_invite_code_hash UNIQUE (code_hash)
);
CREATE INDEX ix_invite_ends_at ON invite (ends_at);
CREATE INDEX ix_invite_made_by_id ON invite (made_by_id);
CREATE TABLE list_entry (
	list_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	CONSTRAINT pk_list_entry PRIMARY KEY (list_id, post_id),
	CONSTRAINT fk_list_entry_list_id FOREIGN KEY(list_id) REFERENCES account_list (id) ON DELETE CASCADE,
	CONSTRAINT fk_list_entry_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_list_entry_post_id ON list_entry (post_id);
CREATE TABLE listed_account (
	list_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	CONSTRAINT pk_listed_account PRIMARY KEY (list_id, actor_id),
	CONSTRAINT fk_listed_account_list_id FOREIGN KEY(list_id) REFERENCES account_list (id) ON DELETE CASCADE,
	CONSTRAINT fk_listed_account_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_listed_account_actor_id ON listed_account (actor_id);
CREATE TABLE mailed_link (
	member_id BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	token_hash TEXT COLLATE "C" NOT NULL,
	bound_to TEXT COLLATE "C",
	sealed_email BYTEA,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_mailed_link PRIMARY KEY (id),
	CONSTRAINT fk_mailed_link_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_mailed_link_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_mailed_link_ends_at ON mailed_link (ends_at);
CREATE INDEX ix_mailed_link_member_id ON mailed_link (member_id);
CREATE TABLE passkey (
	member_id BIGINT NOT NULL,
	credential_id TEXT COLLATE "C" NOT NULL,
	public_key BYTEA NOT NULL,
	sign_count BIGINT NOT NULL,
	transports JSONB NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	last_used_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_passkey PRIMARY KEY (id),
	CONSTRAINT fk_passkey_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id)
);
CREATE INDEX ix_passkey_member_id ON passkey (member_id);
CREATE TABLE pending_sign_in (
	key_hash TEXT COLLATE "C" NOT NULL,
	member_id BIGINT NOT NULL,
	password_hash TEXT COLLATE "C" NOT NULL,
	device TEXT COLLATE "C" NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_pending_sign_in PRIMARY KEY (key_hash),
	CONSTRAINT fk_pending_sign_in_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_pending_sign_in_ends_at ON pending_sign_in (ends_at);
CREATE INDEX ix_pending_sign_in_member_id ON pending_sign_in (member_id);
CREATE TABLE pin (
	actor_id BIGINT NOT NULL,
	post_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_pin PRIMARY KEY (id),
	CONSTRAINT fk_pin_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT fk_pin_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_pin_post_id ON pin (post_id);
CREATE UNIQUE INDEX uq_pin ON pin (actor_id, post_id);
CREATE TABLE poll (
	post_id BIGINT NOT NULL,
	options JSONB NOT NULL,
	multiple BOOLEAN NOT NULL,
	hides_totals BOOLEAN NOT NULL,
	ends_at TIMESTAMP WITH TIME ZONE,
	closed_at TIMESTAMP WITH TIME ZONE,
	voters_count BIGINT NOT NULL,
	votes_beside JSONB NOT NULL,
	stays_home BOOLEAN NOT NULL,
	CONSTRAINT pk_poll PRIMARY KEY (post_id),
	CONSTRAINT fk_poll_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_poll_ends_at ON poll (ends_at);
CREATE TABLE poll_vote (
	post_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	choice BIGINT NOT NULL,
	uri TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_poll_vote PRIMARY KEY (id),
	CONSTRAINT fk_poll_vote_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
	CONSTRAINT fk_poll_vote_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_poll_vote_actor_id ON poll_vote (actor_id);
CREATE UNIQUE INDEX uq_poll_vote ON poll_vote (post_id, actor_id, choice);
CREATE TABLE post_edit (
	post_id BIGINT NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	content_warning TEXT COLLATE "C" NOT NULL,
	sensitive BOOLEAN NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	attachments JSONB NOT NULL,
	poll_options JSONB NOT NULL,
	written_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_post_edit PRIMARY KEY (id),
	CONSTRAINT fk_post_edit_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_post_edit_post_id ON post_edit (post_id);
CREATE TABLE post_link (
	post_id BIGINT NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_post_link PRIMARY KEY (post_id),
	CONSTRAINT fk_post_link_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_post_link_url ON post_link (url);
CREATE TABLE post_mention (
	post_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	silent BOOLEAN NOT NULL,
	CONSTRAINT pk_post_mention PRIMARY KEY (post_id, actor_id),
	CONSTRAINT fk_post_mention_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
	CONSTRAINT fk_post_mention_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_post_mention_actor_id ON post_mention (actor_id);
CREATE TABLE post_tag (
	name TEXT COLLATE "C" NOT NULL,
	post_id BIGINT NOT NULL,
	display_name TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_post_tag PRIMARY KEY (name, post_id),
	CONSTRAINT fk_post_tag_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE INDEX ix_post_tag_post_id ON post_tag (post_id);
CREATE TABLE post_words (
	post_id BIGINT NOT NULL,
	words TEXT COLLATE "C" NOT NULL,
	facets TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_post_words PRIMARY KEY (post_id),
	CONSTRAINT fk_post_words_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE
);
CREATE TABLE quote_approval (
	kind TEXT COLLATE "C" NOT NULL,
	slug TEXT COLLATE "C" NOT NULL,
	uri TEXT COLLATE "C" NOT NULL,
	post_id BIGINT NOT NULL,
	quoting_uri TEXT COLLATE "C" NOT NULL,
	quoter_id BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_quote_approval PRIMARY KEY (id),
	CONSTRAINT uq_quote_approval_slug UNIQUE (slug),
	CONSTRAINT uq_quote_approval_uri UNIQUE (uri),
	CONSTRAINT fk_quote_approval_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
	CONSTRAINT fk_quote_approval_quoter_id FOREIGN KEY(quoter_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_quote_approval_quoter_id ON quote_approval (quoter_id);
CREATE UNIQUE INDEX uq_quote_approval ON quote_approval (post_id, kind, quoting_uri);
CREATE TABLE recovery_code (
	member_id BIGINT NOT NULL,
	code_hash TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_recovery_code PRIMARY KEY (id),
	CONSTRAINT fk_recovery_code_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_recovery_code_code_hash UNIQUE (code_hash)
);
CREATE INDEX ix_recovery_code_member_id ON recovery_code (member_id);
CREATE TABLE refresh_token (
	token_hash TEXT COLLATE "C" NOT NULL,
	grant_id BIGINT NOT NULL,
	application_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	scopes TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	used_at TIMESTAMP WITH TIME ZONE,
	revoked_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_refresh_token PRIMARY KEY (id),
	CONSTRAINT uq_refresh_token_token_hash UNIQUE (token_hash),
	CONSTRAINT fk_refresh_token_application_id FOREIGN KEY(application_id) REFERENCES application (id) ON DELETE CASCADE,
	CONSTRAINT fk_refresh_token_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_refresh_token_application_id ON refresh_token (application_id);
CREATE INDEX ix_refresh_token_expires_at ON refresh_token (expires_at);
CREATE INDEX ix_refresh_token_grant_id ON refresh_token (grant_id);
CREATE INDEX ix_refresh_token_member_id ON refresh_token (member_id);
CREATE TABLE report_note (
	report_id BIGINT NOT NULL,
	author_id BIGINT,
	text TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_report_note PRIMARY KEY (id),
	CONSTRAINT fk_report_note_report_id FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE CASCADE,
	CONSTRAINT fk_report_note_author_id FOREIGN KEY(author_id) REFERENCES actor (id) ON DELETE SET NULL
);
CREATE INDEX ix_report_note_report_id ON report_note (report_id);
CREATE TABLE search_announcement (
	search_id BIGINT NOT NULL,
	vacancy_id BIGINT NOT NULL,
	announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_search_announcement PRIMARY KEY (search_id, vacancy_id),
	CONSTRAINT fk_search_announcement_search_id FOREIGN KEY(search_id) REFERENCES vacancy_search (id) ON DELETE CASCADE,
	CONSTRAINT fk_search_announcement_vacancy_id FOREIGN KEY(vacancy_id) REFERENCES vacancy (id) ON DELETE CASCADE
);
CREATE INDEX ix_search_announcement_vacancy_id ON search_announcement (vacancy_id);
CREATE TABLE search_subscription (
	member_id BIGINT NOT NULL,
	query TEXT COLLATE "C" NOT NULL,
	notify BOOLEAN NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	digest_sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	feed_hash TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_search_subscription PRIMARY KEY (id),
	CONSTRAINT fk_search_subscription_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_search_subscription_feed_hash UNIQUE (feed_hash)
);
CREATE INDEX ix_search_subscription_digest ON search_subscription (digest, digest_sent_at);
CREATE INDEX ix_search_subscription_query ON search_subscription (query);
CREATE UNIQUE INDEX uq_search_subscription ON search_subscription (member_id, query);
CREATE TABLE sign_up (
	member_id BIGINT NOT NULL,
	application_id BIGINT,
	reason TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	approved_at TIMESTAMP WITH TIME ZONE,
	confirmed_at TIMESTAMP WITH TIME ZONE,
	sealed_email BYTEA,
	email_key TEXT COLLATE "C",
	reach TEXT COLLATE "C",
	CONSTRAINT pk_sign_up PRIMARY KEY (member_id),
	CONSTRAINT fk_sign_up_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE INDEX ix_sign_up_email_key ON sign_up (email_key);
CREATE TABLE solidarity_message (
	call_id BIGINT NOT NULL,
	actor_id BIGINT,
	name TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	language TEXT COLLATE "C" NOT NULL,
	shown BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_solidarity_message PRIMARY KEY (id),
	CONSTRAINT fk_solidarity_message_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT fk_solidarity_message_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_solidarity_message_actor_id ON solidarity_message (actor_id);
CREATE INDEX ix_solidarity_message_shown ON solidarity_message (call_id, shown, id);
CREATE TABLE thunderclap (
	call_id BIGINT NOT NULL,
	uri TEXT COLLATE "C",
	message JSONB NOT NULL,
	threshold BIGINT NOT NULL,
	release_at TIMESTAMP WITH TIME ZONE NOT NULL,
	window_seconds BIGINT NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	post_id BIGINT,
	released_at TIMESTAMP WITH TIME ZONE,
	pledges_at_release BIGINT NOT NULL,
	delivered_count BIGINT NOT NULL,
	failed_count BIGINT NOT NULL,
	finished_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_thunderclap PRIMARY KEY (id),
	CONSTRAINT uq_thunderclap_call_id UNIQUE (call_id),
	CONSTRAINT fk_thunderclap_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE,
	CONSTRAINT uq_thunderclap_uri UNIQUE (uri)
);
CREATE INDEX ix_thunderclap_release ON thunderclap (finished_at, release_at);
CREATE TABLE totp_secret (
	member_id BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	last_counter BIGINT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	confirmed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_totp_secret PRIMARY KEY (member_id),
	CONSTRAINT fk_totp_secret_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE
);
CREATE TABLE union_count (
	call_id BIGINT NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	union_uri TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	statement TEXT COLLATE "C" NOT NULL,
	stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_union_count PRIMARY KEY (id),
	CONSTRAINT fk_union_count_call_id FOREIGN KEY(call_id) REFERENCES campaign_call (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_union_count ON union_count (call_id, host, kind);
CREATE TABLE vacancy_source (
	vacancy_id BIGINT NOT NULL,
	post_id BIGINT,
	board_id BIGINT NOT NULL,
	uri TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	posting JSONB NOT NULL,
	source_url TEXT COLLATE "C" NOT NULL,
	verified BOOLEAN NOT NULL,
	ended TEXT COLLATE "C" NOT NULL,
	closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
	closes_zone TEXT COLLATE "C" NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_vacancy_source PRIMARY KEY (id),
	CONSTRAINT fk_vacancy_source_vacancy_id FOREIGN KEY(vacancy_id) REFERENCES vacancy (id) ON DELETE CASCADE,
	CONSTRAINT uq_vacancy_source_post_id UNIQUE (post_id),
	CONSTRAINT fk_vacancy_source_post_id FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
	CONSTRAINT fk_vacancy_source_board_id FOREIGN KEY(board_id) REFERENCES actor (id) ON DELETE CASCADE,
	CONSTRAINT uq_vacancy_source_uri UNIQUE (uri)
);
CREATE INDEX ix_vacancy_source_board_id ON vacancy_source (board_id);
CREATE INDEX ix_vacancy_source_vacancy_id ON vacancy_source (vacancy_id);
CREATE TABLE watched_item (
	page_id BIGINT NOT NULL,
	key TEXT COLLATE "C" NOT NULL,
	stamp TEXT COLLATE "C" NOT NULL,
	mark TEXT COLLATE "C" NOT NULL,
	vacancy_id BIGINT,
	fault TEXT COLLATE "C" NOT NULL,
	read_at TIMESTAMP WITH TIME ZONE NOT NULL,
	missing_since TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_watched_item PRIMARY KEY (id),
	CONSTRAINT fk_watched_item_page_id FOREIGN KEY(page_id) REFERENCES watched_page (id) ON DELETE CASCADE,
	CONSTRAINT fk_watched_item_vacancy_id FOREIGN KEY(vacancy_id) REFERENCES vacancy (id) ON DELETE SET NULL
);
CREATE INDEX ix_watched_item_vacancy_id ON watched_item (vacancy_id);
CREATE UNIQUE INDEX uq_watched_item ON watched_item (page_id, key);
CREATE TABLE web_session (
	member_id BIGINT NOT NULL,
	key_hash TEXT COLLATE "C" NOT NULL,
	signed_in_at TIMESTAMP WITH TIME ZONE NOT NULL,
	last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	proved_at TIMESTAMP WITH TIME ZONE NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	device TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_web_session PRIMARY KEY (id),
	CONSTRAINT fk_web_session_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT uq_web_session_key_hash UNIQUE (key_hash)
);
CREATE INDEX ix_web_session_last_seen_at ON web_session (last_seen_at);
CREATE INDEX ix_web_session_member_id ON web_session (member_id);
CREATE TABLE invite_use (
	member_id BIGINT NOT NULL,
	invite_id BIGINT NOT NULL,
	used_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_invite_use PRIMARY KEY (member_id),
	CONSTRAINT fk_invite_use_member_id FOREIGN KEY(member_id) REFERENCES member (id) ON DELETE CASCADE,
	CONSTRAINT fk_invite_use_invite_id FOREIGN KEY(invite_id) REFERENCES invite (id) ON DELETE CASCADE
);
CREATE INDEX ix_invite_use_invite_id ON invite_use (invite_id);
CREATE INDEX ix_invite_use_used_at ON invite_use (used_at);
CREATE TABLE pledge (
	thunderclap_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	route TEXT COLLATE "C" NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	reminded_at TIMESTAMP WITH TIME ZONE,
	told_at TIMESTAMP WITH TIME ZONE,
	id BIGINT NOT NULL,
	CONSTRAINT pk_pledge PRIMARY KEY (id),
	CONSTRAINT fk_pledge_thunderclap_id FOREIGN KEY(thunderclap_id) REFERENCES thunderclap (id) ON DELETE CASCADE,
	CONSTRAINT fk_pledge_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_pledge_actor_id ON pledge (actor_id);
CREATE INDEX ix_pledge_due ON pledge (thunderclap_id, due_at);
CREATE UNIQUE INDEX uq_pledge ON pledge (thunderclap_id, actor_id);
CREATE TABLE push_subscription (
	token_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	endpoint TEXT COLLATE "C" NOT NULL,
	sealed_keys BYTEA NOT NULL,
	sealed_token BYTEA NOT NULL,
	alerts JSONB NOT NULL,
	policy TEXT COLLATE "C" NOT NULL,
	standard BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	id BIGINT NOT NULL,
	CONSTRAINT pk_push_subscription PRIMARY KEY (id),
	CONSTRAINT uq_push_subscription_token_id UNIQUE (token_id),
	CONSTRAINT fk_push_subscription_token_id FOREIGN KEY(token_id) REFERENCES access_token (id) ON DELETE CASCADE,
	CONSTRAINT fk_push_subscription_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX ix_push_subscription_actor_id ON push_subscription (actor_id);
CREATE TABLE subscription_match (
	subscription_id BIGINT NOT NULL,
	vacancy_id BIGINT NOT NULL,
	matched_at TIMESTAMP WITH TIME ZONE NOT NULL,
	told_at TIMESTAMP WITH TIME ZONE,
	mailed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_subscription_match PRIMARY KEY (subscription_id, vacancy_id),
	CONSTRAINT fk_subscription_match_subscription_id FOREIGN KEY(subscription_id) REFERENCES search_subscription (id) ON DELETE CASCADE,
	CONSTRAINT fk_subscription_match_vacancy_id FOREIGN KEY(vacancy_id) REFERENCES vacancy (id) ON DELETE CASCADE
);
CREATE INDEX ix_subscription_match_newest ON subscription_match (subscription_id, matched_at);
CREATE INDEX ix_subscription_match_told ON subscription_match (subscription_id, told_at) WHERE told_at IS NOT NULL;
CREATE INDEX ix_subscription_match_vacancy_id ON subscription_match (vacancy_id);
CREATE INDEX ft_actor ON actor USING gin (to_tsvector('simple'::regconfig, display_key));
CREATE INDEX ft_vacancy ON vacancy USING gin (to_tsvector('simple'::regconfig, words));
CREATE INDEX ft_post_words ON post_words USING gin (to_tsvector('simple'::regconfig, words), to_tsvector('simple'::regconfig, facets));
CREATE FUNCTION audit_entry_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''rows of audit_entry stay as they are''; END';
CREATE TRIGGER audit_entry_keep_update BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_keep();
CREATE TRIGGER audit_entry_keep_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_keep();
CREATE TRIGGER audit_entry_keep_truncate BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION audit_entry_keep();
CREATE FUNCTION audit_head_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''rows of audit_head stay as they are''; END';
CREATE TRIGGER audit_head_keep_update BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (new.number <> old.number + 1) EXECUTE FUNCTION audit_head_keep();
CREATE TRIGGER audit_head_keep_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_keep();
CREATE TRIGGER audit_head_keep_truncate BEFORE TRUNCATE ON audit_head EXECUTE FUNCTION audit_head_keep();
