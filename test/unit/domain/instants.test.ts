import { describe, expect, test } from 'vitest'
import { type Fact, ref } from '../../../src/domain/facts.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { assigned, call, h, judged, judgeFacts, only, rows } from './judged.ts'
import { CONTACT, factsOf, hs, ROBOT, sf } from './world.ts'

describe('T0', () => {
  test('is the last hand-raise at or before the MQL', () => {
    expect(only(judged(9, [-5, 'inquiry'], [-1, 'inquiry'], [0, 'mql'], [1, 'inquiry'])).t0).toBe(h(-1))
    expect(only(judged(9, [0, 'inquiry'], [0, 'mql'])).t0).toBe(h(0))
  })

  test('is unknown without one after the previous handoff ended', () => {
    const { handoffs } = judged(99, [-5, 'inquiry'], [0, 'mql'], [2, 'inquiry'], [3, 'recycled'], [50, 'mql'])
    expect(handoffs.map(handoff => handoff.t0)).toEqual([h(-5), null])
    const read = factsOf(rows([-5, 'inquiry'], [-1, 'inquiry'], [0, 'mql'])).toReversed()
    expect(only(judgeFacts(read, h(9))).t0).toBe(h(-1))
    const seam = judged(99, [0, 'mql'], [3, 'inquiry'], [3, 'recycled'], [50, 'mql']).handoffs
    expect(seam[1]!.t0).toBeNull()
  })
})

describe('T2', () => {
  test('is T1 when a human owned the person already', () => {
    expect(only(judged(9, assigned(-5), [0, 'mql'])).t2).toBe(h(0))
  })

  test('is the first assignment to a human who works', () => {
    expect(only(judged(9, [0, 'mql'], assigned(1, ''), assigned(2, 'gone'), assigned(3))).t2).toBe(h(3))
  })

  test('at T1 itself counts', () => {
    expect(only(judged(9, [0, 'mql'], assigned(0))).t2).toBe(h(0))
  })

  test('at the end of the handoff counts, after it does not', () => {
    expect(only(judged(9, [0, 'mql'], assigned(3), [3, 'rejected'])).t2).toBe(h(3))
    expect(only(judged(9, [0, 'mql'], [3, 'rejected'], assigned(4))).t2).toBeNull()
  })

  test.each(['rejected', 'opportunity', 'deleted'] as const)(
    'at the instant of %s counts, in Salesforce alone too',
    end => {
      const facts = factsOf(rows([0, 'mql'], assigned(3), [3, end]))
      const alone = facts.filter(fact => fact.kind !== 'owner' || fact.subject !== CONTACT)
      const lead = alone.filter(fact => !fact.subject.startsWith('salesforce:contact'))
      expect(only(judgeFacts(lead, h(9))).t2).toBe(h(3))
    },
  )

  test('is the instant of the CRM that knew it first', () => {
    const lagging = factsOf(rows([0, 'mql'], assigned(1))).map(fact =>
      fact.kind === 'owner' && fact.subject === CONTACT ? { ...fact, at: fact.at + 240_000 } : fact,
    )
    expect(only(judgeFacts(lagging, h(9))).t2).toBe(h(1))
  })

  test('is not somebody whom the person was taken from before T1', () => {
    const facts = factsOf(rows([-9, 'mql'], assigned(-8), [-7, 'rejected'], assigned(-1, 'gone'), [0, 'mql']))
    const stale = facts.filter(fact => fact.subject !== CONTACT || fact.kind !== 'owner' || fact.at < h(-1))
    expect(judgeFacts(stale, h(9)).handoffs[1]!.t2).toBeNull()
  })

  test('is not who owns the Salesforce contact now, where HubSpot tells since when', () => {
    const facts = factsOf(rows([0, 'mql'], [0, 'opportunity'], assigned(5)))
    const next = factsOf(rows([0, 'mql'])).filter(fact => fact.kind === 'field' && fact.subject === CONTACT)
    const late = facts.map(fact =>
      fact.kind === 'owner_now' && fact.subject.includes(':contact:') ? { ...fact, owner: sf('ada') } : fact,
    )
    const again = next.map(fact => ({ ...fact, at: h(2), key: `${fact.key}-again` }))
    expect(judgeFacts([...late, ...again], h(9)).handoffs[1]!.t2).toBe(h(5))
  })

  test('is not an integration user', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1)))
      .filter(fact => fact.subject !== CONTACT || fact.kind !== 'owner')
      .map(fact => (fact.kind === 'owner' ? { ...fact, owner: ROBOT } : fact))
    expect(only(judgeFacts(facts, h(9))).t2).toBeNull()
  })
})

