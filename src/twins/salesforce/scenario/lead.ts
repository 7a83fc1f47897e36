import type { ScenarioEvent } from '../../scenario/types.ts'
import type { Organisation } from '../organisation.ts'
import { contact, lead } from '../schema/people.ts'
import { campaignMember } from '../schema/sales.ts'
import { trackFields, trackOwner, trackStatus } from '../tracking.ts'
import type { Row } from '../values.ts'
import type { Dossier } from './dossier.ts'

const OPEN = 'Open - Not Contacted'

/** The status each of sales' answers gives a lead. */
const ANSWERS = {
  accepted: 'Working - Contacted',
  rejected: 'Closed - Not Converted',
  recycled: 'Nurturing',
  sql: 'Qualified',
} as const

/** `mql`: the open lead starts over; without one a lead is made, in the queue unless somebody was assigned. */
export function qualify(dossier: Dossier, event: ScenarioEvent): void {
  const open = dossier.openLead()
  if (open) setStatus(dossier, open, OPEN, event)
  else createLead(dossier, event)
}

/** `assigned`: the lead's owner, or the contact's where no lead is open; an empty actor is a queue. */
export function assign(dossier: Dossier, event: ScenarioEvent): void {
  const { organisation } = dossier
  dossier.assign(event.actor || null)
  const open = dossier.openLead()
  const to = event.actor
    ? organisation.userId(event.actor)
    : organisation.queue(event.detail || 'Inbound', event.at)
  const row = open ?? dossier.contact()
  if (!row || row.OwnerId === to || (!open && !organisation.isUser(to))) return
  if (open) {
    const tracked = { leadId: String(open.Id), at: event.at, by: organisation.automationId }
    trackOwner(organisation, tracked, String(open.OwnerId), to)
  }
  dossier.change(row, { OwnerId: to }, event.at, organisation.automationId)
}

/** `accepted`, `rejected`, `recycled`, `sql`: the open lead's status, and why. */
export function answer(dossier: Dossier, event: ScenarioEvent): void {
  const open = dossier.openLead()
  if (!open) return
  const status = ANSWERS[event.event as keyof typeof ANSWERS]
  setStatus(dossier, open, status, event, feedbackOf(event))
}

/** Changes a lead's status with its history row. */
export function setStatus(
  dossier: Dossier,
  row: Row,
  status: string,
  event: ScenarioEvent,
  more: Row = {},
): void {
  const by = dossier.organisation.userId(event.actor)
  trackStatus(dossier.organisation, { leadId: String(row.Id), at: event.at, by }, row.Status ?? null, status)
  dossier.change(row, { Status: status, ...more }, event.at, by)
}

/** The campaign membership of a new lead or contact. */
export function joinCampaign(
  dossier: Dossier,
  who: { LeadId?: string; ContactId?: string },
  at: number,
): void {
  const { campaign } = dossier.profile
  if (!campaign) return
  const { organisation } = dossier
  const CampaignId = organisation.campaignId(campaign, at)
  const responded = { Status: 'Responded', HasResponded: 1, FirstRespondedDate: organisation.days.of(at) }
  dossier.add(campaignMember, { CampaignId, ...who, ...responded }, at, organisation.automationId)
}

/** The part of a lead and of a contact that says who the human is. */
export function humanFields({ profile }: Dossier): Row {
  const LastName = (profile.last_name || profile.email.split('@')[0] || '[not provided]').slice(0, 80)
  const FirstName = profile.first_name.slice(0, 40) || null
  return {
    LastName,
    FirstName,
    Name: FirstName ? `${FirstName} ${LastName}` : LastName,
    Email: profile.email || null,
    Title: profile.job_title.slice(0, 128) || null,
    LeadSource: profile.source || null,
  }
}

/** The user a new record belongs to: the one last assigned, else the automation user. */
export function assignedUser(dossier: Dossier, organisation: Organisation): string | null {
  return dossier.owner ? organisation.userId(dossier.owner) : null
}

function createLead(dossier: Dossier, event: ScenarioEvent): void {
  const { organisation, profile } = dossier
  const row = dossier.add(
    lead,
    {
      ...humanFields(dossier),
      Company: profile.company.slice(0, 255) || '[not provided]',
      Country: profile.country.slice(0, 80) || null,
      Status: OPEN,
      OwnerId: assignedUser(dossier, organisation) ?? organisation.inboundId,
      IsUnreadByOwner: 1,
    },
    event.at,
    organisation.automationId,
  )
  joinCampaign(dossier, { LeadId: String(row.Id) }, event.at)
}

/** "reason: note" splits at the first ": ". */
function feedbackOf({ event, detail }: ScenarioEvent): Row {
  if ((event !== 'rejected' && event !== 'recycled') || !detail) return {}
  const at = detail.indexOf(': ')
  const reason = at < 0 ? detail : detail.slice(0, at)
  const note = at < 0 ? null : detail.slice(at + 2)
  return { Rejection_Reason__c: reason.slice(0, 255), Rejection_Note__c: note }
}

const RENAMED: Record<string, string> = {
  email: 'Email',
  first_name: 'FirstName',
  last_name: 'LastName',
  company: 'Company',
  country: 'Country',
  source: 'LeadSource',
  job_title: 'Title',
}

/** `updated`: `field=value` by scenario column or API name, optionally for one CRM (`salesforce.field=value`). */
export function update(dossier: Dossier, event: ScenarioEvent): void {
  const [, vendor, written = '', text = ''] =
    /^(?:(salesforce|hubspot)\.)?([^=]+)=(.*)$/s.exec(event.detail) ?? []
  if (vendor === 'hubspot') return
  const open = dossier.openLead()
  const row = open ?? dossier.contact()
  const object = open ? lead : contact
  const renamed = RENAMED[written.trim()] ?? written.trim()
  const name = !open && renamed === 'Country' ? 'MailingCountry' : renamed
  const field = object.byName.get(name.toLowerCase())
  if (!row || !field?.updateable) return
  if (field.name === 'Status') setStatus(dossier, row, text, event)
  else if (field.name === 'OwnerId') assign(dossier, { ...event, actor: text, detail: '' })
  else {
    const changes = named(row, { [field.name]: columnOf(field.type, text) })
    const by = dossier.organisation.userId(event.actor)
    const tracked = { leadId: String(row.Id), at: event.at, by }
    if (open) trackFields(dossier.organisation, tracked, { ...row }, { ...row, ...changes })
    dossier.change(row, changes, event.at, by)
  }
}

function columnOf(type: string, text: string): string | number | null {
  if (type === 'boolean') return text.toLowerCase() === 'true' ? 1 : 0
  if (text === '') return null
  if (type === 'datetime') return Date.parse(text) || null
  return /^(int|double|currency|percent)$/.test(type) ? Number(text) || 0 : text
}

/** The changes, with the full name when a part of it changes. */
export function named(row: Row, changes: Row): Row {
  if (!('FirstName' in changes) && !('LastName' in changes)) return changes
  const { FirstName, LastName } = { ...row, ...changes }
  return { ...changes, Name: FirstName ? `${FirstName} ${LastName}` : String(LastName) }
}
