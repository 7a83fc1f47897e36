-- What calendars take from outside the policy: iCalendar data, business hours and holidays of the Salesforce organisation.

create table almanac (
  -- business_hours, salesforce_holidays, or ics and the file or address.
  source       text collate "C" primary key,
  -- How it is called where others read along: without addresses.
  name         text not null,
  -- As last read; null: never.
  data         jsonb,
  -- Of the data: tells whether it has changed.
  hash         text,
  fetched_at   timestamptz,
  tried_at     timestamptz not null,
  -- What went wrong with the last try, and whether a person has to act; null: nothing.
  error        text,
  needs_person boolean not null default false
);