test('an SQL after a handoff expired is no decision on it', () => {
  const facts = factsOf(rows([0, 'mql'], [120, 'sql']))
  expect(only(judgeFacts(facts, h(200), { ...defaultPolicy, expireMs: 72 * 3_600_000 }))).toMatchObject({
    ...{ outcome: 'expired', t5: null, t6: h(120) },
  })
})

test('while nobody owns it an attempt is not the owner’s', () => {
  const facts = factsOf(rows([0, 'mql'], assigned(1), assigned(2, ''), call(3)))
  expect(only(judgeFacts(facts, h(9), { ...defaultPolicy, attemptsBy: 'owner' })).t3).toBeNull()
})

describe('the early days', () => {
  test('count a deal that was won again after it had been taken up again', () => {
    const deal = { deal: 'a', detail: 'Proposal' }
    const facts = factsOf(rows([-900, 'won', deal], [0, 'mql'])).concat(
      ['moved', 'won'].map((step, place) => ({
        ...{ key: `again${place}`, at: h(place - 20), subject: ref('salesforce', 'deal', 'd1') },
        ...{
          origin: 'history',
          kind: 'deal',
          step,
          stage: step,
          amountMinor: null,
          owner: null,
          reason: null,
        },
      })) as Fact[],
    )
    expect(only(judgeFacts(facts, h(9)))).toMatchObject({ outcome: 'sql', endedAt: h(0) })
    const amended = facts.filter(fact => fact.key !== 'again0')
    expect(only(judgeFacts(amended, h(9)))).toMatchObject({ outcome: null })
  })
})

describe('the owner', () => {
  const owner = (...lines: Parameters<typeof judged>[1][]) => only(judged(99, [0, 'mql'], ...lines)).owner

  test('is the last human one while it was open', () => {
    expect(owner(assigned(1), assigned(2, 'bob'))).toBe(sf('bob'))
    expect(owner(assigned(1), assigned(2, ''))).toBe(sf('ada'))
    expect(owner(assigned(1), [2, 'sql'], assigned(3, 'bob'))).toBe(sf('ada'))
  })

  test('is who was assigned at the instant of the MQL, not who the lead was made with', () => {
    const facts = factsOf(rows(assigned(-5, 'bob'), [0, 'mql'], [0, 'opportunity'], assigned(0)))
    expect(only(judgeFacts(facts, h(9))).owner).toBe(sf('ada'))
  })

  test('is nobody without one', () => {
    expect(owner(assigned(1, 'gone'))).toBeNull()
  })

  test('of an earlier, converted lead has no say in the next handoff', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1), [2, 'opportunity'], assigned(3, ''), [50, 'mql']))
    const { handoffs } = judgeFacts(facts, h(60))
    expect(handoffs.map(({ owner, t2 }) => [owner, t2])).toEqual([
      [sf('ada'), h(1)],
      [null, null],
    ])
  })

  test('of a closed lead has no say while another lead of the person is open', () => {
    const first = factsOf(rows([0, 'mql'], assigned(1), [2, 'rejected']))
    const again = factsOf(rows([50, 'mql'])).map((fact): Fact => {
      if (!fact.subject.startsWith('salesforce:lead')) return fact
      return { ...fact, subject: 'salesforce:lead:p1-2' }
    })
    const facts = [...first, ...again].filter(fact => fact.kind !== 'owner' || fact.subject !== CONTACT)
    const second = judgeFacts(facts, h(60)).handoffs[1]!
    expect([second.t1, second.owner, second.t2]).toEqual([h(50), null, null])
  })
})

