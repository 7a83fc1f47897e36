import { type Fact, type Ref, ref, type StageField } from '../../../src/domain/facts.ts'
import type { Directory, Rep } from '../../../src/domain/handoff.ts'
import { leftAt } from '../../../src/twins/scenario/left.ts'
import type { Company, Person, ScenarioEvent } from '../../../src/twins/scenario/types.ts'

/** Users of the tests: two who work, one who left before, one who leaves, a queue, an integration. */
const ZONES = {
  ada: 'Europe/Berlin',
  bob: 'America/New_York',
  gone: 'Australia/Lord_Howe',
  eve: 'Asia/Kolkata',
} as const

/** When eve leaves. */
export const LEFT = Date.UTC(2026, 9, 29, 12)

export const COMPANY: Company = {
  name: 'test',
  description: '',
  timeZone: 'UTC',
  start: 0,
  now: 0,
  connector: false,
  hubspotLagSeconds: 0,
  users: Object.entries(ZONES).map(([user, time_zone]) => ({
    user,
    name: user,
    email: `${user}@reps.example.com`,
    manager: '',
    role: 'rep',
    time_zone,
    active: user !== 'gone',
    left: user === 'eve' ? LEFT : null,
    works_in: user === 'bob' ? 'hubspot' : 'salesforce',
  })),
  accounts: [],
  campaigns: [],
}

export const QUEUE = ref('salesforce', 'queue', 'inbound')
export const ROBOT = ref('salesforce', 'user', 'robot')
export const sf = (user: string): Ref => ref('salesforce', 'user', user)
export const hs = (user: string): Ref => ref('hubspot', 'user', user)

/** Both CRMs' users, joined, as they are seen at an instant: at the end, if none is given. */
export function directory(company: Company = COMPANY, now = Number.POSITIVE_INFINITY): Directory {
  const all = new Map<Ref, Rep>()
  const nobody = { email: null, timeZone: null, active: true, human: false }
  all.set(QUEUE, { ref: QUEUE, name: 'Inbound', ...nobody })
  all.set(ROBOT, { ref: ROBOT, name: 'Automated Process', ...nobody })
  for (const one of company.users) {
    const { user, name, email, time_zone } = one
    const left = leftAt(one, company.start)
    const inactiveSince = left !== null && left <= now ? left : null
    const works = { active: inactiveSince === null, inactiveSince, human: true }
    const rep = { ref: sf(user), name, email, timeZone: time_zone || null, ...works }
    all.set(sf(user), rep).set(hs(user), { ...rep })
  }
  return all
}

export const PERSON: Person = {
  person: 'p1',
  email: 'lea@lead.example.com',
  first_name: 'Lea',
  last_name: 'Lead',
  company: 'Lead Ltd',
  account: '',
  country: 'DE',
  source: 'social',
  campaign: 'spring',
  job_title: '',
}

export const CONTACT = ref('hubspot', 'contact', 'p1')
const RANK = ['subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead', 'opportunity', 'customer']

interface LeadState {
  ref: Ref
  status: string
  owner: Ref
  converted: boolean
}

/** The facts both CRMs would show of a person to whom this happened, as scenarios define it. */
export function factsOf(
  events: readonly ScenarioEvent[],
  company: Company = COMPANY,
  person: Person = PERSON,
): Fact[] {
  return new World(company, person).run(events)
}

class World {
  readonly #facts: Fact[] = []
  readonly #company: Company
  readonly #person: Person
  readonly #leads: LeadState[] = []
  readonly #contacts: Ref[] = []
  readonly #deals: { key: string; id: string; open: boolean }[] = []
  #assigned = QUEUE
  readonly #hubspot = new Map<StageField | 'owner', string | null>()
  #count = 0

  constructor(company: Company, person: Person) {
    this.#company = company
    this.#person = person
  }

  run(events: readonly ScenarioEvent[]): Fact[] {
    for (const event of events) {
      if (this.#facts.length === 0) this.#born(event.at)
      this.#apply(event)
    }
    return this.#facts
  }

  #born(at: number): void {
    this.#created(CONTACT, at, 'created')
    this.#enter('lead', at)
  }

