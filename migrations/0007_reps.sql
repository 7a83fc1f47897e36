-- Since when one of ours has been inactive, so that a departure does not rewrite what they owned before it; and what the
-- CRMs say of their team and country.
alter table rep add column inactive_since timestamptz, add column team text, add column country text;

-- Of whoever was inactive already the last change is known. The rest is read again: users are few.
update rep set inactive_since = record.modified_at from record where record.ref = rep.ref and not rep.active;
update cursor set value = null where object = 'user';

alter table rep_past
  add column inactive_since timestamptz,
  add column team           text,
  add column country        text;
create or replace view rep_ever as
  select ref, rep, name, email, time_zone, active, human, known_at, 'infinity'::timestamptz as known_until,
    inactive_since, team, country from rep
  union all
  select ref, rep, name, email, time_zone, active, human, known_at, known_until, inactive_since, team, country
  from rep_past;