describe('attempts and contacts', () => {
  const effectOf = (
    event: 'call' | 'email' | 'meeting',
    direction: 'in' | 'out',
    outcome: string,
    actor = 'ada',
  ) => {
    const handoff = only(judged(9, [0, 'mql'], assigned(1), [2, event, { direction, outcome, actor }]))
    const { t3, t4, t7, attempts } = handoff
    return { attempts, t3: t3 === h(2), t4: t4 === h(2), t7: t7 === h(2) }
  }
  const nothing = { attempts: 0, t3: false, t4: false, t7: false }
  const attempt = { attempts: 1, t3: true, t4: false, t7: false }
  const both = { attempts: 1, t3: true, t4: true, t7: false }
  const contact = { attempts: 0, t3: true, t4: true, t7: false }
  const held = { attempts: 1, t3: true, t4: true, t7: true }

  test.each([
    ['call', 'out', 'connected', both],
    ['call', 'out', 'voicemail', attempt],
    ['call', 'out', 'no_answer', attempt],
    ['call', 'out', '', attempt],
    ['call', 'in', 'connected', contact],
    ['call', 'in', 'voicemail', nothing],
    ['call', 'out', 'automated', nothing],
    ['email', 'out', '', attempt],
    ['email', 'out', 'replied', both],
    ['email', 'out', 'bounced', nothing],
    ['email', 'out', 'automated', nothing],
    ['email', 'in', '', contact],
    ['email', 'in', 'automated', nothing],
    ['meeting', 'out', 'held', held],
    ['meeting', 'in', 'held', held],
    ['meeting', 'out', 'no_show', attempt],
    ['meeting', 'out', 'scheduled', nothing],
    ['meeting', 'out', 'cancelled', nothing],
  ] as const)('%s %s %s', (event, direction, outcome, expected) => {
    expect(effectOf(event, direction, outcome)).toEqual(expected)
  })

  test.each(['', 'nobody'])('by "%s", who is no human of ours: no attempt', actor => {
    expect(effectOf('call', 'out', 'connected', actor)).toEqual(nothing)
    expect(effectOf('email', 'out', 'replied', actor)).toEqual(nothing)
  })

  test('an e-mail from the person needs nobody of ours, nor does who booked a meeting that was held', () => {
    expect(effectOf('email', 'in', '', '')).toEqual(contact)
    expect(effectOf('meeting', 'in', 'held', '')).toEqual(held)
  })

  test('of somebody who has left since count', () => {
    expect(effectOf('call', 'out', 'voicemail', 'gone')).toEqual(attempt)
  })

  test('before T1 or after the end count for nothing, at both ends they count', () => {
    const story = (at: number) => only(judged(99, [0, 'mql'], [5, 'rejected'], call(at))).attempts
    expect([-0.001, 0, 5, 5.001].map(story)).toEqual([0, 1, 1, 0])
  })

  test('at a seam belong to the earlier handoff', () => {
    const mql = factsOf(rows([5, 'mql'])).filter(fact => fact.kind === 'field' && fact.field === 'lifecycle')
    const facts = [...factsOf(rows([0, 'mql'], assigned(1), [5, 'recycled'], call(5))), ...mql]
    expect(judgeFacts(facts, h(9)).handoffs.map(handoff => handoff.attempts)).toEqual([1, 0])
  })

  test('of the future have not happened yet', () => {
    const before = judged(2, [0, 'mql'], assigned(1), call(3))
    expect(only(before)).toMatchObject({ attempts: 0, t3: null })
    expect(before.wakeAt).toBe(h(3))
    expect(only(judged(3, [0, 'mql'], assigned(1), call(3)))).toMatchObject({ attempts: 1, t3: h(3) })
  })

  test('T3 is a first contact that came before any attempt', () => {
    const story = judged(9, [0, 'mql'], [2, 'email', { direction: 'in' }], call(4))
    expect(only(story)).toMatchObject({ t3: h(2), t4: h(2), attempts: 1 })
  })

  test('of others stop the clock unless the policy wants the owner', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1), call(2, 'voicemail', 'bob'), call(4)))
    expect(only(judgeFacts(facts, h(9)))).toMatchObject({ t3: h(2), attempts: 2 })
    const strict = { ...defaultPolicy, attemptsBy: 'owner' as const }
    expect(only(judgeFacts(facts, h(9), strict))).toMatchObject({ t3: h(4), attempts: 2 })
  })
})

