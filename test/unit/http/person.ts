import { explain } from '../../../src/domain/explain.ts'
import { type Fact, ref } from '../../../src/domain/facts.ts'
import type { Directory, Rep } from '../../../src/domain/handoff.ts'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import type { PersonExplanation } from '../../../src/pipeline/explain.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { NOW } from './company.ts'

const CONTACT = ref('hubspot', 'contact', '1000')
const LEAD = ref('salesforce', 'lead', '00Q00000000010AAA')
const QUEUE = ref('salesforce', 'queue', '00G000000000001AAA')

const rep = (id: number, name: string, timeZone: string): Rep => ({
  ref: ref('salesforce', 'user', `00500000000000${id}AAA`),
  name,
  email: null,
  timeZone,
  active: true,
  human: true,
})
const TOMAS = rep(1, 'Tomás Herrera', 'Europe/Madrid')
const AOIFE = rep(4, 'Aoife Brennan', 'Europe/Dublin')
const INBOUND: Rep = { ...rep(0, 'Inbound', 'UTC'), ref: QUEUE, human: false }

const directory: Directory = new Map([TOMAS, AOIFE, INBOUND].map(one => [one.ref, one]))

let count = 0
const fact = (ago: number, subject: Fact['subject'], what: object): Fact =>
  ({ key: `k${++count}`, at: NOW - ago, subject, origin: 'history', ...what }) as Fact

const profile = (name: string) => ({
  email: 'eleni@northwind.example',
  name,
  company: 'Northwind Logistics',
  country: 'GR',
  source: 'Webinar',
  campaign: 'Spring webinar',
})

const call = (ago: number, outcome: string, actor: Rep, more: object = {}) =>
  fact(ago, LEAD, {
    kind: 'activity',
    channel: 'call',
    direction: 'out',
    outcome,
    actor: actor.ref,
    automated: false,
    loggedAt: NOW - ago,
    source: ref('salesforce', 'task', `00T${count}`),
    ...more,
  })

/** A lead that was turned down in spring, came back, and waits for a decision. */
const story = (name: string): Fact[] => [
  fact(64 * DAY, CONTACT, { kind: 'created', profile: profile(name), origin: 'record' }),
  fact(64 * DAY, CONTACT, { kind: 'inquiry', detail: 'Whitepaper download' }),
  fact(61 * DAY, CONTACT, {
    kind: 'field',
    field: 'lifecycle',
    value: 'marketingqualifiedlead',
    from: 'lead',
  }),
  fact(61 * DAY, LEAD, { kind: 'created', profile: profile(name), origin: 'record' }),
  fact(61 * DAY, LEAD, { kind: 'owner', owner: QUEUE, from: null }),
  fact(61 * DAY - 2 * HOUR, LEAD, { kind: 'owner', owner: AOIFE.ref, from: QUEUE }),
  call(60 * DAY, 'no_answer', AOIFE),
  call(59 * DAY, 'connected', AOIFE),
  fact(58 * DAY, CONTACT, {
    kind: 'field',
    field: 'lifecycle',
    value: 'lead',
    from: 'marketingqualifiedlead',
  }),
  fact(58 * DAY, LEAD, { kind: 'field', field: 'status', value: 'Nurturing', from: 'Open - Not Contacted' }),
  fact(13 * DAY, CONTACT, { kind: 'inquiry', detail: 'Webinar: Cold chain in practice' }),
  fact(12 * DAY, CONTACT, {
    kind: 'field',
    field: 'lifecycle',
    value: 'marketingqualifiedlead',
    from: 'lead',
  }),
  fact(12 * DAY, LEAD, { kind: 'field', field: 'status', value: 'Open - Not Contacted', from: 'Nurturing' }),
  fact(12 * DAY - 90 * MINUTE, LEAD, { kind: 'owner', owner: TOMAS.ref, from: AOIFE.ref }),
  fact(11 * DAY, LEAD, {
    kind: 'activity',
    channel: 'email',
    direction: 'out',
    outcome: 'done',
    actor: null,
    automated: true,
    loggedAt: NOW - 11 * DAY,
    source: ref('salesforce', 'email', '02s1'),
  }),
  call(9 * DAY - 3 * HOUR, 'voicemail', TOMAS),
  call(7 * DAY, 'connected', TOMAS),
]

/**
 * Person 1 of the company of the pages’ tests: now with one promise kept late and one overdue.
 * @param now as it stood then
 */
export function eleni(name = 'Eleni Papadaki', now = NOW, policy = defaultPolicy): PersonExplanation {
  const facts = story(name).filter(one => one.at <= now)
  const told = explain({ facts, policyAt: () => policy, directory, now })
  const { email, company, source } = profile(name)
  return {
    ...{ person: 1, knownAt: now, name, company, email, source, owner: told.handoffs.at(-1)?.owner ?? null },
    records: [
      { ref: CONTACT, kind: 'HubSpot contact', why: `same e-mail address, ${email}`, deleted: false },
      { ref: LEAD, kind: 'Salesforce lead', why: `same e-mail address, ${email}`, deleted: false },
    ],
    ...told,
  }
}