  #created(subject: Ref, at: number, key: string): void {
    const { email, last_name, company, country, source, campaign } = this.#person
    const name = last_name
    const hubspot = subject.startsWith('hubspot')
    const profile = { email, name, company, country, source, campaign: hubspot ? campaign : null }
    this.#facts.push({ key, at, subject, origin: 'record', kind: 'created', profile })
  }

  #apply(event: ScenarioEvent): void {
    const { at } = event
    const lead = this.#leads.findLast(one => !one.converted)
    switch (event.event) {
      case 'inquiry':
        this.#tell(CONTACT, at, { kind: 'inquiry', detail: event.detail })
        break
      case 'mql':
        this.#reset('marketingqualifiedlead', at)
        if (lead) this.#status(lead, 'Open - Not Contacted', at)
        else this.#newLead(at)
        break
      case 'assigned':
        this.#assigned = event.actor === '' ? QUEUE : sf(event.actor)
        this.#hubspotField('owner', event.actor || null, at)
        if (lead) this.#own(lead, this.#assigned, at)
        break
      case 'accepted':
        this.#hubspotField('lead_status', 'IN_PROGRESS', at)
        if (lead) this.#status(lead, 'Working - Contacted', at)
        break
      case 'rejected':
        this.#hubspotField('lead_status', 'UNQUALIFIED', at)
        if (lead) this.#status(lead, 'Closed - Not Converted', at)
        break
      case 'recycled':
        this.#reset('lead', at)
        if (lead) this.#status(lead, 'Nurturing', at)
        break
      case 'sql':
        if (this.#hubspot.get('lifecycle') !== 'salesqualifiedlead') this.#reset('salesqualifiedlead', at)
        if (lead) this.#status(lead, 'Qualified', at)
        break
      case 'updated':
        this.#update(event.detail, at, lead)
        break
      case 'call':
      case 'email':
      case 'meeting':
        this.#activity(event)
        break
      case 'opportunity':
      case 'won':
      case 'lost':
        this.#deal(event, lead)
        break
      case 'deleted':
        for (const subject of [CONTACT, ...this.#contacts, ...(lead ? [lead.ref] : [])]) {
          this.#facts.push({ key: 'deleted', at, subject, origin: 'record', kind: 'deleted' })
        }
        break
      case 'restored':
        for (let index = this.#facts.length - 1; index >= 0; index--) {
          if (this.#facts[index]!.kind === 'deleted') this.#facts.splice(index, 1)
        }
    }
  }

  /** `salesforce.status=Waiting`, `hubspot.status=ON_HOLD`. */
  #update(detail: string, at: number, lead: LeadState | undefined): void {
    const [, crm, value] = /^(\w+)\.status=(.*)$/.exec(detail)!
    if (crm === 'hubspot') this.#hubspotField('lead_status', value!, at)
    else if (lead) this.#status(lead, value!, at)
  }

  #tell(subject: Ref, at: number, what: object, origin: Fact['origin'] = 'history'): void {
    this.#facts.push({ key: `h${++this.#count}`, at, subject, origin, ...what } as Fact)
  }

  #newLead(at: number): void {
    const subject = ref('salesforce', 'lead', `p1-${this.#leads.length + 1}`)
    this.#leads.push({
      ref: subject,
      status: 'Open - Not Contacted',
      owner: this.#assigned,
      converted: false,
    })
    this.#created(subject, at, 'created')
    const base = { at, subject, origin: 'record' } as const
    // What the lead shows in the end; its history tells when that came.
    this.#facts.push({ ...base, key: 'owner', kind: 'owner_now', owner: this.#assigned })
    const status = { kind: 'field_now', field: 'status', value: 'Open - Not Contacted' } as const
    this.#facts.push({ ...base, key: 'status', ...status })
  }

  #status(lead: LeadState, value: string, at: number): void {
    if (lead.status === value) return
    this.#tell(lead.ref, at, { kind: 'field', field: 'status', value, from: lead.status })
    lead.status = value
  }

  #own(lead: LeadState, owner: Ref, at: number): void {
    if (lead.owner === owner) return
    this.#tell(lead.ref, at, { kind: 'owner', owner, from: lead.owner })
    lead.owner = owner
  }

  /** What the connector carries over: later, if it lags. */
  #hubspotField(name: 'lead_status' | 'owner', value: string | null, happened: number): void {
    const at = happened + this.#company.hubspotLagSeconds * 1_000
    const from = this.#hubspot.get(name) ?? null
    if (from === value) return
    this.#hubspot.set(name, value)
    if (name === 'lead_status') this.#tell(CONTACT, at, { kind: 'field', field: name, value, from })
    else this.#tell(CONTACT, at, { kind: 'owner', owner: value && hs(value), from: from && hs(from) })
  }

  #reset(stage: string, at: number): void {
    const current = this.#hubspot.get('lifecycle') ?? ''
    if (RANK.indexOf(current) >= RANK.indexOf(stage)) this.#enter(null, at - 1)
    this.#enter(stage, at)
  }

  #advance(stage: string, at: number): void {
    if (RANK.indexOf(stage) > RANK.indexOf(this.#hubspot.get('lifecycle') ?? '')) this.#enter(stage, at)
  }

  #enter(value: string | null, at: number): void {
    const from = this.#hubspot.get('lifecycle') ?? null
    this.#hubspot.set('lifecycle', value)
    this.#tell(CONTACT, at, { kind: 'field', field: 'lifecycle', value, from })
  }

  #activity({ at, event, direction, outcome, actor }: ScenarioEvent): void {
    const user = this.#company.users.find(one => one.user === actor)
    const automated = outcome === 'automated' || outcome === 'sequence'
    const done = event === 'meeting' ? 'scheduled' : 'done'
    const what = {
      kind: 'activity',
      channel: event,
      direction: direction || 'out',
      outcome: automated || outcome === '' ? done : outcome,
      automated,
      ...(outcome === 'sequence' && { sequence: true }),
      loggedAt: at,
    }
    const lead = this.#leads.at(-1)?.ref
    const inSalesforce = this.#company.connector || user?.works_in !== 'hubspot'
    if (inSalesforce && lead) {
      const source = ref('salesforce', 'task', `t${++this.#count}`)
      this.#tell(lead, at, { ...what, source, actor: user ? sf(actor) : ROBOT }, 'record')
      if (!this.#company.connector) return
    }
    const source = ref('hubspot', 'call', `c${++this.#count}`)
    this.#tell(CONTACT, at, { ...what, source, actor: user ? hs(actor) : null }, 'record')
  }

  #deal({ event, at, deal, amount, detail, actor }: ScenarioEvent, lead: LeadState | undefined): void {
    let known = this.#deals.findLast(one => (deal === '' ? one.open : one.key === deal))
    const amountMinor = amount === null ? null : amount * 100
    const opens = !known
    if (!known) {
      known = { key: deal, id: `d${this.#deals.length + 1}`, open: true }
      this.#deals.push(known)
      this.#advance('opportunity', at)
    }
    for (const vendor of ['salesforce', 'hubspot'] as const) {
      const subject = ref(vendor, 'deal', known.id)
      const owner = actor === '' ? null : ref(vendor, 'user', actor)
      const base = { kind: 'deal', stage: detail, amountMinor, owner, reason: null }
      if (opens) this.#tell(subject, at, { ...base, step: 'opened' }, 'record')
      if (event !== 'opportunity') this.#tell(subject, at, { ...base, step: event })
    }
    if (event !== 'opportunity') known.open = false
    if (event === 'won') this.#advance('customer', at)
    if (!lead || !opens) return
    lead.converted = true
    const contact = ref('salesforce', 'contact', `p1-${this.#leads.length}`)
    const converted = { kind: 'converted', contact, deal: ref('salesforce', 'deal', known.id) }
    this.#tell(lead.ref, at, converted, 'record')
    this.#contacts.push(contact)
    this.#created(contact, at, 'created')
    const owner = lead.owner === QUEUE ? ROBOT : lead.owner
    this.#facts.push({ key: 'owner', at, subject: contact, origin: 'record', kind: 'owner_now', owner })
  }
}

let seq = 0

/** One row of a scenario. */
export function row(
  at: number,
  event: ScenarioEvent['event'],
  more: Partial<ScenarioEvent> = {},
): ScenarioEvent {
  const empty = { actor: '', direction: '', outcome: '', amount: null, deal: '', detail: '' } as const
  return { seq: ++seq, person: 'p1', at, event, ...empty, ...more }
}
