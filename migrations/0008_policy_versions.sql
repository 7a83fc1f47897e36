-- What marketing and sales have agreed, version by version. Until now the table held the policies in use, resolved; a
-- resolved policy cannot be read by another release, so it is not carried over: the file is taken as version 1.

-- Under which shared mailboxes records were last linked; null: none was yet.
create table linked_under (
  shared_mailboxes text[]
);
insert into linked_under select (
  select array(select jsonb_array_elements_text(policy -> 'sharedMailboxes'))
  from policy_version order by used desc limit 1);

drop table policy_version;
drop sequence policy_use;

create table policy_version (
  -- 1, 2, 3 … in the order of publication.
  number       integer primary key,
  hash         text not null,
  name         text not null,
  effective    timestamptz not null,
  -- Every key with its value, defaults filled in: a later release, whose defaults may differ, reads the same policy.
  -- json, not jsonb: the order of calendars and promises matters.
  policy       json not null,
  -- As somebody wrote it, with comments.
  text         text not null,
  published_at timestamptz not null
);
