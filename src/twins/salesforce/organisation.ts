import { ScenarioError } from '../scenario/error.ts'
import { leftAt } from '../scenario/left.ts'
import type { Account, Campaign, Company, User } from '../scenario/types.ts'
import type { Database } from './database.ts'
import { Days } from './days.ts'
import { group, organization, user, userRole } from './schema/organization.ts'
import { account, CONVERTED_STATUS, LEAD_STATUSES, lead } from './schema/people.ts'
import { campaign, leadStatus, opportunityStage, STAGES } from './schema/sales.ts'
import { type Row, wholeSeconds } from './values.ts'

const INBOUND = 'Inbound'

export interface Stage {
  name: string
  probability: number
  closed: boolean
  won: boolean
}

type KeyKind = 'user' | 'queue' | 'role' | 'campaign' | 'account' | 'deal'

/**
 * The organisation around the records: users, queues, campaigns, accounts, stages, and which Salesforce id a
 * scenario's key has. Queues, campaigns and stages a scenario names for the first time are made then.
 */
export class Organisation {
  readonly database: Database
  readonly id: string
  /** The user clients sign in as. */
  readonly apiUserId: string
  /** The user that stands for the system: no human. */
  readonly automationId: string
  readonly inboundId: string
  connector = false
  /** Fields of Lead whose history is kept, besides status and owner. */
  leadHistory: readonly string[] = []
  days = new Days('UTC')
  readonly users = new Map<string, User>()
  readonly #keys = new Map<string, string>()
  readonly #owners = new Map<string, string>()
  readonly #stages = new Map<string, Stage>()
  readonly #accounts = new Map<string, Account>()
  /** Who is still to leave, by user id. */
  readonly #leaving = new Map<string, number>()

  /** @param at when the organisation began, milliseconds */
  constructor(database: Database, at: number) {
    this.database = database
    this.id = database.nextId(organization)
    this.automationId = database.nextId(user)
    this.apiUserId = database.nextId(user)
    this.#organization('Leadtime Twin', at)
    this.#user(this.automationId, { Name: 'Automated Process', UserType: 'AutomatedProcess' }, at)
    this.#user(this.apiUserId, { Name: 'Leadtime Integration', UserType: 'CloudIntegrationUser' }, at)
    this.inboundId = this.queue(INBOUND, at)
    for (const [i, name] of LEAD_STATUSES.entries()) this.#leadStatus(name, i, at)
    for (const stage of STAGES) this.#addStage(stage, at)
  }

  /** Takes in the scenario's users, accounts and campaigns; who has left by its `now` is inactive. */
  fill(company: Company): void {
    const at = company.start
    this.connector = company.connector
    this.leadHistory = (company.leadHistory ?? []).map(trackable)
    this.days = new Days(company.timeZone)
    this.#organization(company.name, at)
    for (const one of company.users) this.#employee(one, at)
    for (const one of company.users) this.#manager(one)
    for (const one of company.accounts) this.#account(one, at)
    for (const one of company.campaigns) this.#campaign(one, at)
    this.settle(company.now)
  }

  /** Deactivates whoever has left by now; the change carries the instant at which they did. */
  settle(now: number): void {
    for (const [id, left] of this.#leaving) {
      if (left > now) continue
      this.#leaving.delete(id)
      const { LastModifiedDate, SystemModstamp } = newStamps(left, this.automationId)
      const row = this.database.get(user, id)
      this.database.put(user, { ...row, IsActive: 0, LastModifiedDate, SystemModstamp } as Row)
    }
  }

  /** The user of a scenario's key; the automation user when the key is empty or unknown. */
  userId(key: string): string {
    return this.key('user', key) ?? this.automationId
  }

  /** The queue of that name. */
  queue(name: string, at: number): string {
    const known = this.key('queue', name)
    if (known) return known
    const id = this.database.nextId(group)
    const DeveloperName = name.replace(/\W+/g, '_')
    this.#put(group, { Id: id, Name: name.slice(0, 40), DeveloperName, Type: 'Queue' }, at)
    this.#owners.set(id, name)
    return this.remember('queue', name, id)
  }

  /** The campaign of a scenario's key; one that no file describes is named by its key. */
  campaignId(key: string, at: number): string {
    return this.key('campaign', key) ?? this.#campaign(unknownCampaign(key), at)
  }

  /** The accounts.csv row of a key. */
  accountOf(key: string): Account | undefined {
    return this.#accounts.get(key)
  }

  ownerName(id: string): string {
    return this.#owners.get(id) ?? id
  }

  isUser(id: string): boolean {
    return id.startsWith(user.prefix)
  }

  /** The stage of that name; one the organisation does not know yet is added as an open one. */
  stage(name: string, at: number): Stage {
    const known = this.#stages.get(name.toLowerCase())
    return known ?? this.#addStage({ name, probability: 50, closed: false, won: false }, at)
  }

  /** The id a scenario's key has, if it has one. */
  key(kind: KeyKind, key: string): string | undefined {
    if (!key) return undefined
    const known = this.#keys.get(`${kind}:${key}`)
    if (known || (kind !== 'account' && kind !== 'deal')) return known
    const row = this.database.prepare('SELECT id FROM scenario_key WHERE kind = ? AND key = ?').get(kind, key)
    return row?.id as string | undefined
  }

  /** Ties a scenario's key to an id. Deals and accounts, which can be many, are kept in the file only. */
  remember(kind: KeyKind, key: string, id: string): string {
    if (kind === 'deal' || kind === 'account') {
      this.database.prepare('INSERT OR REPLACE INTO scenario_key VALUES (?, ?, ?)').run(kind, key, id)
    } else this.#keys.set(`${kind}:${key}`, id)
    return id
  }

