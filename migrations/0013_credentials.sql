-- What a CRM gave us to act for somebody, and sign-ins that are under way in a browser.

create table credential (
  vendor      text not null,
  kind        text not null,
  account     text not null,
  -- Which key of LEADTIME_KEYS encrypted it, and the ciphertext: iv (12 bytes), AES-256-GCM, tag (16 bytes).
  key_version integer not null,
  sealed      bytea not null,
  updated_at  timestamptz not null default now(),
  -- Since when the CRM refuses it for good; it is not offered again.
  refused_at  timestamptz,
  primary key (vendor, kind)
);

-- Nothing in it is of use to a reader: the state and the browser's cookie are kept as their SHA-256.
create table sign_in (
  state_hash   bytea primary key,
  browser_hash bytea not null,
  vendor       text not null,
  expires_at   timestamptz not null
);
