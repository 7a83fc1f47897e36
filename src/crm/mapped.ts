import type { PulledRecord } from './crm.ts'

/** What a mapper makes of one record: its fields and facts, and of the rest only what differs from a record without any. */
export type Mapped = Pick<PulledRecord, 'fields' | 'facts'> & Partial<PulledRecord>
