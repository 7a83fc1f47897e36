import { describe, expect, it } from 'vitest'
import { longId, recordId } from '../../../../src/twins/salesforce/ids.ts'

describe('longId', () => {
  it.each([
    ['a0D30000001n7Pi', 'a0D30000001n7PiEAI'],
    ['a0RE000000IJmcN', 'a0RE000000IJmcNMAT'],
    ['001M000000qfPyS', '001M000000qfPySIAU'],
  ])('gives %s its checksum', (short, long) => {
    expect(longId(short)).toBe(long)
    expect(longId(long)).toBe(long)
  })

  it('repairs a wrong checksum, as the API ignores it', () => {
    expect(longId('a0D30000001n7PiAAA')).toBe('a0D30000001n7PiEAI')
  })

  it.each(['', '00Q', '00Q0000000000!1', '00Q00000000000011111'])('knows that "%s" is no id', text => {
    expect(longId(text)).toBeNull()
  })
})

describe('recordId', () => {
  it('begins with the prefix and has 18 characters', () => {
    expect(recordId('00Q', 1)).toBe('00QLt0000000001MAA')
    expect(longId(recordId('00Q', 61))).toBe(recordId('00Q', 61))
  })

  it('ascends with the number', () => {
    const ids = [1, 9, 10, 35, 36, 61, 62, 3843, 3844, 2_000_000].map(number => recordId('00Q', number))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
