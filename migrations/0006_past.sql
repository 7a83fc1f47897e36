-- What a change overwrites is kept with how long we held it to be true, so that everything can be asked as it stood at
-- a past instant, from what was known then. A row held from known_at until just before known_until. Only a change adds
-- to these tables; a first reading leaves them alone.

-- What was overwritten before today is lost: of what stands today we say that it is known from now on.
alter table person_record add column known_at timestamptz not null default now();
alter table person_record alter column known_at drop default;
alter table membership add column known_at timestamptz not null default now();
alter table membership alter column known_at drop default;
alter table rep add column known_at timestamptz not null default now();
alter table rep alter column known_at drop default;

create table fact_past (
  source      text collate "C" not null,
  key         text collate "C" not null,
  subject     text collate "C" not null,
  kind        text not null,
  origin      text not null,
  at          timestamptz not null,
  data        jsonb not null,
  known_at    timestamptz not null,
  known_until timestamptz not null
);
create index fact_past_subject on fact_past (subject);

create table person_record_past (
  ref         text collate "C" not null,
  person      bigint not null,
  reason      text not null,
  key         text collate "C" not null,
  known_at    timestamptz not null,
  known_until timestamptz not null
);
create index person_record_past_ref on person_record_past (ref);
create index person_record_past_person on person_record_past (person);

create table membership_past (
  via         text collate "C" not null,
  deal        text collate "C" not null,
  member      text collate "C" not null,
  known_at    timestamptz not null,
  known_until timestamptz not null
);
create index membership_past_deal on membership_past (deal);
create index membership_past_member on membership_past (member);

create table rep_past (
  ref         text collate "C" not null,
  rep         text collate "C" not null,
  name        text not null,
  email       text,
  time_zone   text,
  active      boolean not null,
  human       boolean not null,
  known_at    timestamptz not null,
  known_until timestamptz not null
);
create index rep_past_until on rep_past (known_until);

-- The present and the past together: what stands is known until further notice.
create view fact_ever as
  select source, key, subject, kind, origin, at, data, known_at, 'infinity'::timestamptz as known_until from fact
  union all select source, key, subject, kind, origin, at, data, known_at, known_until from fact_past;
create view person_record_ever as
  select ref, person, reason, key, known_at, 'infinity'::timestamptz as known_until from person_record
  union all select ref, person, reason, key, known_at, known_until from person_record_past;
create view membership_ever as
  select via, deal, member, known_at, 'infinity'::timestamptz as known_until from membership
  union all select via, deal, member, known_at, known_until from membership_past;
create view rep_ever as
  select ref, rep, name, email, time_zone, active, human, known_at, 'infinity'::timestamptz as known_until from rep
  union all select ref, rep, name, email, time_zone, active, human, known_at, known_until from rep_past;
