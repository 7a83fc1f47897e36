-- The calls of one connection: what was sent, what is leased to a process, what the CRM said. One row for all processes.
create table budget (
  vendor text primary key,
  ledger jsonb not null
);

-- Until when the object was known to be as fresh as it has to be: it was looked at, or need not be yet.
alter table cursor add column fresh_at timestamptz;
update cursor set fresh_at = scanned_at;

-- Something it goes with has changed since it was last read to its end: it is asked with the next poll.
alter table cursor add column wanted boolean not null default false;
