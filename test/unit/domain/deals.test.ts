import { describe, expect, test } from 'vitest'
import { dealOf } from '../../../src/domain/deals.ts'
import type { DealStep, Fact } from '../../../src/domain/facts.ts'
import { assigned, h, judged, judgeFacts, only, rows } from './judged.ts'
import { factsOf, ROBOT, sf } from './world.ts'

const REF = 'salesforce:deal:d1'
type DealFact = Extract<Fact, { kind: 'deal' }>

const step = (at: number, what: DealStep, more: Partial<DealFact> = {}): DealFact => ({
  ...{ key: `${at}`, at, subject: REF, origin: 'record', kind: 'deal', step: what, stage: '' },
  ...{ amountMinor: null, owner: null, reason: null, ...more },
})
const deal = (...facts: Fact[]) => dealOf(REF, 'salesforce', facts)

describe('a deal', () => {
  test('was closed each time it was won or lost, not when it moved or only its amount changed', () => {
    const life = [
      ...[step(10, 'opened'), step(15, 'moved'), step(20, 'won'), step(22, 'won'), step(25, 'moved')],
      ...[step(30, 'lost'), step(40, 'won')],
    ]
    const told = { openedAt: 10, wonAt: 20, lostAt: 30, closings: [20, 30, 40], id: `${REF}#10` }
    expect(deal(...life)).toMatchObject(told)
    expect(deal(...life.toReversed())).toMatchObject(told)
  })

  test('is named by its opening, and began with the first that is known of it', () => {
    const early = [step(10, 'moved', { dayPrecise: true }), step(20, 'opened')]
    expect(deal(...early)).toMatchObject({ openedAt: 10, dayPrecise: true, id: `${REF}#20` })
    expect(deal(step(10, 'won'))).toMatchObject({ openedAt: 10, dayPrecise: false, id: `${REF}#10` })
    const atOnce = [step(10, 'won', { key: 'b' }), step(10, 'lost', { key: 'a' })]
    for (const facts of [atOnce, atOnce.toReversed()]) expect(deal(...facts)?.id).toBe(`${REF}#a`)
    const given: Fact = {
      ...{ key: 'g', at: 5, subject: REF, origin: 'record', kind: 'owner', owner: sf('ada'), from: null },
    }
    expect(deal(given, step(10, 'opened'))).toMatchObject({ openedAt: 10, owner: null })
    expect(deal(given)).toBeNull()
  })

  test('has the amount and the owner of its win, where that says so', () => {
    const opened = step(10, 'opened', { amountMinor: 100, owner: sf('ada') })
    expect(deal(opened, step(20, 'won'))).toMatchObject({ amountMinor: 100, owner: sf('ada') })
    const won = step(20, 'won', { amountMinor: 50, owner: sf('bob') })
    expect(deal(opened, won)).toMatchObject({ amountMinor: 50, owner: sf('bob') })
  })

  test('is none once it is deleted, nor without a step', () => {
    const deleted: Fact = { key: 'x', at: 30, subject: REF, origin: 'record', kind: 'deleted' }
    expect(deal(step(10, 'opened'), deleted)).toBeNull()
    expect(deal()).toBeNull()
  })
})

describe('what became of the deals of a handoff', () => {
  const two: Parameters<typeof rows> = [
    ...([[0, 'mql'], assigned(0)] as Parameters<typeof rows>),
    [1, 'opportunity', { deal: 'a', amount: 7, actor: 'ada' }],
    [2, 'opportunity', { deal: 'b', amount: 5, actor: 'bob' }],
  ]

  test('the first win and the first loss count, and whoever owned the first deal won', () => {
    const won = only(
      judged(
        99,
        ...two,
        [10, 'won', { deal: 'b', amount: 5, actor: 'bob' }],
        [20, 'won', { deal: 'a', amount: 7 }],
      ),
    )
    expect(won).toMatchObject({
      opportunityAt: h(1),
      wonAt: h(10),
      lostAt: null,
      dealOwner: sf('bob'),
      wonMinor: 1_200,
    })
    const lost = only(judged(99, ...two, [10, 'lost', { deal: 'b' }], [20, 'lost', { deal: 'a' }]))
    expect(lost).toMatchObject({ wonAt: null, lostAt: h(10), dealOwner: sf('ada'), wonMinor: null })
  })

  test('what is still to come has not become of them', () => {
    const early = [...two, [10, 'won', { deal: 'b' }], [12, 'lost', { deal: 'a' }]] as Parameters<typeof rows>
    expect(only(judged(1.5, ...early))).toMatchObject({ opportunityAt: h(1), wonAt: null, lostAt: null })
    expect(only(judged(0.5, ...early))).toMatchObject({ opportunityAt: null, dealOwner: null })
    expect(only(judged(10, ...early))).toMatchObject({ wonAt: h(10), lostAt: null })
    expect(only(judged(12, ...early))).toMatchObject({ wonAt: h(10), lostAt: h(12) })
  })

  test('Salesforce’s count where both CRMs have one', () => {
    const facts = factsOf(rows(...two, [10, 'won', { deal: 'b', amount: 5 }])).map(fact =>
      fact.kind === 'deal' && fact.subject.startsWith('hubspot') ? { ...fact, amountMinor: 1 } : fact,
    )
    expect(only(judgeFacts(facts, h(99))).wonMinor).toBe(500)
  })

  test('HubSpot’s count where Salesforce has none, with the amounts that are known', () => {
    const facts = factsOf(rows(...two, [10, 'won', { deal: 'b', amount: 5 }], [11, 'won', { deal: 'a' }]))
    const alone = facts.filter(({ subject }) => !subject.startsWith('salesforce:deal'))
    const unknown = alone.map(fact =>
      fact.kind === 'deal' && fact.subject.endsWith('d1') ? { ...fact, amountMinor: null } : fact,
    )
    expect(only(judgeFacts(unknown, h(99)))).toMatchObject({ wonAt: h(10), wonMinor: 500 })
    const untold = alone.map(fact => (fact.kind === 'deal' ? { ...fact, amountMinor: null } : fact))
    expect(only(judgeFacts(untold, h(99)))).toMatchObject({ wonAt: h(10), wonMinor: null })
  })

  test('nobody owns one that a machine owns, or somebody unknown', () => {
    const facts = factsOf(rows(...two))
    const owned = (owner: DealFact['owner']) =>
      only(
        judgeFacts(
          facts.map(fact => (fact.kind === 'deal' ? { ...fact, owner } : fact)),
          h(9),
        ),
      ).dealOwner
    expect([owned(ROBOT), owned(sf('nobody')), owned(null), owned(sf('eve'))]).toEqual([
      null,
      null,
      null,
      sf('eve'),
    ])
  })
})
