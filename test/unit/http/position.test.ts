import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePosition, query, readFilter } from '../../../src/http/position.ts'

describe('the address of the overdue list', () => {
  test('says nothing: the first page of everybody', () =>
    expect(readFilter({})).toEqual({ owner: null, after: null, limit: 10 }))

  test('an empty choice of the form is everybody', () =>
    expect(readFilter({ owner: '', after: '' })).toMatchObject({ owner: null, after: null }))

  test('what a link says is what is read', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
        (due, handoff) => {
          fc.pre(handoff.isWellFormed())
          const filter = {
            owner: 'salesforce:user:005000000000001AAA',
            after: { due, handoff, person: 7 },
          } as const
          const read = readFilter(Object.fromEntries(new URLSearchParams(query(filter))))
          expect(read).toMatchObject(filter)
        },
      ),
    )
  })

  test.each([
    [{ after: 'x' }, "after is not a position; take it from 'next' of the page before"],
    [{ after: Buffer.from('[1,2,3]').toString('base64url') }, 'after is not a position'],
    [{ after: Buffer.from('["1","a",1]').toString('base64url') }, 'after is not a position'],
    [{ owner: "'; drop table handoff" }, "owner is not an owner; take one from 'owners', or none"],
    [{ owner: ['none', 'none'] }, 'expected string'],
    [{ limit: '0' }, 'limit is not a whole number from 1 to 200'],
    [{ limit: '201' }, 'limit is not a whole number from 1 to 200'],
  ])('%j is refused', (given, message) => {
    expect(() => readFilter(given)).toThrow(message)
    expect(() => readFilter(given)).toThrow(expect.objectContaining({ statusCode: 400 }))
  })

  test('a position tells the next page, not more', () =>
    expect(encodePosition({ due: 1, handoff: 'a', person: 2 })).toBe('WzEsImEiLDJd'))
})
