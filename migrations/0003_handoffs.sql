-- Verdicts. Everything here is derived and can be judged again from the facts.

create sequence policy_use;

create table policy_version (
  hash        text primary key,
  name        text not null,
  policy      jsonb not null,
  -- Grows each time another version is put to use: the largest is the one in use.
  used        bigint not null default nextval('policy_use'),
  last_used   timestamptz not null
);

create table handoff (
  person          bigint not null,
  -- The fact that opened it, `<ref>#<key>`: its identity within the person. The number is derived and may change.
  opened_by       text collate "C" not null,
  number          integer not null,
  t0              timestamptz,
  t1              timestamptz not null,
  t2              timestamptz,
  t3              timestamptz,
  t4              timestamptz,
  t5              timestamptz,
  t6              timestamptz,
  t7              timestamptz,
  owner           text collate "C",
  source          text,
  campaign        text,
  country         text,
  attempts        integer not null,
  -- t2 to t3 in working time.
  follow_up_ms    bigint,
  outcome         text,
  ended_at        timestamptz,
  sal_at          timestamptz,
  opportunity_at  timestamptz,
  won_at          timestamptz,
  lost_at         timestamptz,
  deal_owner      text collate "C",
  -- Sum of its won deals in minor units of the currency.
  won_minor       bigint,
  feedback_reason text,
  feedback_note   text,
  -- Which of t0…t7 are known to the day only.
  day_precise     text[] not null,
  -- A deal can open a handoff of each of several persons.
  primary key (opened_by, person)
) with (fillfactor = 85);
create index handoff_person on handoff (person);
create index handoff_owner on handoff (owner);

-- Written only together with its handoff, so no foreign key looks that up again row by row.
create table promise (
  handoff     text collate "C" not null,
  person      bigint not null,
  name        text not null,
  tier        text not null,
  state       text not null,
  -- elapsed or working: the kind of counted_ms.
  kind        text not null,
  from_at     timestamptz,
  until_at    timestamptz,
  warn_at     timestamptz,
  due_at      timestamptz,
  counted_ms  bigint,
  primary key (handoff, person, name)
) with (fillfactor = 85);
create index promise_overdue on promise (due_at, handoff, person) where state = 'overdue';
