import { type Html, html } from '../../http/html.ts'
import { PORTAL_ID, type Portal } from '../portal.ts'

export const LIST_PATH = `/contacts/${PORTAL_ID}/objects/0-1/views/all/list`
export const recordPath = (typeId: string, id: number | string) =>
  `/contacts/${PORTAL_ID}/record/${typeId}/${id}`

const STYLE = html`<style>
:root { color-scheme: light; --ink: #33475b; --soft: #516f90; --line: #dfe3eb; --red: #c0362c; --accent: #00647a }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: #f5f8fa }
a { color: var(--accent) }
header { background: #2e3f50; color: #fff; padding: .7rem 1rem; display: flex; gap: 1rem; flex-wrap: wrap; align-items: baseline }
header a { color: #fff; font-weight: 600; text-decoration: none }
header small { color: #cbd6e2 }
main { max-width: 72rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem; margin: .5rem 0 } h2 { font-size: 1.05rem; margin: 0 0 .5rem }
section { background: #fff; border: 1px solid var(--line); border-radius: 4px; padding: 1rem; margin-bottom: 1rem; min-width: 0 }
.columns { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
@media (min-width: 56rem) { .columns { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr) } }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-weight: 600; font-size: .85rem }
dl { display: grid; grid-template-columns: minmax(7rem, 2fr) 3fr; gap: .35rem .8rem; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.flag { display: inline-block; padding: 0 .5rem; border-radius: 3px; font-weight: 600; white-space: nowrap; background: #e5f5f8 }
.overdue { background: var(--red); color: #fff }
section.late { border-left: 6px solid var(--red) }
nav { display: flex; gap: 1rem; flex-wrap: wrap; margin: .5rem 0 }
form { display: flex; gap: .5rem; flex-wrap: wrap } input, button { font: inherit; padding: .3rem .6rem }
.none { color: var(--soft) }
</style>`

/** A whole page of the portal. */
export function page(portal: Portal, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – HubSpot twin</title>${STYLE}</head>
<body><header><a href="${LIST_PATH}">HubSpot twin</a><span>${portal.account.name}</span><small>It is ${moment(portal, portal.clock.now())}</small></header>
<main><h1>${title}</h1>${body}</main></body></html>`.text
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const options = { timeZone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const
  const format = new Intl.DateTimeFormat('en-GB', options)
  formats.set(timeZone, format)
  return format
}

/** An instant in the account's time zone; nothing for nothing. */
export function moment({ account }: Portal, at: string | number | null | undefined): string {
  if (at === null || at === undefined || at === '') return ''
  const format = formats.get(account.timeZone) ?? formatFor(account.timeZone)
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? String(at) : format.format(date)
}

/** The label of a property's value: an option's, an owner's, a time. */
export function shown(
  portal: Portal,
  type: 'contact' | 'deal',
  name: string,
  value: string | undefined,
): string {
  if (value === undefined || value === '') return ''
  if (name === 'hubspot_owner_id') return portal.owners.nameOf(value)
  if (name === 'dealstage') return portal.pipeline.stage(value)?.label ?? value
  const definition = portal.definitions.get(type, name)
  if (definition?.type === 'datetime') return moment(portal, value)
  return definition?.options.find(option => option.value === value)?.label ?? value
}
