import { describe, expect, it } from 'vitest'
import { change, newRecord, type Rec, versionsOf } from '../../../../src/twins/hubspot/record.ts'

const values = (rec: Rec) => versionsOf(rec, 'amount').map(([value, at]) => [value, at])

describe('change', () => {
  it('keeps the initial value as the first version', () => {
    const deal = newRecord('deal', 1, 100)
    deal.properties.amount = '5'
    expect(values(deal)).toEqual([['5', 100]])
    expect(change(deal, 'amount', '6', 200, 'API')).toBe(true)
    expect(values(deal)).toEqual([
      ['5', 100],
      ['6', 200],
    ])
    expect([deal.properties.amount, deal.modified]).toEqual(['6', 200])
  })

  it('changes nothing for an equal value, unless it is to be noted again', () => {
    const deal = newRecord('deal', 1, 100)
    deal.properties.amount = '5'
    expect(change(deal, 'amount', '5', 200, 'API')).toBe(false)
    expect([deal.modified, values(deal)]).toEqual([100, [['5', 100]]])
    expect(change(deal, 'amount', '5', 200, 'API', true)).toBe(true)
    expect(values(deal)).toHaveLength(2)
  })

  it('makes an instant before the newest version history only', () => {
    const deal = newRecord('deal', 1, 100)
    change(deal, 'amount', '7', 300, 'API')
    change(deal, 'amount', '6', 200, 'API')
    expect(values(deal)).toEqual([
      ['6', 200],
      ['7', 300],
    ])
    expect([deal.properties.amount, deal.modified]).toEqual(['7', 300])
  })

  it('puts what comes at the same instant after what is there, and clears', () => {
    const deal = newRecord('deal', 1, 100)
    change(deal, 'amount', '7', 300, 'API')
    change(deal, 'amount', '', 300, 'API')
    expect(values(deal)).toEqual([
      ['7', 300],
      ['', 300],
    ])
    expect(deal.properties).not.toHaveProperty('amount')
  })
})
