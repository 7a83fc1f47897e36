create table almanac (
  source text collate "C" not null,
  name text not null,
  data jsonb,
  hash text,
  fetched_at timestamp with time zone,
  tried_at timestamp with time zone not null,
  error text,
  needs_person boolean not null default false
);
CREATE UNIQUE INDEX almanac_pkey ON public.almanac USING btree (source);

create table budget (
  vendor text not null,
  ledger jsonb not null
);
CREATE UNIQUE INDEX budget_pkey ON public.budget USING btree (vendor);

create table census (
  ref text collate "C" not null,
  stamp timestamp with time zone not null,
  deleted boolean not null,
  unstamped jsonb
);
CREATE INDEX census_ref ON public.census USING btree (ref, stamp DESC);

create table certificate (
  id bigint not null generated always as identity,
  vendor text not null,
  object text not null,
  covers_from timestamp with time zone,
  covers_until timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  agrees boolean not null,
  result jsonb not null
);
CREATE INDEX certificate_newest ON public.certificate USING btree (vendor, object, id DESC);
CREATE UNIQUE INDEX certificate_pkey ON public.certificate USING btree (id);

create table connection (
  vendor text not null,
  account text,
  created_at timestamp with time zone not null default now(),
  refused_since timestamp with time zone,
  refusal text
);
CREATE UNIQUE INDEX connection_pkey ON public.connection USING btree (vendor);

create table credential (
  vendor text not null,
  kind text not null,
  account text not null,
  key_version integer not null,
  sealed bytea not null,
  updated_at timestamp with time zone not null default now(),
  refused_at timestamp with time zone
);
CREATE UNIQUE INDEX credential_pkey ON public.credential USING btree (vendor, kind);

create table cursor (
  vendor text not null,
  object text not null,
  value jsonb,
  scanned_at timestamp with time zone,
  last_change timestamp with time zone,
  records bigint not null default 0,
  fresh_at timestamp with time zone,
  wanted boolean not null default false,
  blind_since timestamp with time zone
);
CREATE UNIQUE INDEX cursor_pkey ON public.cursor USING btree (vendor, object);

create table delivery (
  signature bytea not null,
  at timestamp with time zone not null
);
CREATE INDEX delivery_at ON public.delivery USING btree (at);
CREATE UNIQUE INDEX delivery_pkey ON public.delivery USING btree (signature);

create table event_stream (
  vendor text not null,
  object text not null,
  position text,
  refusal text,
  missed_at timestamp with time zone,
  heard_at timestamp with time zone not null
);
CREATE UNIQUE INDEX event_stream_pkey ON public.event_stream USING btree (vendor, object);

create table fact (
  source text collate "C" not null,
  key text collate "C" not null,
  subject text collate "C" not null,
  kind text not null,
  origin text not null,
  at timestamp with time zone not null,
  data jsonb not null,
  known_at timestamp with time zone not null
);
CREATE UNIQUE INDEX fact_pkey ON public.fact USING btree (source, key);
CREATE INDEX fact_subject ON public.fact USING btree (subject);
CREATE INDEX fact_who ON public.fact USING btree (COALESCE((data ->> 'actor'::text), (data ->> 'owner'::text))) WHERE (kind = ANY (ARRAY['activity'::text, 'owner'::text, 'owner_now'::text, 'deal'::text]));

create table fact_past (
  source text collate "C" not null,
  key text collate "C" not null,
  subject text collate "C" not null,
  kind text not null,
  origin text not null,
  at timestamp with time zone not null,
  data jsonb not null,
  known_at timestamp with time zone not null,
  known_until timestamp with time zone not null
);
CREATE INDEX fact_past_subject ON public.fact_past USING btree (subject);

create table handoff (
  person bigint not null,
  opened_by text collate "C" not null,
  number integer not null,
  t0 timestamp with time zone,
  t1 timestamp with time zone not null,
  t2 timestamp with time zone,
  t3 timestamp with time zone,
  t4 timestamp with time zone,
  t5 timestamp with time zone,
  t6 timestamp with time zone,
  t7 timestamp with time zone,
  owner text collate "C",
  source text,
  campaign text,
  country text,
  attempts integer not null,
  follow_up_ms bigint,
  outcome text,
  ended_at timestamp with time zone,
  sal_at timestamp with time zone,
  opportunity_at timestamp with time zone,
  won_at timestamp with time zone,
  lost_at timestamp with time zone,
  deal_owner text collate "C",
  won_minor bigint,
  feedback_reason text,
  feedback_note text,
  day_precise text[] not null,
  segment text,
  score double precision,
  hubspot_at timestamp with time zone,
  salesforce_at timestamp with time zone,
  dropped text,
  dropped_since timestamp with time zone
) with (fillfactor=85);
CREATE INDEX handoff_dropped ON public.handoff USING btree (dropped_since, opened_by, person) INCLUDE (dropped) WHERE (dropped IS NOT NULL);
CREATE INDEX handoff_owner ON public.handoff USING btree (owner);
CREATE INDEX handoff_person ON public.handoff USING btree (person);
CREATE UNIQUE INDEX handoff_pkey ON public.handoff USING btree (opened_by, person);
CREATE INDEX handoff_t1 ON public.handoff USING btree (t1);

