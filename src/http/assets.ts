import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const FILES = {
  'page.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const

export type AssetName = keyof typeof FILES

export interface Asset {
  body: Buffer
  type: string
}

export interface Assets {
  /** The address of a file; it changes with the content, so it may be kept for ever. */
  url(name: AssetName): string
  /** By the last part of its address; undefined for any other name, also for one of an older version. */
  get(file: string): Asset | undefined
}

/** Reads the style sheet, the script and the icon once. */
export function loadAssets(): Assets {
  const urls = new Map<string, string>()
  const files = new Map<string, Asset>()
  for (const [name, type] of Object.entries(FILES)) {
    const body = readFileSync(new URL(`./pages/assets/${name}`, import.meta.url))
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
    const file = name.replace('.', `.${hash}.`)
    urls.set(name, `/assets/${file}`)
    files.set(file, { body, type })
  }
  return { url: name => urls.get(name) ?? '', get: file => files.get(file) }
}
