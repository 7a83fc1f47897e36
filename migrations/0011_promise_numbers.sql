-- What a promise counted is one number of several, each in the milliseconds of its kind, and an excuse has a name.

alter table promise
  -- The exception or pause of the policy, `contacted` or `decided`; null: it is not excused.
  add column excuse     text,
  -- From the start of the clock, whoever owned the lead and whatever was paused.
  add column lead_ms    bigint,
  -- The share of whoever owned it last; null: nobody did.
  add column rep_ms     bigint,
  -- Left out of counted_ms because of pauses.
  add column paused_ms  bigint;

-- The new numbers follow from the facts: everybody is judged again.
insert into stale_person (person) select id from person order by id;
