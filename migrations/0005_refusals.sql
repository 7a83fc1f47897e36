-- Since when a CRM refuses our credentials, and what a person has to do; null while they work.
alter table connection add column refused_since timestamptz, add column refusal text;
