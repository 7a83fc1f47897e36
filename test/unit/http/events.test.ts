import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../../src/domain/time.ts'
import { eventTroubles, eventWords, withEvents } from '../../../src/http/events.ts'
import type { EventsState } from '../../../src/http/views.ts'
import type { EventStream } from '../../../src/store/streams.ts'
import { NOW, syncState } from './company.ts'

const stream = (object: EventStream['object'], more: Partial<EventStream> = {}): EventStream => ({
  ...{ vendor: 'salesforce', object, refusal: null, missedAt: null, heardAt: NOW - MINUTE },
  ...more,
})

const stateOf = (...streams: EventStream[]) => {
  const crm = withEvents(syncState().crms, streams).find(({ vendor }) => vendor === 'salesforce')!
  return { crm, events: crm.events as EventsState }
}

const troublesOf = (...streams: EventStream[]) => eventTroubles(stateOf(...streams).crm, NOW)

describe('change events', () => {
  test('nobody listens: nothing to say', () => {
    const crms = withEvents(syncState().crms, [])
    expect(crms).toEqual(syncState().crms)
    expect(crms.flatMap(crm => eventTroubles(crm, NOW))).toEqual([])
  })

  test('all is well', () => {
    expect(troublesOf(stream('lead'), stream('task'))).toEqual([])
    expect(eventWords(stateOf(stream('lead'), stream('task')).events, NOW)).toBe(
      'Change events: told of lead, task.',
    )
  })

  test('lost changes are red until they have been read, and nobody has to act', () => {
    const streams = [stream('lead', { missedAt: NOW }), stream('task')]
    expect(troublesOf(...streams)).toMatchObject([
      {
        ...{ code: 'events_missed', vendor: 'salesforce', red: true, needsPerson: false },
        title: 'Change events of Salesforce were lost: lead',
      },
    ])
    expect(eventWords(stateOf(...streams).events, NOW)).toContain('lost events of lead, catching up by query')
  })

  test('what is not told is polled, so nothing is red; the reason is named', () => {
    const streams = [stream('lead'), stream('task', { refusal: 'choose Task under Setup' })]
    expect(troublesOf(...streams)).toMatchObject([
      {
        ...{ code: 'events_untold', red: false },
        remedy: expect.stringContaining('Choose Task under Setup.'),
      },
    ])
    expect(eventWords(stateOf(...streams).events, NOW)).toBe(
      'Change events: told of lead; not told of task; polling does it.',
    )
  })

  test.each([
    [5 * MINUTE, 0],
    [5 * MINUTE + 1, 1],
  ])('silence of %d ms makes %d trouble', (silence, count) => {
    const streams = [stream('lead', { heardAt: NOW - silence }), stream('task', { heardAt: 0 })]
    expect(troublesOf(...streams)).toHaveLength(count)
    expect(/nothing heard/.test(eventWords(stateOf(...streams).events, NOW))).toBe(count === 1)
  })
})
