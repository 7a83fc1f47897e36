import type pg from 'pg'

/**
 * The job of P13: a copy of all HubSpot contacts with the history of their life-cycle stage, and of all Salesforce leads;
 * then, later, the same with what has changed.
 */
export interface Arm {
  first(): Promise<void>
  again(): Promise<void>
}

/** What a script keeps of a record. */
export interface Kept {
  id: string
  company: string | null
  stage: string | null
  history: unknown
}

/** The table of a script; both have the same. */
export async function table(db: pg.Client, name: string): Promise<void> {
  await db.query(
    `create table ${name} (object text, id text, company text, stage text, history jsonb, primary key (object, id))`,
  )
}

export const PROPERTIES = ['email', 'firstname', 'lastname', 'company', 'lifecyclestage', 'lastmodifieddate']
export const LEAD_FIELDS = 'Id, Email, FirstName, LastName, Company, Status, IsDeleted, SystemModstamp'
