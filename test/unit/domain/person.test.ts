import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ref } from '../../../src/domain/facts.ts'
import { groupByIdentity, keepPersons, type Tie } from '../../../src/domain/person.ts'

const name = (n: number): Ref => `salesforce:lead:${n}`
const self = (n: number): Tie => ({ ref: name(n), key: name(n), reason: 'self' })
const email = (n: number, address: string): Tie => ({
  ref: name(n),
  key: `email:${address}`,
  reason: 'email',
})

describe('grouping', () => {
  test('records with nothing in common are people of their own', () => {
    expect(groupByIdentity([self(1), self(2)])).toEqual([[self(1)], [self(2)]])
  })

  test('an address ties, and from each to the next', () => {
    const groups = groupByIdentity([
      self(1),
      email(1, 'a'),
      email(2, 'a'),
      email(2, 'b'),
      email(3, 'b'),
      self(4),
    ])
    expect(groups.map(group => group.map(member => member.ref))).toEqual([
      [name(1), name(2), name(3)],
      [name(4)],
    ])
  })

  test('the strongest tie is the reason, on both sides', () => {
    const contact: Ref = 'hubspot:contact:9'
    const linked: Tie = { ref: contact, key: name(1), reason: 'linked_id' }
    const groups = groupByIdentity([
      self(1),
      email(1, 'a'),
      { ref: contact, key: 'email:a', reason: 'email' },
      linked,
    ])
    expect(groups).toEqual([[linked, { ref: name(1), key: name(1), reason: 'linked_id' }]])
  })

  test('the strongest tie is the reason in whatever order they come; of equal ones the first by name', () => {
    const contact: Ref = 'hubspot:contact:9'
    const linked: Tie = { ref: contact, key: name(1), reason: 'linked_id' }
    expect(groupByIdentity([linked, self(1)])).toEqual(groupByIdentity([self(1), linked]))
    const ties = [email(1, 'b'), email(2, 'b'), email(1, 'a'), email(2, 'a')]
    for (const all of [ties, ties.toReversed()])
      expect(groupByIdentity(all)).toEqual([[email(1, 'a'), email(2, 'a')]])
  })

  test('a key that one record alone carries ties nothing', () => {
    expect(groupByIdentity([email(1, 'a')])).toEqual([[{ ...email(1, 'a'), reason: 'self' }]])
  })

  test('equals the transitive closure, whatever the order', () => {
    const tie = fc.record({
      ref: fc.integer({ min: 1, max: 12 }).map(name),
      key: fc.constantFrom(...'abcdefgh'),
    })
    fc.assert(
      fc.property(fc.array(tie, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (ties, order) => {
        const all: Tie[] = ties.map(({ ref, key }) => ({ ref, key, reason: 'email' }))
        const shuffled = all.map(one => [order.next().value, one] as const).sort((a, b) => a[0] - b[0])
        const groups = groupByIdentity(shuffled.map(([, one]) => one)).map(group =>
          group.map(({ ref }) => ref),
        )
        expect(groups).toEqual(closure(all))
      }),
    )
  })
})

/** The slow way: merge any two groups that share a key until none do. */
function closure(ties: readonly Tie[]): Ref[][] {
  let groups = ties.map(({ ref, key }) => ({ refs: new Set([ref]), keys: new Set([key]) }))
  for (;;) {
    const pair = groups
      .flatMap((a, i) => groups.slice(i + 1).map(b => [a, b] as const))
      .find(([a, b]) => !a.refs.isDisjointFrom(b.refs) || !a.keys.isDisjointFrom(b.keys))
    if (pair === undefined) break
    const [a, b] = pair
    groups = groups.filter(group => group !== a && group !== b)
    groups.push({ refs: a.refs.union(b.refs), keys: a.keys.union(b.keys) })
  }
  return groups.map(({ refs }) => [...refs].sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
}

describe('keeping ids', () => {
  const group = (...refs: number[]) => refs.map(self)

  test('a merged person keeps the smaller id', () => {
    expect(
      keepPersons(
        [group(1, 2)],
        new Map([
          [name(1), 9],
          [name(2), 4],
        ]),
      ),
    ).toEqual([4])
  })

  test('of a split person the larger part keeps the id, the first when equal', () => {
    const current = new Map([1, 2, 3].map(n => [name(n), 7] as const))
    expect(keepPersons([group(1), group(2, 3)], current)).toEqual([null, 7])
    expect(keepPersons([group(1), group(2)], current)).toEqual([7, null])
  })

  test('an id goes to one group only, and new groups get none', () => {
    const current = new Map([
      [name(1), 1],
      [name(2), 1],
      [name(3), 2],
    ])
    expect(keepPersons([group(1), group(2, 3), group(4)], current)).toEqual([1, 2, null])
  })
})
