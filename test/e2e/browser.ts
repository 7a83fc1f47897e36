import { type Browser, chromium } from 'playwright-core'

/** What the pages are looked at with. */
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }
export const DESKTOP = { viewport: { width: 1280, height: 940 }, deviceScaleFactor: 2 }

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, which asks nothing of the network by itself. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
