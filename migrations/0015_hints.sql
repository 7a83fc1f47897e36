-- Records of which a CRM told us that something happened to them: to be read by id, sooner than the next reading would.

create table hint (
  vendor      text not null,
  object      text not null,
  id          text collate "C" not null,
  -- In order of telling; told again, a record gets a new number, so what was read before that does not settle it.
  seq         bigint generated always as identity,
  primary key (vendor, object, id)
);
create unique index hint_seq on hint (seq);

-- Signed deliveries that were taken, while their signature is still valid: one that comes again is a replay.
create table delivery (
  signature   bytea primary key,
  at          timestamptz not null
);
create index delivery_at on delivery (at);
