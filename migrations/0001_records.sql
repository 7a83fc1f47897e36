-- The mirror of the CRMs, and what is derived from each record alone.
-- A ref (`salesforce:lead:00Q…`) names one record everywhere; "C" collation makes comparing it a memcmp.

create table connection (
  vendor      text primary key,
  -- What the vendor calls the account (org id, portal id); data of two accounts must never mix.
  account     text,
  created_at  timestamptz not null default now()
);

-- Where the scan of one object stands; written in the transaction that stores the page.
create table cursor (
  vendor      text not null,
  object      text not null,
  value       jsonb,
  -- When the last scan ended, by our clock; the newest stamp of the CRM among its records; how many we hold.
  scanned_at  timestamptz,
  last_change timestamptz,
  records     bigint not null default 0,
  primary key (vendor, object)
);

create table record (
  ref         text collate "C" primary key,
  fields      jsonb not null,
  -- md5 of the fields and of everything derived from them; equal means nothing we use has changed.
  hash        uuid not null,
  -- The CRM's stamp at the last change of anything we use; an echo of our own write leaves it alone.
  modified_at timestamptz not null,
  deleted_at  timestamptz,
  first_seen  timestamptz not null,
  changed_at  timestamptz not null
);

create table fact (
  -- The record that says so, and the fact's natural key within it.
  source      text collate "C" not null,
  key         text collate "C" not null,
  -- The lead, contact or deal about which it is.
  subject     text collate "C" not null,
  kind        text not null,
  origin      text not null,
  at          timestamptz not null,
  data        jsonb not null,
  -- When we first knew it as it now stands.
  known_at    timestamptz not null,
  primary key (source, key)
);
create index fact_subject on fact (subject);
-- Who owned or did something: when a rep changes, the verdicts that speak of them are found by it.
create index fact_who on fact ((coalesce(data ->> 'actor', data ->> 'owner')))
  where kind in ('activity', 'owner', 'owner_now', 'deal');

-- What ties a person-like record to a human.
create table identity (
  ref         text collate "C" not null,
  key         text collate "C" not null,
  reason      text not null,
  primary key (ref, key)
);
create index identity_key on identity (key);

-- Ties a deal to a person-like record; `via` is the record that says so.
create table membership (
  via         text collate "C" not null,
  deal        text collate "C" not null,
  member      text collate "C" not null,
  primary key (via, deal, member)
);
create index membership_deal on membership (deal);
create index membership_member on membership (member);

-- Leads, contacts and deals about which something changed. Appended to, never updated: a mark made while another is
-- being worked off is a row of its own, so none is lost and nobody waits. Marks of one ref are taken together.
create table stale_record (
  ref         text collate "C" not null
);
create index stale_record_ref on stale_record (ref);
