import type { ScenarioEvent } from '../scenario/types.ts'
import { assign, change, iso, type Rec } from './record.ts'
import { UI, type World } from './world.ts'

/** The deal an opportunity, or a win or loss without one, opens. */
export function openDeal(contact: Rec, event: ScenarioEvent, world: World): Rec {
  const deal = world.create('deal', event.at, event.deal)
  const { company, lastname, email } = contact.properties
  const name = company ?? lastname ?? email ?? 'Deal'
  const values = {
    dealname: event.deal === '' ? name : `${name} – ${event.deal}`,
    pipeline: 'default',
    dealstage: stageOf(event, world),
    amount: event.amount === null ? '' : String(event.amount),
    hubspot_owner_id: world.ownerId(event.actor),
    hs_is_closed: 'false',
    hs_is_closed_won: 'false',
    num_associated_contacts: '1',
  }
  for (const [property, value] of Object.entries(values)) assign(deal, property, value)
  return deal
}

/** A deal's next stage and amount, as far as the event says; who opened it keeps it. */
export function moveDeal(deal: Rec, event: ScenarioEvent, world: World): void {
  const { at } = event
  if (event.detail !== '' || event.event !== 'opportunity') {
    change(deal, 'dealstage', stageOf(event, world), at, UI)
  }
  if (event.amount !== null) change(deal, 'amount', String(event.amount), at, UI)
  const owner = world.ownerId(event.actor)
  if (owner !== '' && deal.properties.hubspot_owner_id === undefined)
    change(deal, 'hubspot_owner_id', owner, at, UI)
  const stage = deal.properties.dealstage
  assign(deal, 'hs_is_closed', String(stage === 'closedwon' || stage === 'closedlost'))
  assign(deal, 'hs_is_closed_won', String(stage === 'closedwon'))
}

export function closeDeal(deal: Rec, event: ScenarioEvent, world: World): void {
  const { at, detail } = event
  moveDeal(deal, event, world)
  change(deal, 'closedate', iso(at), at, UI)
  if (event.event === 'won') assign(deal, 'hs_closed_won_date', iso(at))
  else if (detail !== '') change(deal, 'closed_lost_reason', detail, at, UI)
}

function stageOf(event: ScenarioEvent, world: World): string {
  if (event.event === 'won') return 'closedwon'
  return event.event === 'lost' ? 'closedlost' : world.stageId(event.detail)
}