  #employee(one: User, at: number): void {
    const known = this.key('user', one.user)
    const id = known ?? this.remember('user', one.user, this.database.nextId(user))
    this.users.set(one.user, one)
    const row = {
      Name: one.name,
      Email: one.email,
      Username: one.email,
      UserType: 'Standard',
      Title: one.role,
    }
    const role = one.team ? this.#role(one.team, at) : null
    const where = { TimeZoneSidKey: one.time_zone, Country: one.country ?? '', UserRoleId: role }
    this.#user(id, { ...row, ...where, FederationIdentifier: one.user }, at)
    const left = leftAt(one, at)
    if (left !== null) this.#leaving.set(id, left)
  }

  #role(name: string, at: number): string {
    const known = this.key('role', name)
    if (known) return known
    const id = this.database.nextId(userRole)
    this.#put(userRole, { Id: id, Name: name.slice(0, 80), DeveloperName: name.replace(/\W+/g, '_') }, at)
    return this.remember('role', name, id)
  }

  #manager(one: User): void {
    const manager = this.key('user', one.manager)
    const id = this.key('user', one.user)
    const row = manager && id ? this.database.get(user, id) : undefined
    if (row && manager) this.database.put(user, { ...row, ManagerId: manager })
  }

  #user(id: string, row: Row, at: number): void {
    const words = String(row.Name).split(' ')
    const address = `${words.join('.').toLowerCase()}@leadtime.example.com`
    this.#put(
      user,
      {
        Id: id,
        Username: address,
        Email: address,
        TimeZoneSidKey: this.days.zone,
        LocaleSidKey: 'en_US',
        LanguageLocaleKey: 'en_US',
        FirstName: words.length > 1 ? words[0]! : null,
        LastName: words.length > 1 ? words.slice(1).join(' ') : words[0]!,
        Alias: String(row.Name).replace(/\W/g, '').slice(0, 8).toLowerCase(),
        IsActive: 1,
        ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
      },
      at,
    )
    this.#owners.set(id, String(row.Name))
  }

  #organization(name: string, at: number): void {
    const zone = { TimeZoneSidKey: this.days.zone, LanguageLocaleKey: 'en_US', DefaultLocaleSidKey: 'en_US' }
    const kind = { OrganizationType: 'Enterprise Edition', InstanceName: 'TWIN', IsSandbox: 1 }
    this.#put(organization, { Id: this.id, Name: name, ...zone, ...kind }, at)
  }

  #leadStatus(name: string, order: number, at: number): void {
    const flags = { IsDefault: order === 0 ? 1 : 0, IsConverted: name === CONVERTED_STATUS ? 1 : 0 }
    const Id = this.database.nextId(leadStatus)
    this.#put(leadStatus, { Id, ApiName: name, MasterLabel: name, SortOrder: order + 1, ...flags }, at)
  }

  #addStage(stage: Stage, at: number): Stage {
    this.#stages.set(stage.name.toLowerCase(), stage)
    const row = {
      Id: this.database.nextId(opportunityStage),
      ApiName: stage.name,
      MasterLabel: stage.name,
      SortOrder: this.#stages.size,
      IsActive: 1,
      IsClosed: stage.closed ? 1 : 0,
      IsWon: stage.won ? 1 : 0,
      DefaultProbability: stage.probability,
      ForecastCategory: forecastOf(stage),
    }
    this.#put(opportunityStage, row, at)
    return stage
  }

  #campaign(one: Campaign, at: number): string {
    const id = this.key('campaign', one.campaign) ?? this.database.nextId(campaign)
    const row = {
      Id: id,
      Name: (one.name || one.campaign).slice(0, 80),
      Type: one.type || null,
      Status: 'In Progress',
      StartDate: one.start.slice(0, 10) || null,
      EndDate: one.end.slice(0, 10) || null,
      IsActive: 1,
      ActualCost: one.cost,
      OwnerId: this.userId(one.owner),
    }
    this.#put(campaign, row, at)
    return this.remember('campaign', one.campaign, id)
  }

  #account(one: Account, at: number): void {
    const id = this.key('account', one.account) ?? this.database.nextId(account)
    this.#accounts.set(one.account, one)
    const row = {
      Id: id,
      Name: one.name || one.account,
      Website: one.domain || null,
      Industry: one.industry || null,
      NumberOfEmployees: one.employees,
      AnnualRevenue: one.annual_revenue,
      BillingCountry: one.country || null,
      Type: 'Prospect',
      OwnerId: this.automationId,
    }
    this.#put(account, row, at)
    this.remember('account', one.account, id)
  }

  #put(object: Parameters<Database['put']>[0], row: Row, at: number): void {
    this.database.put(object, { ...newStamps(at, this.automationId), ...row })
  }
}

/** CreatedDate, LastModifiedDate, SystemModstamp and who, for a new record. */
export function newStamps(at: number, by: string): Row {
  const stamp = wholeSeconds(at)
  return {
    CreatedDate: stamp,
    CreatedById: by,
    LastModifiedDate: stamp,
    LastModifiedById: by,
    SystemModstamp: stamp,
  }
}

/** @throws ScenarioError for what is no field of a lead here */
function trackable(name: string): string {
  if (lead.byName.has(name.toLowerCase())) return name
  const place = { file: 'scenario.json', column: 'leadHistory', value: name }
  throw new ScenarioError(
    place,
    "is no field of the twin's Lead",
    'give an API name such as Rating or Score__c',
  )
}

export function forecastOf(stage: Stage): string {
  if (stage.closed) return stage.won ? 'Closed' : 'Omitted'
  return stage.probability >= 70 ? 'BestCase' : 'Pipeline'
}

function unknownCampaign(key: string): Campaign {
  return { campaign: key, name: key, type: '', start: '', end: '', cost: null, owner: '' }
}
