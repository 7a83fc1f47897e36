-- Where listening to a CRM's change events stands, object by object.

create table event_stream (
  vendor      text not null,
  object      text not null,
  -- Where it goes on, as the CRM says it; null: with what is new. Stored with the hints that came before it.
  position    text,
  -- Why it is not told; null: it is.
  refusal     text,
  -- Since then changes were not told; closed by the first reading that ends after it.
  missed_at   timestamptz,
  -- The last sign of life.
  heard_at    timestamptz not null,
  primary key (vendor, object)
);