describe('the same activity', () => {
  const story = rows([0, 'mql'], assigned(1), call(2, 'connected'))
  const base = factsOf(story)
  const task = base.find(fact => fact.kind === 'activity')!
  const copy = (seconds: number, more: object = {}): Fact =>
    ({
      ...task,
      ...{ key: 'copy', subject: CONTACT, source: 'hubspot:call:1', actor: hs('ada'), outcome: 'done' },
      at: task.at + seconds * 1_000,
      ...more,
    }) as Fact
  const attempts = (...more: Fact[]) => only(judgeFacts([...base, ...more], h(9))).attempts

  test('in both CRMs counts once, within a minute', () => {
    expect(attempts(copy(60))).toBe(1)
    expect(attempts(copy(-60))).toBe(1)
    expect(attempts(copy(61))).toBe(2)
  })

  test('is known at its first instant and by its fuller outcome', () => {
    const handoff = only(judgeFacts([...base, copy(-30)], h(9)))
    expect(handoff).toMatchObject({ t3: h(2) - 30_000, t4: h(2) - 30_000 })
  })

  test('is not another channel or direction', () => {
    expect(attempts(copy(0, { channel: 'email' }))).toBe(2)
    expect(attempts(copy(0, { direction: 'in', outcome: 'connected' }))).toBe(1)
  })

  test('twice in one CRM is two', () => {
    expect(attempts({ ...task, key: 'more', source: 'salesforce:task:2' } as Fact)).toBe(2)
    expect(attempts(copy(1), copy(2, { source: 'hubspot:call:2', key: 'other' }))).toBe(2)
    expect(attempts(copy(-2), copy(-1, { source: 'hubspot:call:2', key: 'other' }))).toBe(2)
  })

  test('that a machine made in one CRM is a machine’s in both', () => {
    expect(attempts(copy(1, { automated: true }))).toBe(0)
    expect(attempts(copy(-1, { automated: true }))).toBe(0)
  })

  test('told about two records of the person counts once', () => {
    const twin = { key: 'twin', subject: 'hubspot:contact:p2' }
    const facts = [...base.filter(fact => fact !== task), copy(0), copy(0, twin)]
    expect(only(judgeFacts(facts, h(9))).attempts).toBe(1)
  })

  test('as e-mail message stands for its task', () => {
    const sent = factsOf(rows([0, 'mql'], assigned(1), [2, 'email', { direction: 'out', actor: 'ada' }]))
    const mail = sent.find(fact => fact.kind === 'activity')!
    const bounced = {
      ...mail,
      key: 'm',
      source: 'salesforce:email:1',
      outcome: 'bounced',
      supersedes: mail.source,
    }
    expect(only(judgeFacts(sent, h(9))).attempts).toBe(1)
    expect(only(judgeFacts([...sent, bounced as Fact], h(9))).attempts).toBe(0)
  })
})

describe('T5', () => {
  test.each(['accepted', 'rejected', 'recycled', 'sql', 'opportunity'] as const)('is %s', event => {
    expect(only(judged(9, [0, 'mql'], [3, event])).t5).toBe(h(3))
  })

  test('is the first of them', () => {
    expect(only(judged(9, [0, 'mql'], [2, 'accepted'], [3, 'rejected'])).t5).toBe(h(2))
  })

  test('does not come after the end', () => {
    const facts = factsOf(rows([0, 'mql'], [40, 'accepted']))
    const expiring = { ...defaultPolicy, expireMs: 24 * 3_600_000 }
    expect(only(judgeFacts(facts, h(99), expiring))).toMatchObject({
      outcome: 'expired',
      t5: null,
      salAt: null,
    })
  })
})

test('SQL implies SAL, and SAL may come before', () => {
  expect(only(judged(9, [0, 'mql'], [3, 'sql'])).salAt).toBe(h(3))
  expect(only(judged(9, [0, 'mql'], [1, 'accepted'], [3, 'sql'])).salAt).toBe(h(1))
})

test('what is known to the day only is marked', () => {
  const facts = factsOf(rows([0, 'mql'], assigned(1), call(2))).map(fact =>
    fact.kind === 'activity' ? { ...fact, dayPrecise: true } : fact,
  )
  expect(only(judgeFacts(facts, h(9))).dayPrecise).toEqual(['t3'])
})

test('a conversion known to the day only happened when its deal was opened', () => {
  const facts = factsOf(rows([0, 'mql'], [3, 'opportunity'])).map(fact =>
    fact.kind === 'converted' ? { ...fact, at: h(-8.2), dayPrecise: true } : fact,
  )
  expect(only(judgeFacts(facts, h(9)))).toMatchObject({ t6: h(3), dayPrecise: [] })
})
