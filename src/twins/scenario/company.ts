import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNT_COLUMNS, CAMPAIGN_COLUMNS, USER_COLUMNS, USER_OPTIONS } from './columns.ts'
import { eachRow, type Table } from './csv.ts'
import type { ScenarioError } from './error.ts'
import { Instants, isTimeZone } from './instant.ts'
import { Keys } from './keys.ts'
import type { Row } from './row.ts'
import { readSettings } from './settings.ts'
import type { Account, Campaign, Company, User } from './types.ts'

const ROLES = ['', 'rep', 'sdr', 'manager', 'marketer'] as const

type Warn = (message: string) => void

/** scenario.json and the three small files, checked. */
export async function readCompany(dir: string, warn: Warn): Promise<Company> {
  const settings = readSettings(join(dir, 'scenario.json'), warn)
  const users = await readUsers(join(dir, 'users.csv'), settings.timeZone, warn)
  const campaigns = await readCampaigns(join(dir, 'campaigns.csv'), settings.timeZone, users, warn)
  return { ...settings, users, campaigns, accounts: await readAccounts(join(dir, 'accounts.csv'), warn) }
}

async function readUsers(file: string, timeZone: string, warn: Warn): Promise<User[]> {
  const users: User[] = []
  const keys = new Keys('user')
  const instants = new Instants(timeZone)
  const managers: [manager: string, error: ScenarioError][] = []
  await eachRow({ file, columns: USER_COLUMNS, optional: USER_OPTIONS, warn }, row => {
    keys.add(row)
    const zone = row.text('time_zone') || timeZone
    if (!isTimeZone(zone)) {
      throw row.error('time_zone', 'is not a time zone', 'use an IANA name such as America/New_York')
    }
    const manager = row.text('manager')
    if (manager !== '')
      managers.push([manager, row.error('manager', 'is not a user', 'add them to this file')])
    users.push({
      user: row.text('user'),
      name: row.text('name'),
      email: row.text('email'),
      manager,
      role: row.oneOf('role', ROLES),
      time_zone: zone,
      active: row.flag('active', true),
      works_in: row.oneOf('works_in', ['', 'salesforce', 'hubspot']) || 'salesforce',
      team: row.text('team'),
      country: row.text('country'),
      left: row.text('left') === '' ? null : row.instant('left', instants),
    })
  })
  const unknown = managers.find(([manager]) => !keys.has(manager))
  if (unknown) throw unknown[1]
  return users
}

async function readAccounts(file: string, warn: Warn): Promise<Account[]> {
  const accounts: Account[] = []
  const keys = new Keys('account')
  await eachOptionalRow({ file, columns: ACCOUNT_COLUMNS, warn }, row => {
    keys.add(row)
    accounts.push({
      account: row.text('account'),
      name: row.text('name'),
      domain: row.text('domain'),
      industry: row.text('industry'),
      employees: row.number('employees'),
      annual_revenue: row.number('annual_revenue'),
      country: row.text('country'),
      target: row.flag('target', false),
    })
  })
  return accounts
}

async function readCampaigns(file: string, timeZone: string, users: User[], warn: Warn): Promise<Campaign[]> {
  const campaigns: Campaign[] = []
  const keys = new Keys('campaign')
  const instants = new Instants(timeZone)
  const known = new Set(['', ...users.map(user => user.user)])
  await eachOptionalRow({ file, columns: CAMPAIGN_COLUMNS, warn }, row => {
    keys.add(row)
    for (const column of ['start', 'end']) if (row.text(column) !== '') row.instant(column, instants)
    if (!known.has(row.text('owner'))) throw row.error('owner', 'is not a user', 'add them to users.csv')
    campaigns.push({
      campaign: row.text('campaign'),
      name: row.text('name'),
      type: row.text('type'),
      start: row.text('start'),
      end: row.text('end'),
      cost: row.number('cost'),
      owner: row.text('owner'),
    })
  })
  return campaigns
}

async function eachOptionalRow(table: Table, take: (row: Row) => void): Promise<void> {
  if (existsSync(table.file)) await eachRow(table, take)
}
