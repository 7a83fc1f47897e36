import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepares statements by their text, each once. For texts of the program: one from a request would be kept for ever. */
export function preparer(db: DatabaseSync): (text: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return text => {
    const known = prepared.get(text)
    if (known) return known
    const statement = db.prepare(text)
    prepared.set(text, statement)
    return statement
  }
}

/** Runs the work inside the open transaction, or in one of its own, undone whole when the work throws. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work()
  db.exec('BEGIN')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}
