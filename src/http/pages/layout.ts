import type { Assets } from '../assets.ts'
import { type Html, html } from './html.ts'

/** A whole document around a page. Scripts and styles are files of ours: the security policy allows nothing inline. */
export const document = (title: string, body: Html, assets: Assets, live = false): Html =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="${assets.url('icon.svg')}">
<link rel="stylesheet" href="${assets.url('page.css')}">
${live && html`<script src="${assets.url('live.js')}" defer></script>`}
</head>
<body>
${body}
</body>
</html>
`
