-- The mirror is compared with the CRMs record by record, and what was found is certified.

-- A pass over one object that is under way; gone when it is certified.
create table reconcile (
  vendor      text not null,
  object      text not null,
  -- Of its state: two processes at one pass notice one another.
  step        bigint not null,
  -- By the server's clock: later changes are for the next pass.
  until       timestamptz not null,
  -- By ours.
  started_at  timestamptz not null,
  state       jsonb not null,
  primary key (vendor, object)
);

-- What the CRM listed so far in a pass. A record that moved while it was counted stands here twice; the newest counts.
create table census (
  ref         text collate "C" not null,
  stamp       timestamptz not null,
  deleted     boolean not null,
  -- Fields whose change moves no stamp; null: it has none.
  unstamped   jsonb
);
create index census_ref on census (ref, stamp desc);

-- The CRM's stamp at which an unchanged record was last seen to be unchanged: a stamp moves for many reasons that are
-- none of ours, our own writes among them, and the mirror's row is not written again for them.
create table verified (
  ref         text collate "C" primary key,
  -- Of the mirror's row; another one there makes this one void.
  modified_at timestamptz not null,
  stamp       timestamptz not null
);

-- How the mirror of an object compared with its CRM, each pass a row.
create table certificate (
  id          bigint generated always as identity primary key,
  vendor      text not null,
  object      text not null,
  covers_from timestamptz,
  covers_until timestamptz not null,
  ended_at    timestamptz not null,
  agrees      boolean not null,
  result      jsonb not null
);
create index certificate_newest on certificate (vendor, object, id desc);

-- Set when an object was looked at after so long a silence that a deletion may have left no trace: the instant of the
-- last look before it. A certificate clears it.
alter table cursor add column blind_since timestamptz;
