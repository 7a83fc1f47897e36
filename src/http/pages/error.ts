import type { Assets } from '../assets.ts'
import { type Html, html } from './html.ts'
import { document } from './layout.ts'

/** A plain page for what went wrong: an id to look up in the log, and nothing about the inside. */
export const errorPage = (title: string, text: string, id: string | null, assets: Assets): Html =>
  document(
    `${title} · Leadtime`,
    html`<header class="top"><a class="brand" href="/">Leadtime</a></header>
<main class="error"><h1>${title}</h1><p>${text}</p>${id && html`<p class="small">Error <code>${id}</code></p>`}<p><a href="/">To the overview</a></p></main>`,
    assets,
  )
