-- Who the records belong to.

create table person (
  id          bigint generated always as identity primary key,
  -- The next instant at which a verdict on this person can change without a new fact; null: never.
  wake_at     timestamptz,
  -- md5 of all verdicts and of what the records should show, as last stored; null: not judged yet.
  verdict     uuid
);
create index person_wake on person (wake_at) where wake_at is not null;

-- One row a person-like record. `reason` says what tied it to the others, `key` by which identity key.
create table person_record (
  ref         text collate "C" primary key,
  person      bigint not null,
  reason      text not null,
  key         text collate "C" not null
);
create index person_record_person on person_record (person);

-- Persons to judge again. Appended to, like stale_record.
create table stale_person (
  person      bigint not null
);
create index stale_person_person on stale_person (person);

-- Every user and queue of both CRMs; `rep` is the ref under which that human is known in both.
create table rep (
  ref         text collate "C" primary key,
  rep         text collate "C" not null,
  name        text not null,
  email       text,
  time_zone   text,
  active      boolean not null,
  human       boolean not null
);
create index rep_rep on rep (rep);
create index rep_email on rep (lower(email));
