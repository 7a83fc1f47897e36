-- What each CRM record should show against what it shows, and the log of rounds.

create table target (
  ref         text collate "C" primary key,
  vendor      text not null,
  object      text not null,
  -- Our fields as they should be and as the CRM last showed or accepted them; both hold every field the
  -- vendor has, so that equal means nothing to do. Null desired: not judged yet.
  desired     jsonb,
  acked       jsonb not null,
  -- The values found before we first wrote.
  original    jsonb not null,
  -- Grows with every change of desired and of acked.
  seq         bigint not null,
  -- The claim of the process that is writing it, and what it is writing.
  claimed_by  integer,
  sending     jsonb,
  -- True when we cannot know what the CRM shows: it is read before it is written again.
  doubt       boolean not null default false,
  -- Writes tried since the desired values last changed.
  attempts    integer not null default 0,
  -- Not to be tried before; infinity: parked until the desired values change.
  next_at     timestamptz not null default '-infinity',
  error       text,
  written_at  timestamptz
) with (fillfactor = 70);
create index target_dirty on target (vendor, object, next_at, ref)
  where desired <> acked and claimed_by is null and not doubt;
create index target_doubt on target (vendor, object, ref) where doubt and claimed_by is null;
create index target_claim on target (claimed_by) where claimed_by is not null;
create sequence target_seq;
-- Numbers of writing processes; each holds the advisory lock of its number while it lives.
create sequence claim_number as integer cycle;

create table run (
  id          bigint generated always as identity primary key,
  kind        text not null,
  started_at  timestamptz not null,
  finished_at timestamptz,
  counts      jsonb,
  error       text
);
