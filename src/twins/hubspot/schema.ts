import type { DatabaseSync } from 'node:sqlite'
import { OBJECTS } from './objects.ts'

/**
 * One table per object type. `history` comes last so that reading properties does not touch its pages. The
 * generated columns cost nothing until indexed: e-mail, lifecycle and owner are what searches ask for.
 */
const TABLE = (type: string) => `
  CREATE TABLE ${type} (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    archived_at INTEGER,
    key TEXT,
    properties TEXT NOT NULL,
    email TEXT GENERATED ALWAYS AS (lower(json_extract(properties, '$.email'))) VIRTUAL,
    lifecycle TEXT GENERATED ALWAYS AS (json_extract(properties, '$.lifecyclestage')) VIRTUAL,
    owner TEXT GENERATED ALWAYS AS (json_extract(properties, '$.hubspot_owner_id')) VIRTUAL,
    history TEXT NOT NULL
  );`

const REST = `
  CREATE UNIQUE INDEX deal_key ON deal (key) WHERE key IS NOT NULL;
  CREATE TABLE association (
    from_type TEXT NOT NULL, from_id INTEGER NOT NULL, to_type TEXT NOT NULL, to_id INTEGER NOT NULL,
    PRIMARY KEY (from_type, to_type, from_id, to_id)
  ) WITHOUT ROWID;
  CREATE TABLE alias (
    type TEXT NOT NULL, old INTEGER NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (type, old)
  ) WITHOUT ROWID;
  CREATE TABLE person (person TEXT NOT NULL, contact INTEGER, profile TEXT);
  CREATE TABLE pending (at INTEGER NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
  CREATE INDEX pending_at ON pending (at);`

const INDEXES = (type: string) => `
  CREATE INDEX IF NOT EXISTS ${type}_modified ON ${type} (modified, id) WHERE archived_at IS NULL;
  CREATE INDEX IF NOT EXISTS ${type}_archived ON ${type} (id) WHERE archived_at IS NOT NULL;`

const CONTACT_INDEXES = `
  CREATE INDEX IF NOT EXISTS contact_email ON contact (email);
  CREATE INDEX IF NOT EXISTS contact_lifecycle ON contact (lifecycle, modified, id) WHERE archived_at IS NULL;
  CREATE INDEX IF NOT EXISTS contact_owner ON contact (owner, modified, id) WHERE archived_at IS NULL;
  CREATE INDEX IF NOT EXISTS contact_overdue ON contact (modified, id)
    WHERE archived_at IS NULL AND json_extract(properties, '$.leadtime_overdue') = 'true';
  CREATE UNIQUE INDEX IF NOT EXISTS person_key ON person (person);
  CREATE INDEX IF NOT EXISTS person_contact ON person (contact);`

/** @throws Error when the file already holds records: a twin starts empty */
export function createTables(db: DatabaseSync, file: string): void {
  db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536')
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'contact'").get()) {
    throw new Error(`${file} already holds a twin's records; give the path of a new file`)
  }
  db.exec(OBJECTS.map(({ type }) => TABLE(type)).join('') + REST)
}

/** After a bulk load, or at once for a twin without one: building them late keeps the load fast. */
export function createIndexes(db: DatabaseSync): void {
  db.exec(OBJECTS.map(({ type }) => INDEXES(type)).join('') + CONTACT_INDEXES)
}
