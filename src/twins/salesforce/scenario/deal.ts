import type { ScenarioEvent } from '../../scenario/types.ts'
import { forecastOf, type Stage } from '../organisation.ts'
import { account, CONVERTED_STATUS, contact } from '../schema/people.ts'
import { opportunity, opportunityContactRole, opportunityHistory } from '../schema/sales.ts'
import { trackConversion } from '../tracking.ts'
import { type Row, wholeSeconds } from '../values.ts'
import type { Dossier } from './dossier.ts'
import { assignedUser, humanFields, joinCampaign, setStatus } from './lead.ts'

const FIRST_STAGE = 'Qualification'
const OPEN_DAYS = 30

/**
 * `opportunity`, `stage`, `won`, `lost`: moves the deal, opening it (and converting the lead) if need be. A `stage` of a
 * deal that was never opened moves nothing.
 */
export function deal(dossier: Dossier, event: ScenarioEvent): void {
  const { organisation } = dossier
  const known = knownDeal(dossier, event)
  const stage = organisation.stage(stageName(event, known), event.at)
  if (known) {
    join(dossier, event, known)
    move(dossier, event, known, stage)
    return
  }
  if (event.event === 'stage') return
  const id = organisation.database.nextId(opportunity)
  const contactRow = becomeContact(dossier, event, id)
  const row = open(dossier, event, id, stage, contactRow)
  if (event.deal) organisation.remember('deal', event.deal, id)
  addRole(dossier, event, row, contactRow, true)
}

function knownDeal(dossier: Dossier, event: ScenarioEvent): Row | undefined {
  const id = dossier.organisation.key('deal', event.deal)
  if (id) return dossier.take(opportunity, id)
  if (event.deal || event.event === 'opportunity') return undefined
  return dossier.held(opportunity).findLast(row => row.IsClosed !== 1)
}

function stageName(event: ScenarioEvent, known: Row | undefined): string {
  if (event.event === 'won') return 'Closed Won'
  if (event.event === 'lost') return 'Closed Lost'
  return event.detail || String(known?.StageName ?? FIRST_STAGE)
}

/** Another person's deal becomes this person's as well; one's own stays as it is. */
function join(dossier: Dossier, event: ScenarioEvent, row: Row): void {
  const id = String(row.Id)
  if (dossier.isListed(id)) return
  const contactRow = becomeContact(dossier, event, id)
  dossier.list(opportunity, id)
  addRole(dossier, event, row, contactRow, false)
}

/** The contact this person is: the lead converted, or made directly when no lead is open. */
function becomeContact(dossier: Dossier, event: ScenarioEvent, dealId: string): Row {
  const open = dossier.openLead()
  const contactRow = dossier.contact() ?? createContact(dossier, event, open)
  if (open) convert(dossier, event, open, contactRow, dealId)
  return contactRow
}

/** Lead conversion: the lead is closed for good, what hangs on it moves to the contact. */
function convert(dossier: Dossier, event: ScenarioEvent, row: Row, contactRow: Row, dealId: string): void {
  const { organisation } = dossier
  const by = organisation.userId(event.actor)
  const ContactId = contactRow.Id ?? null
  setStatus(dossier, row, CONVERTED_STATUS, event, {
    IsConverted: 1,
    IsUnreadByOwner: 0,
    ConvertedDate: organisation.days.of(event.at),
    ConvertedContactId: ContactId,
    ConvertedAccountId: contactRow.AccountId ?? null,
    ConvertedOpportunityId: dealId,
  })
  trackConversion(organisation, { leadId: String(row.Id), at: event.at, by })
  for (const { row: hanging, field } of dossier.hanging(String(row.Id))) {
    if (field === 'WhoId') {
      const moved = { WhoId: ContactId, AccountId: contactRow.AccountId ?? null }
      dossier.change(hanging, moved, event.at, by)
    } else dossier.change(hanging, { ContactId }, event.at, by)
  }
}

