import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../../src/domain/time.ts'
import { defaultLimits, troubles } from '../../../src/http/health.ts'
import type { ObjectState, SyncState } from '../../../src/http/views.ts'
import { certificate, NOW, syncState, troubled } from './company.ts'

const codes = (state: SyncState, since = NOW) =>
  troubles(state, { now: NOW, since, limits: defaultLimits }).map(({ code }) => code)

describe('troubles', () => {
  test('none when everything was looked at a moment ago', () => expect(codes(syncState())).toEqual([]))

  test.each([
    ['credentials', 'credentials_refused', true],
    ['refused', 'request_refused', true],
    ['unreachable', 'crm_unreachable', false],
  ] as const)('a CRM with %s', (kind, code, needsPerson) => {
    const [found] = troubles(troubled(kind), { now: NOW, since: NOW, limits: defaultLimits })
    expect(found).toMatchObject({ code, needsPerson, vendor: 'hubspot', red: true })
  })

  test('a CRM that asks us to wait is none', () => expect(codes(troubled('rate_limited'))).toEqual([]))

  test('a round is too old strictly after the limit', () => {
    expect(codes(syncState({ lastRound: NOW - 3 * MINUTE }))).toEqual([])
    expect(codes(syncState({ lastRound: NOW - 3 * MINUTE - 1 }))).toEqual(['round_too_old'])
  })

  test('the first round has as long as any other, counted from the start', () => {
    expect(codes(syncState({ lastRound: null }), NOW - MINUTE)).toEqual(['first_round'])
    expect(codes(syncState({ lastRound: null }), NOW - 4 * MINUTE)).toEqual(['round_too_old'])
  })

  test('many waiting changes mean that the database is behind', () =>
    expect(codes(syncState({ waiting: 20_001 }))).toEqual(['judging_behind']))

  test('a calendar that is not read says why and what is used; promises are still watched', () => {
    const calendar = {
      name: 'holidays.us (calendar.example.com)',
      error: 'the address answers 404; check it in the policy',
      needsPerson: true,
    }
    const told = (fetchedAt: number | null) =>
      troubles(syncState({ calendars: [{ ...calendar, fetchedAt }] }), {
        ...{ now: NOW, since: NOW, limits: defaultLimits },
      })
    expect(told(NOW)).toEqual([
      {
        ...{ code: 'calendar_unread', vendor: null, needsPerson: true, red: false },
        title: 'A calendar is not read in full: holidays.us (calendar.example.com)',
        remedy: 'The address answers 404; check it in the policy. What was last read is used.',
      },
    ])
    expect(told(null)[0]?.remedy).toMatch(/Nothing is known of it yet\.$/)
  })

  describe('the certificates', () => {
    const leads = (change: Partial<ObjectState>): SyncState => {
      const of = (one: ObjectState) => (one.object === 'lead' ? { ...one, ...change } : one)
      const crms = syncState().crms.map(crm => ({ ...crm, objects: crm.objects.map(of) }))
      return syncState({ crms })
    }
    const told = (change: Partial<ObjectState>, since = NOW) =>
      troubles(leads(change), { now: NOW, since, limits: defaultLimits })

    test('one that differs turns health red and names the object', () => {
      expect(told({ certificate: certificate('lead', 5, { remaining: 1 }) })).toMatchObject([
        { code: 'mirror_differs', red: true, title: 'The mirror differs from Salesforce: lead' },
      ])
    })

    test('one that was stopped needs a person', () => {
      const stopped = 'the CRM shows none of the 5 records we know'
      expect(told({ certificate: certificate('lead', 5, { stopped }) })).toMatchObject([
        { code: 'mirror_doubtful', needsPerson: true, red: true },
      ])
    })

    test('one older than two days, a missing one after two days, and a long silence', () => {
      const old = certificate('lead', 5, { endedAt: NOW - 49 * HOUR })
      expect(told({ certificate: old }).map(({ code }) => code)).toEqual(['mirror_unchecked'])
      expect(told({ certificate: null })).toEqual([])
      expect(told({ certificate: null }, NOW - 49 * HOUR).map(({ code }) => code)).toEqual([
        'mirror_unchecked',
      ])
      expect(told({ blindSince: NOW - 16 * 24 * HOUR }).map(({ code }) => code)).toEqual(['mirror_unchecked'])
    })
  })

  test('what needs a person comes first', () =>
    expect(codes({ ...troubled('credentials'), lastRound: 0 })).toEqual([
      'credentials_refused',
      'round_too_old',
    ]))
})