create table hint (
  vendor text not null,
  object text not null,
  id text collate "C" not null,
  seq bigint not null generated always as identity
);
CREATE UNIQUE INDEX hint_pkey ON public.hint USING btree (vendor, object, id);
CREATE UNIQUE INDEX hint_seq ON public.hint USING btree (seq);

create table identity (
  ref text collate "C" not null,
  key text collate "C" not null,
  reason text not null
);
CREATE INDEX identity_key ON public.identity USING btree (key);
CREATE UNIQUE INDEX identity_pkey ON public.identity USING btree (ref, key);

create table linked_under (
  shared_mailboxes text[]
);

create table membership (
  via text collate "C" not null,
  deal text collate "C" not null,
  member text collate "C" not null,
  known_at timestamp with time zone not null
);
CREATE INDEX membership_deal ON public.membership USING btree (deal);
CREATE INDEX membership_member ON public.membership USING btree (member);
CREATE UNIQUE INDEX membership_pkey ON public.membership USING btree (via, deal, member);

create table membership_past (
  via text collate "C" not null,
  deal text collate "C" not null,
  member text collate "C" not null,
  known_at timestamp with time zone not null,
  known_until timestamp with time zone not null
);
CREATE INDEX membership_past_deal ON public.membership_past USING btree (deal);
CREATE INDEX membership_past_member ON public.membership_past USING btree (member);

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now()
);
CREATE UNIQUE INDEX migration_pkey ON public.migration USING btree (number);

create table person (
  id bigint not null generated always as identity,
  wake_at timestamp with time zone,
  verdict uuid
);
CREATE UNIQUE INDEX person_pkey ON public.person USING btree (id);
CREATE INDEX person_wake ON public.person USING btree (wake_at) WHERE (wake_at IS NOT NULL);

create table person_record (
  ref text collate "C" not null,
  person bigint not null,
  reason text not null,
  key text collate "C" not null,
  known_at timestamp with time zone not null
);
CREATE INDEX person_record_person ON public.person_record USING btree (person);
CREATE UNIQUE INDEX person_record_pkey ON public.person_record USING btree (ref);

create table person_record_past (
  ref text collate "C" not null,
  person bigint not null,
  reason text not null,
  key text collate "C" not null,
  known_at timestamp with time zone not null,
  known_until timestamp with time zone not null
);
CREATE INDEX person_record_past_person ON public.person_record_past USING btree (person);
CREATE INDEX person_record_past_ref ON public.person_record_past USING btree (ref);

create table policy_version (
  number integer not null,
  hash text not null,
  name text not null,
  effective timestamp with time zone not null,
  policy json not null,
  text text not null,
  published_at timestamp with time zone not null
);
CREATE UNIQUE INDEX policy_version_pkey ON public.policy_version USING btree (number);

create table promise (
  handoff text collate "C" not null,
  person bigint not null,
  name text not null,
  tier text not null,
  state text not null,
  kind text not null,
  from_at timestamp with time zone,
  until_at timestamp with time zone,
  warn_at timestamp with time zone,
  due_at timestamp with time zone,
  counted_ms bigint,
  excuse text,
  lead_ms bigint,
  rep_ms bigint,
  paused_ms bigint
) with (fillfactor=85);
CREATE INDEX promise_first_attempt_due ON public.promise USING btree (due_at) WHERE (name = 'first_attempt'::text);
CREATE INDEX promise_overdue ON public.promise USING btree (due_at, handoff, person) WHERE (state = 'overdue'::text);
CREATE UNIQUE INDEX promise_pkey ON public.promise USING btree (handoff, person, name);

create table reconcile (
  vendor text not null,
  object text not null,
  step bigint not null,
  until timestamp with time zone not null,
  started_at timestamp with time zone not null,
  state jsonb not null
);
CREATE UNIQUE INDEX reconcile_pkey ON public.reconcile USING btree (vendor, object);

create table record (
  ref text collate "C" not null,
  fields jsonb not null,
  hash uuid not null,
  modified_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  first_seen timestamp with time zone not null,
  changed_at timestamp with time zone not null
);
CREATE UNIQUE INDEX record_pkey ON public.record USING btree (ref);

