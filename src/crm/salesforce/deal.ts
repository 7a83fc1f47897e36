import { type DealStep, type Fact, type Ref, ref } from '../../domain/facts.ts'
import { id18 } from '../id18.ts'
import type { Mapped } from '../mapped.ts'
import type { Context } from './person.ts'
import { flag, minor, mustInstant, type Row, refOf, text } from './values.ts'

/** The opportunity that an id names; null for other objects and for no id. */
export function dealRef(id: unknown): Ref | null {
  const named = refOf(id)
  return named?.startsWith('salesforce:deal:') ? named : null
}

/** Opportunity → that a deal opened, by whom it is owned and what it is worth; its moves come from its history. */
export function deal(row: Row): Mapped {
  const self = ref('salesforce', 'deal', id18(String(row.Id)))
  const owner = refOf(row.OwnerId)
  const amountMinor = minor(row.Amount)
  const fields = {
    stage: text(row.StageName),
    amountMinor,
    owner,
    won: flag(row.IsWon),
    closed: flag(row.IsClosed),
  }
  const opened: Fact = {
    key: 'opened',
    at: mustInstant(row, 'CreatedDate'),
    subject: self,
    origin: 'record',
    kind: 'deal',
    step: 'opened',
    stage: '',
    amountMinor,
    owner,
    reason: null,
  }
  if (!flag(row.IsDeleted)) return { fields, facts: [opened] }
  const at = mustInstant(row, 'SystemModstamp')
  return { fields, facts: [opened, { key: 'deleted', at, subject: self, origin: 'record', kind: 'deleted' }] }
}

/** What opportunity stages mean, by their API names, from the rows of OpportunityStage. */
export const stageMeanings = (rows: readonly Row[]): Context['stages'] =>
  new Map(rows.map(row => [String(row.ApiName), { closed: flag(row.IsClosed), won: flag(row.IsWon) }]))

/** OpportunityHistory → the deal entered a stage. The row itself does not say whether that stage is a win. */
export function dealHistory(row: Row, context: Context): Mapped {
  const subject = dealRef(row.OpportunityId)
  const stage = text(row.StageName) ?? ''
  const amountMinor = minor(row.Amount)
  const fields = { deal: subject, stage, amountMinor, step: stepOf(stage, context) }
  if (!subject || flag(row.IsDeleted)) return { fields, facts: [] }
  const at = mustInstant(row, 'CreatedDate')
  return {
    fields,
    facts: [
      {
        ...{ key: 'stage', at, subject, origin: 'history', kind: 'deal', step: fields.step },
        ...{ stage, amountMinor, owner: null, reason: null },
      },
    ],
  }
}

function stepOf(stage: string, context: Context): DealStep {
  const meaning = context.stages.get(stage)
  if (!meaning?.closed) return 'moved'
  return meaning.won ? 'won' : 'lost'
}

/** OpportunityContactRole → this contact takes part in this deal. */
export function dealRole(row: Row): Mapped {
  const deal = dealRef(row.OpportunityId)
  const member = refOf(row.ContactId)
  const alive = deal && member && !flag(row.IsDeleted)
  return { fields: { deal, member }, facts: [], memberships: alive ? [{ deal, member }] : [] }
}
