import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Delays, delaysOf, SPAN_LABELS } from '../../../src/domain/delay.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { history, later, START } from './histories.ts'
import { assigned, call, h, judgeFacts, only, rows } from './judged.ts'
import { COMPANY, factsOf } from './world.ts'

type Lines = Parameters<typeof rows>

const told = (facts: readonly Fact[], hours: number): Delays =>
  delaysOf(only(judgeFacts(facts, h(hours))), h(hours))

const delays = (hours: number, ...lines: Lines): Delays => told(factsOf(rows(...lines)), hours)

/** `form 0 h`, in order. */
const words = ({ system }: Delays) =>
  system.map(({ name, ms, running }) => `${name} ${ms / HOUR} h${running ? ' so far' : ''}`)

const isLead = ({ subject }: Fact) => subject.startsWith('salesforce:lead')

const handedOver: Lines = [[-24, 'inquiry'], [0, 'mql'], assigned(3), call(5)]

describe('the spans of the systems', () => {
  test('are the form, marketing, the connector and the routing', () => {
    const { system, systemMs, rep } = delays(6, ...handedOver)
    expect(words({ system, systemMs, rep })).toEqual([
      'form 0 h',
      'marketing 24 h',
      'connector 0 h',
      'routing 3 h',
    ])
    expect([systemMs, rep]).toEqual([
      27 * HOUR,
      { name: 'rep', from: h(3), to: h(5), ms: 2 * HOUR, running: false },
    ])
  })

  test('show a form that HubSpot wrote down later, and a lead that the connector brought later', () => {
    const facts = factsOf(rows(...handedOver)).map(fact => {
      if (fact.kind === 'inquiry') return { ...fact, loggedAt: h(-20) }
      return isLead(fact) && fact.at === h(0) ? { ...fact, at: h(2) } : fact
    })
    expect(words(told(facts, 6))).toEqual(['form 4 h', 'marketing 20 h', 'connector 2 h', 'routing 1 h'])
  })

  test('go by the first that tells of the last inquiry, and by the first contact in HubSpot', () => {
    const before: Lines = [[-48, 'inquiry'], ...handedOver]
    const facts = factsOf(rows(...before)).flatMap((fact): Fact[] => {
      if (fact.kind !== 'inquiry') return [fact]
      if (fact.at < h(-24)) return [fact]
      const again = { ...fact, key: 'again', loggedAt: h(-22) }
      return [{ ...again, key: 'first', loggedAt: h(-20) }, again]
    })
    expect(words(told(facts, 6)).slice(0, 2)).toEqual(['form 2 h', 'marketing 22 h'])
    const born = (subject: Fact['subject'], at: Instant): Fact => {
      const { profile } = facts.find(fact => fact.kind === 'created')!
      return { key: 'created', at, subject, origin: 'record', kind: 'created', profile }
    }
    const known = facts.filter(fact => fact.kind !== 'created' || isLead(fact))
    const contacts = [born('hubspot:contact:p1', h(-18)), born('hubspot:contact:p0', h(-10))]
    const all = [...known, ...contacts, born('salesforce:contact:p0', h(-30))]
    expect(words(told(all, 6)).slice(0, 2)).toEqual(['form 6 h', 'marketing 18 h'])
  })

  test('give marketing nothing where HubSpot knew at the very instant of the MQL', () => {
    const facts = factsOf(rows(...handedOver)).map(fact =>
      fact.kind === 'inquiry' ? { ...fact, loggedAt: h(0) } : fact,
    )
    expect(words(told(facts, 6)).slice(0, 2)).toEqual(['form 24 h', 'marketing 0 h'])
  })

  test('go by the first record in Salesforce, of which nothing but its making need be known', () => {
    const lead = factsOf(rows(...handedOver)).filter(
      fact => !(isLead(fact) && (fact.kind === 'field' || fact.kind === 'field_now')),
    )
    const [first, other] = [h(2), h(2.5)].map((at, index) =>
      lead.map(fact =>
        isLead(fact) ? { ...fact, subject: `salesforce:lead:${1 - index}`, at: Math.max(fact.at, at) } : fact,
      ),
    ) as [Fact[], Fact[]]
    expect(words(told([...first, ...other], 6)).slice(2)).toEqual(['connector 2 h', 'routing 1 h'])
  })

  test('are joined where no record shows what lies between them', () => {
    const facts = factsOf(rows(...handedOver))
      .filter(fact => !fact.subject.startsWith('salesforce'))
      .map(fact => (fact.kind === 'inquiry' ? { ...fact, loggedAt: h(1) } : fact))
    expect(words(told(facts, 6))).toEqual(['form_and_marketing 24 h', 'connector_and_routing 3 h'])
  })

  test('begin with the MQL when nobody raised a hand', () => {
    expect(words(delays(4, [0, 'mql'], assigned(3)))).toEqual(['connector 0 h', 'routing 3 h'])
  })

  test('run on until somebody owns it or it ends', () => {
    expect(words(delays(5, [0, 'mql']))).toEqual(['connector 0 h', 'routing 5 h so far'])
    expect(words(delays(9, [0, 'mql'], [5, 'rejected']))).toEqual(['connector 0 h', 'routing 5 h'])
    expect(delays(5, [0, 'mql']).rep).toBeNull()
  })

  test('are nothing for a lead that had its owner before', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1), [2, 'recycled'], [9, 'mql']))
    const again = judgeFacts(facts, h(10)).handoffs[1]!
    expect([again.salesforceAt, delaysOf(again, h(10)).systemMs]).toEqual([h(9), 0])
  })

  test('a lead that was closed is back when it is opened again', () => {
    const [first, ...rest] = factsOf(rows([0, 'mql'], [1, 'rejected'], [9, 'mql'], assigned(15))).toReversed()
    const late = [first!, ...rest].map(fact =>
      isLead(fact) && fact.kind === 'field' && fact.value === 'Open - Not Contacted'
        ? { ...fact, at: h(12) }
        : fact,
    )
    expect(words(delaysOf(judgeFacts(late, h(20)).handoffs[1]!, h(20)) as Delays)).toEqual([
      'connector 3 h',
      'routing 3 h',
    ])
  })
})

