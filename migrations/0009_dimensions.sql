-- Dimensions for which the CRMs have no standard field: the policy names those that hold them. As they were at T1.
alter table handoff
  add column segment text,
  add column score double precision;
