import type { Trouble } from '../health.ts'
import { type Html, html } from './html.ts'

/** What a person has to know before believing the numbers; nothing when all is well. */
export const banner = (troubles: readonly Trouble[]): Html =>
  html`<div class="banners" data-live="banner">${troubles.map(one)}</div>`

const one = (trouble: Trouble): Html =>
  html`<p class="banner${trouble.needsPerson ? ' act' : ''}" role="status"><strong>${trouble.title}.</strong> ${trouble.remedy}${CONNECTION.has(trouble.code) && html` <a href="/connections">Connections</a>`}</p>`

/** What can be put right where CRMs are connected. */
const CONNECTION: ReadonlySet<Trouble['code']> = new Set(['credentials_refused', 'other_account'])
