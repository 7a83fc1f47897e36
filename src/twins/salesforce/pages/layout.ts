import { Html, html } from '../../http/html.ts'

const STYLE = new Html(`
:root { color-scheme: light; --ink: #16325c; --soft: #54698d; --line: #d8dde6; --paper: #fff; --back: #f4f6f9;
  --link: #0b5cab; --bad: #b3261e; --badback: #fdecea; --good: #2e6b34; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
header { background: var(--ink); color: #fff; padding: .7rem 1rem; display: flex; gap: 1rem; align-items: baseline;
  flex-wrap: wrap; }
header a { color: #fff; text-decoration: none; font-weight: 600; }
header time { margin-left: auto; color: #cfd9ea; font-size: .9rem; }
main { max-width: 72rem; margin: 1rem auto; padding: 0 1rem; }
h1 { font-size: 1.35rem; margin: .2rem 0 .8rem; }
h2 { font-size: 1rem; margin: 0 0 .6rem; }
a { color: var(--link); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; padding: 1rem; margin-bottom: 1rem; }
.tabs { display: flex; gap: .5rem; margin-bottom: .8rem; flex-wrap: wrap; }
.tabs a { padding: .45rem .9rem; border: 1px solid var(--line); border-radius: 2rem; text-decoration: none;
  background: var(--paper); }
.tabs a[aria-current] { background: var(--ink); color: #fff; }
table { width: 100%; border-collapse: collapse; background: var(--paper); border: 1px solid var(--line); }
th, td { text-align: left; padding: .5rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .8rem; color: var(--soft); font-weight: 600; }
.flag { color: var(--bad); background: var(--badback); border: 1px solid var(--bad); border-radius: .3rem;
  padding: .05rem .45rem; font-weight: 600; white-space: nowrap; }
.calm { color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .7rem 1.5rem; margin: 0; }
dt { font-size: .8rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ol { list-style: none; margin: 0; padding: 0; }
ol li { padding: .5rem 0; border-top: 1px solid var(--line); }
ol li:first-child { border-top: 0; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
@media (max-width: 48rem) {
  .two { grid-template-columns: 1fr; }
  thead { position: absolute; left: -99rem; }
  table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td { border: 0; padding: .15rem .7rem; }
  td[data-name]:not(:empty)::before { content: attr(data-name) ': '; color: var(--soft); font-size: .85rem; }
}
`)

/** A whole page. @param clock the virtual instant in words */
export function page(title: string, clock: string, body: Html): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | CRM twin</title>
<style>${STYLE}</style>
</head>
<body>
<header><a href="/lightning/o/Lead/list">Leads</a><a href="/lightning/o/Contact/list">Contacts</a><time>${clock}</time></header>
<main>${body}</main>
</body>
</html>`
  return document.text
}

/** Names and values in columns; empty values show a dash. */
export function definitions(entries: readonly (readonly [string, Html | string | null])[]): Html {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value || '–'}</dd></div>`)}</dl>`
}
