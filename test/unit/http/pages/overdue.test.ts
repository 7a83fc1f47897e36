import { describe, expect, test } from 'vitest'
import { why } from '../../../../src/http/pages/overdue.ts'

describe('why a lead is overdue', () => {
  test.each([
    [
      'Overdue since Fri 24 Jul 2026 16:28: no owner since MQL Fri 24 Jul 2026 12:28 (UTC)',
      'No owner since MQL Fri 24 Jul 2026 12:28 (UTC)',
    ],
    ['Overdue 6 h: no attempt since assigned Tue 09:12', 'No attempt since assigned Tue 09:12'],
    ['Overdue', 'Overdue'],
    ['called twice: no answer', 'Called twice: no answer'],
    [null, 'Past due: first attempt'],
    ['', 'Past due: first attempt'],
  ])('%j is shown as %j', (reason, words) => expect(why({ reason, promise: 'first_attempt' })).toBe(words))
})
