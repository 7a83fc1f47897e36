-- Where the way of a lead to its first owner can be cut, as far as records show it, and why nobody takes care of it.
alter table handoff
  -- HubSpot knew of the inquiry: from t0 to t1.
  add column hubspot_at timestamptz,
  -- Salesforce had it as an open lead or as a contact: from t1 to t2.
  add column salesforce_at timestamptz,
  -- no_owner, inactive_owner, idle or closed_without_attempt; null: not dropped.
  add column dropped text,
  add column dropped_since timestamptz;
create index handoff_dropped on handoff (dropped_since, opened_by, person) include (dropped) where dropped is not null;
create index handoff_t1 on handoff (t1);
create index promise_first_attempt_due on promise (due_at) where name = 'first_attempt';
