import { ConfigError, parseConfig } from '../../../../src/config.ts'
import { signIns } from '../../../../src/connectors.ts'
import type { Crm } from '../../../../src/crm/crm.ts'
import type { ObjectName, Vendor } from '../../../../src/domain/facts.ts'
import { bench, mqls } from '../company.ts'
import { hubspotAccount } from './hubspot.ts'
import { salesforceAccount } from './salesforce.ts'

/** An account of a CRM in which people may be made: a twin, a sandbox, a test account. Only what is made here is changed. */
export interface Account {
  crm: Crm
  /** What a person is there. */
  object: ObjectName
  /** Makes so many people with example data, and answers their ids. */
  create(count: number): Promise<string[]>
  /** Somebody else, by the vendor's own client, gives this one another company. */
  edit(id: string, company: string): Promise<void>
  /** Deletes these; all that were made when none are named. Those that are gone are passed over. */
  remove(ids?: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface Place {
  name: string
  vendor: Vendor
  /** So many people are made for one reading: a page is full of them where that costs nobody storage. */
  people: number
  /** Milliseconds until a change must have been found: an index may lag. */
  patience: number
  open(): Promise<Account>
}

/** In front of the variables of .env.example, it makes them those of an account that the contract tests may write to. */
const PREFIX = 'LEADTIME_CONTRACT_'

/**
 * The twins, and the real accounts that the environment names.
 * @throws ConfigError, with the names as they are written there
 */
export function places(env: NodeJS.ProcessEnv): Place[] {
  const given = named(env)
  const real = (vendor: Vendor, people: number): Place[] => {
    if (!given[vendor]) return []
    const open = () => account(vendor, given)
    return [{ name: `${vendor}, real`, vendor, people, patience: 120_000, open }]
  }
  return [
    {
      name: 'salesforce',
      vendor: 'salesforce',
      people: 2_100,
      patience: 5_000,
      open: () => twin('salesforce'),
    },
    { name: 'hubspot', vendor: 'hubspot', people: 230, patience: 5_000, open: () => twin('hubspot') },
    // A developer's sandbox holds some 2,500 records.
    ...real('salesforce', 60),
    ...real('hubspot', 230),
  ]
}

function named(env: NodeJS.ProcessEnv) {
  const own = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value] as const] : [],
  )
  try {
    return signIns(parseConfig(Object.fromEntries(own)), null)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.message.replace(/\b(?=(SALESFORCE|HUBSPOT)_)/g, PREFIX))
  }
}

async function account(
  vendor: Vendor,
  { salesforce, hubspot }: ReturnType<typeof signIns>,
): Promise<Account> {
  const prefix = 'Leadtime'
  return vendor === 'salesforce'
    ? await salesforceAccount({ ...salesforce!, prefix })
    : await hubspotAccount({ ...hubspot!, prefix })
}

/** A twin is opened as a real account is: by its address and credentials. */
async function twin(vendor: Vendor): Promise<Account> {
  const at = await bench(vendor, mqls(3, 1000))
  const variables = {
    salesforce: { LOGIN_URL: at.url, CLIENT_ID: 'leadtime', CLIENT_SECRET: 'leadtime-secret' },
    hubspot: { BASE_URL: at.url, UI_URL: at.url, TOKEN: 'secret-token' },
  }[vendor]
  const env = Object.entries(variables).map(([name, value]) => [
    `${PREFIX}${vendor.toUpperCase()}_${name}`,
    value,
  ])
  const made = await account(vendor, named(Object.fromEntries(env)))
  const close = async () => {
    await made.close()
    await at.close()
  }
  return { ...made, close }
}