test('each span has a label', () => {
  expect(SPAN_LABELS.form_and_marketing).toBe('Inquiry to MQL')
})

test('the delay of the rep is apart, runs on, and is negative for an attempt before the assignment', () => {
  expect(delays(4, [0, 'mql'], assigned(1)).rep).toMatchObject({ ms: 3 * HOUR, running: true })
  expect(delays(9, [0, 'mql'], assigned(1), [5, 'rejected']).rep).toMatchObject({
    ms: 4 * HOUR,
    running: false,
  })
  expect(delays(9, [0, 'mql'], call(1), assigned(3)).rep).toMatchObject({ ms: -2 * HOUR, running: false })
})

test('over random histories spans follow each other, are never negative and sum to the total', () => {
  const some = fc.record({
    salesforce: fc.boolean(),
    loggedAfter: fc.integer({ min: 0, max: 30 }),
    leadAfter: fc.integer({ min: 0, max: 300 }),
    lag: fc.constantFrom(0, 240, 7_200),
  })
  fc.assert(
    fc.property(history, later, some, (events, wait, { salesforce, loggedAfter, leadAfter, lag }) => {
      const facts = factsOf(events, { ...COMPANY, hubspotLagSeconds: lag })
        .filter(fact => salesforce || fact.subject.startsWith('hubspot'))
        .map(fact => {
          if (fact.kind === 'inquiry') return { ...fact, loggedAt: fact.at + loggedAfter * HOUR }
          return isLead(fact) ? { ...fact, at: fact.at + leadAfter * MINUTE } : fact
        })
      const now: Instant = START + wait
      for (const handoff of judgeFacts(facts, now).handoffs) {
        const { t0, t1, t2, t3, endedAt } = handoff
        const { system, systemMs, rep } = delaysOf(handoff, now)
        let at = t0 ?? t1
        for (const { from, to, ms } of system) {
          expect([from, to - from]).toEqual([at, ms])
          expect(ms).toBeGreaterThanOrEqual(0)
          at = to
        }
        expect([at, systemMs]).toEqual([t2 ?? endedAt ?? now, at - (t0 ?? t1)])
        expect(rep?.ms ?? null).toBe(t2 === null ? null : (t3 ?? endedAt ?? now) - t2)
      }
    }),
    { numRuns: 500, seed: 11 },
  )
}, 60_000)