create table rep (
  ref text collate "C" not null,
  rep text collate "C" not null,
  name text not null,
  email text,
  time_zone text,
  active boolean not null,
  human boolean not null,
  known_at timestamp with time zone not null,
  inactive_since timestamp with time zone,
  team text,
  country text
);
CREATE INDEX rep_email ON public.rep USING btree (lower(email));
CREATE UNIQUE INDEX rep_pkey ON public.rep USING btree (ref);
CREATE INDEX rep_rep ON public.rep USING btree (rep);

create table rep_past (
  ref text collate "C" not null,
  rep text collate "C" not null,
  name text not null,
  email text,
  time_zone text,
  active boolean not null,
  human boolean not null,
  known_at timestamp with time zone not null,
  known_until timestamp with time zone not null,
  inactive_since timestamp with time zone,
  team text,
  country text
);
CREATE INDEX rep_past_until ON public.rep_past USING btree (known_until);

create table run (
  id bigint not null generated always as identity,
  kind text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  counts jsonb,
  error text
);
CREATE UNIQUE INDEX run_pkey ON public.run USING btree (id);

create table sign_in (
  state_hash bytea not null,
  browser_hash bytea not null,
  vendor text not null,
  expires_at timestamp with time zone not null
);
CREATE UNIQUE INDEX sign_in_pkey ON public.sign_in USING btree (state_hash);

create table stale_person (
  person bigint not null
);
CREATE INDEX stale_person_person ON public.stale_person USING btree (person);

create table stale_record (
  ref text collate "C" not null
);
CREATE INDEX stale_record_ref ON public.stale_record USING btree (ref);

create table target (
  ref text collate "C" not null,
  vendor text not null,
  object text not null,
  desired jsonb,
  acked jsonb not null,
  original jsonb not null,
  seq bigint not null,
  claimed_by integer,
  sending jsonb,
  doubt boolean not null default false,
  attempts integer not null default 0,
  next_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  error text,
  written_at timestamp with time zone
) with (fillfactor=70);
CREATE INDEX target_claim ON public.target USING btree (claimed_by) WHERE (claimed_by IS NOT NULL);
CREATE INDEX target_dirty ON public.target USING btree (vendor, object, next_at, ref) WHERE ((desired <> acked) AND (claimed_by IS NULL) AND (NOT doubt));
CREATE INDEX target_doubt ON public.target USING btree (vendor, object, ref) WHERE (doubt AND (claimed_by IS NULL));
CREATE UNIQUE INDEX target_pkey ON public.target USING btree (ref);

create table verified (
  ref text collate "C" not null,
  modified_at timestamp with time zone not null,
  stamp timestamp with time zone not null
);
CREATE UNIQUE INDEX verified_pkey ON public.verified USING btree (ref);

create sequence certificate_id_seq as bigint;

create sequence claim_number as integer cycle;

create sequence hint_seq_seq as bigint;

create sequence person_id_seq as bigint;

create sequence run_id_seq as bigint;

create sequence target_seq as bigint;

create view fact_ever as
 SELECT fact.source,
    fact.key,
    fact.subject,
    fact.kind,
    fact.origin,
    fact.at,
    fact.data,
    fact.known_at,
    'infinity'::timestamp with time zone AS known_until
   FROM fact
UNION ALL
 SELECT fact_past.source,
    fact_past.key,
    fact_past.subject,
    fact_past.kind,
    fact_past.origin,
    fact_past.at,
    fact_past.data,
    fact_past.known_at,
    fact_past.known_until
   FROM fact_past;

create view membership_ever as
 SELECT membership.via,
    membership.deal,
    membership.member,
    membership.known_at,
    'infinity'::timestamp with time zone AS known_until
   FROM membership
UNION ALL
 SELECT membership_past.via,
    membership_past.deal,
    membership_past.member,
    membership_past.known_at,
    membership_past.known_until
   FROM membership_past;

create view person_record_ever as
 SELECT person_record.ref,
    person_record.person,
    person_record.reason,
    person_record.key,
    person_record.known_at,
    'infinity'::timestamp with time zone AS known_until
   FROM person_record
UNION ALL
 SELECT person_record_past.ref,
    person_record_past.person,
    person_record_past.reason,
    person_record_past.key,
    person_record_past.known_at,
    person_record_past.known_until
   FROM person_record_past;

create view rep_ever as
 SELECT rep.ref,
    rep.rep,
    rep.name,
    rep.email,
    rep.time_zone,
    rep.active,
    rep.human,
    rep.known_at,
    'infinity'::timestamp with time zone AS known_until,
    rep.inactive_since,
    rep.team,
    rep.country
   FROM rep
UNION ALL
 SELECT rep_past.ref,
    rep_past.rep,
    rep_past.name,
    rep_past.email,
    rep_past.time_zone,
    rep_past.active,
    rep_past.human,
    rep_past.known_at,
    rep_past.known_until,
    rep_past.inactive_since,
    rep_past.team,
    rep_past.country
   FROM rep_past;