function createContact(dossier: Dossier, event: ScenarioEvent, open: Row | undefined): Row {
  const { organisation, profile } = dossier
  const by = organisation.userId(event.actor)
  const leadOwner = open && organisation.isUser(String(open.OwnerId)) ? String(open.OwnerId) : null
  const OwnerId =
    leadOwner ?? (open ? null : assignedUser(dossier, organisation)) ?? organisation.automationId
  const human = open
    ? pick(open, ['LastName', 'FirstName', 'Name', 'Email', 'Title', 'LeadSource'])
    : humanFields(dossier)
  const MailingCountry = (open ? open.Country : profile.country) || null
  const AccountId = accountOf(dossier, event, OwnerId, open)
  const day = { LastActivityDate: open?.LastActivityDate ?? null }
  const row = dossier.add(contact, { ...human, ...day, MailingCountry, AccountId, OwnerId }, event.at, by)
  if (!open) joinCampaign(dossier, { ContactId: String(row.Id) }, event.at)
  return row
}

function accountOf(dossier: Dossier, event: ScenarioEvent, owner: string, open: Row | undefined): string {
  const { organisation, profile } = dossier
  const known = organisation.key('account', profile.account)
  if (known) return known
  const Name = String(open?.Company ?? (profile.company || humanFields(dossier).Name)).slice(0, 255)
  const BillingCountry = profile.country || null
  const fields = { Name, BillingCountry, Type: 'Prospect', OwnerId: owner }
  const row = dossier.add(account, fields, event.at, organisation.userId(event.actor))
  if (profile.account) organisation.remember('account', profile.account, String(row.Id))
  return String(row.Id)
}

function open(dossier: Dossier, event: ScenarioEvent, id: string, stage: Stage, contactRow: Row): Row {
  const { organisation, profile } = dossier
  const by = organisation.userId(event.actor)
  const row = dossier.add(
    opportunity,
    {
      Id: id,
      AccountId: contactRow.AccountId ?? null,
      Name: `${profile.company || contactRow.Name}-${event.deal}`.slice(0, 120),
      OwnerId: by,
      LeadSource: profile.source || null,
      CampaignId: profile.campaign ? organisation.campaignId(profile.campaign, event.at) : null,
      ...stageFields(dossier, event, stage, null),
    },
    event.at,
    by,
  )
  snapshot(dossier, event, row, {})
  return row
}

function move(dossier: Dossier, event: ScenarioEvent, row: Row, stage: Stage): void {
  const before = { ...row }
  const fields = stageFields(dossier, event, stage, row)
  const moved = row.StageName !== fields.StageName
  if (!moved && row.Amount === fields.Amount) return
  if (!moved) delete fields.LastStageChangeDate
  dossier.change(row, fields, event.at, dossier.organisation.userId(event.actor))
  snapshot(dossier, event, row, before)
}

function stageFields(dossier: Dossier, event: ScenarioEvent, stage: Stage, row: Row | null): Row {
  const { days } = dossier.organisation
  const amount = event.amount ?? (row?.Amount as number | null | undefined) ?? null
  return {
    StageName: stage.name,
    Amount: amount,
    Probability: stage.probability,
    ExpectedRevenue: amount === null ? null : (amount * stage.probability) / 100,
    ForecastCategory: forecastOf(stage),
    IsClosed: stage.closed ? 1 : 0,
    IsWon: stage.won ? 1 : 0,
    CloseDate: stage.closed ? days.of(event.at) : (row?.CloseDate ?? days.after(event.at, OPEN_DAYS)),
    LastStageChangeDate: wholeSeconds(event.at),
    ...(event.event === 'lost' && event.detail ? { Description: event.detail } : {}),
  }
}

/** The OpportunityHistory row of the opening or of a change. */
function snapshot(dossier: Dossier, event: ScenarioEvent, row: Row, before: Row): void {
  const kept = pick(row, [
    'StageName',
    'Amount',
    'ExpectedRevenue',
    'CloseDate',
    'Probability',
    'ForecastCategory',
  ])
  const previous = { PrevAmount: before.Amount ?? null, PrevCloseDate: before.CloseDate ?? null }
  const of = { OpportunityId: row.Id ?? null }
  dossier.add(
    opportunityHistory,
    { ...of, ...kept, ...previous },
    event.at,
    dossier.organisation.userId(event.actor),
  )
}

function addRole(dossier: Dossier, event: ScenarioEvent, row: Row, contactRow: Row, primary: boolean): void {
  const role = { OpportunityId: row.Id ?? null, ContactId: contactRow.Id ?? null, IsPrimary: primary ? 1 : 0 }
  dossier.add(opportunityContactRole, role, event.at, dossier.organisation.userId(event.actor))
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map(name => [name, row[name] ?? null]))
}
