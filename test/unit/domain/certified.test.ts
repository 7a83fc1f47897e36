import { expect, test } from 'vitest'
import { type Certificate, NOTHING } from '../../../src/domain/certificate.ts'
import { certificateJson, certificateWords } from '../../../src/domain/certified.ts'

const UNTIL = Date.parse('2026-11-26T09:00:00Z')
const side = (records: number, low = 9) => ({ records, high: 7, low })
const certificate: Certificate = {
  ...{ vendor: 'salesforce', object: 'lead', from: null, until: UNTIL, ...NOTHING },
  ...{ crm: side(9_412), mirror: side(9_412), healed: { missing: 0, stale: 0, vanished: 0 }, stopped: null },
  ...{ endedAt: UNTIL + 1_000, seconds: 1, calls: 6 },
}

test.each([
  [
    'that agrees',
    {},
    '9,412 records on both sides, checksum 0000000700000009; no gaps; changes up to 2026-11-26 09:00 UTC',
  ],
  [
    'after gaps were closed, in a window',
    { from: UNTIL - 86_400_000, healed: { missing: 1, stale: 2, vanished: 0 }, unsettled: 1 },
    '9,412 records on both sides, checksum 0000000700000009; 3 gaps found and closed: 1 missing, 2 outdated; changes from 2026-11-25 09:00 UTC to 2026-11-26 09:00 UTC; 1 record changed since',
  ],
  [
    'that differs',
    { mirror: side(9_411, 8), remaining: 1, healed: { missing: 0, stale: 0, vanished: 1 } },
    '9,412 records in the CRM, 9,411 here, 1 record differs (checksums 0000000700000009 and 0000000700000008); 1 gap found and closed: 1 deleted; changes up to 2026-11-26 09:00 UTC',
  ],
  [
    'that differs in more',
    { mirror: side(9_410, 8), remaining: 2 },
    '9,412 records in the CRM, 9,410 here, 2 records differ (checksums 0000000700000009 and 0000000700000008); no gaps; changes up to 2026-11-26 09:00 UTC',
  ],
  [
    'that was stopped',
    { stopped: 'the CRM shows none of the 3 records we know' },
    'not compared: the CRM shows none of the 3 records we know; nothing was changed',
  ],
])('a certificate %s, read aloud', (_, change, words) => {
  expect(certificateWords({ ...certificate, ...change })).toBe(words)
})

test('as JSON', () => {
  expect(certificateJson(certificate)).toEqual({
    ...{ agrees: true, from: null, until: '2026-11-26T09:00:00.000Z', endedAt: '2026-11-26T09:00:01.000Z' },
    ...{ seconds: 1, calls: 6, remaining: 0, unsettled: 0, stopped: null },
    crm: { records: 9_412, checksum: '0000000700000009' },
    mirror: { records: 9_412, checksum: '0000000700000009' },
    gaps: { missing: 0, stale: 0, vanished: 0 },
    words: certificateWords(certificate),
  })
})
