import { describe, expect, test } from 'vitest'
import { FAULT_NAMES } from '../../../src/twins/http/catalogue.ts'
import { type Fault, Faults } from '../../../src/twins/http/faults.ts'
import { readFaultScript } from '../../../src/twins/http/script.ts'

describe('a fault script', () => {
  test('is a list, one fault, or a list under faults; YAML or JSON', () => {
    const limit = { fault: 'limit', path: '/search' }
    expect(readFaultScript('- {fault: limit, path: /search}', 'f.yml')).toEqual([limit])
    expect(readFaultScript('fault: limit\npath: /search', 'f.yml')).toEqual([limit])
    expect(readFaultScript('faults:\n- fault: limit\n  path: /search', 'f.yml')).toEqual([limit])
    expect(readFaultScript(JSON.stringify([limit]), 'f.json')).toEqual([limit])
    expect(readFaultScript('[]', 'f.yml')).toEqual([])
  })

  test('has a method in any case, and instants with an offset', () => {
    const [fault] = readFaultScript('{fault: limit, method: get, from: 2026-11-18T10:00:00+01:00}', 'f.yml')
    expect(fault).toMatchObject({ method: 'GET', from: Date.parse('2026-11-18T09:00:00Z') })
  })

  test.each([
    ['- fault: limit\n  nth: 2\n- path: x\n  fault: limt', 4, 'fault is not one of limit, retry_after,'],
    ['- fault: limit\n  tiems: 1', 2, "unknown key 'tiems'; a fault has the keys fault, twin, method, path,"],
    ['faults:\n  - fault: limit\n\n    path: "("', 4, 'path: must be a regular expression'],
    ['fault: limit\ndrop: sideways', 2, 'drop is not one of true, false, request, after, during, never'],
    ['- status: 200\n- status: [', 2, ''],
    ['- 7', 1, 'expected object'],
    ['', 1, 'expected object'],
    ['- twin: salesforce\n  fault: secondly_limit', 2, 'this twin has no such fault'],
    ['- skip: 1\n  nth: 2', 2, 'exclude each other'],
    ['- from: yesterday', 1, 'from: must be an instant such as'],
    ['- probability: 2', 1, 'probability'],
    ['- times: 0', 1, 'times'],
  ])('%j is refused for its line %i', (text, line, words) => {
    expect(() => readFaultScript(text, 'dir/f.yml')).toThrow(new RegExp(`^dir/f\\.yml, line ${line}: `))
    expect(() => readFaultScript(text, 'dir/f.yml')).toThrow(words)
  })
})

describe('when a fault strikes', () => {
  const NOW = Date.parse('2026-11-18T09:00:00Z')
  let now = NOW
  const struck = (fault: Fault, count: number, url = '/crm/things') => {
    const faults = new Faults('hubspot', () => now)
    faults.add(fault)
    return Array.from({ length: count }, () => (faults.take('GET', url) ? 1 : 0)).join('')
  }

  test('the n-th request, or from it on', () => {
    expect(struck({ fault: 'limit', nth: 3 }, 6)).toBe('001000')
    expect(struck({ fault: 'limit', nth: 3, times: 2 }, 6)).toBe('001100')
    expect(struck({ fault: 'limit', skip: 2 }, 6)).toBe('001111')
    expect(struck({ fault: 'limit', times: 2 }, 6)).toBe('110000')
  })

  test('requests of this method and path', () => {
    expect(struck({ path: '^/crm/\\w+$' }, 1)).toBe('1')
    expect(struck({ path: '\\?after=' }, 1, '/crm/things?after=5')).toBe('1')
    expect(struck({ path: '/other' }, 1)).toBe('0')
    expect(struck({ method: 'POST' }, 1)).toBe('0')
  })

  test('between two instants of the twins’ clock', () => {
    const fault = { from: NOW, until: NOW + 1000 }
    const at = (instant: number) => {
      now = instant
      return struck(fault, 1)
    }
    expect([NOW - 1, NOW, NOW + 999, NOW + 1000].map(at).join('')).toBe('0110')
  })

  test('by chance, the same way for the same seed', () => {
    now = NOW
    const once = struck({ fault: 'limit', probability: 0.25, seed: 7 }, 1000)
    expect(struck({ fault: 'limit', probability: 0.25, seed: 7 }, 1000)).toBe(once)
    expect(struck({ fault: 'limit', probability: 0.25, seed: 8 }, 1000)).not.toBe(once)
    expect(once.replaceAll('0', '').length).toBeGreaterThan(200)
    expect(once.replaceAll('0', '').length).toBeLessThan(300)
    expect(struck({ fault: 'limit', probability: 0 }, 100)).not.toContain('1')
  })

  test('one that does not come up lets the next in line have its chance', () => {
    const faults = new Faults('hubspot', () => now)
    faults.add({ fault: 'limit', probability: 0 })
    faults.add({ fault: 'truncated' })
    expect(faults.take('GET', '/x')?.fault.alter).toBe('truncate')
  })

  test('each twin has its own', () => {
    const [salesforce, hubspot] = (['salesforce', 'hubspot'] as const).map(
      vendor => new Faults(vendor, () => now),
    )
    expect(FAULT_NAMES.filter(fault => !salesforce!.concerns({ fault }))).toEqual([
      'ten_secondly_limit',
      'secondly_limit',
    ])
    expect(FAULT_NAMES.filter(fault => !hubspot!.concerns({ fault }))).toEqual(['concurrent_limit'])
    expect(hubspot!.concerns({ fault: 'limit', twin: 'salesforce' })).toBe(false)
  })
})
