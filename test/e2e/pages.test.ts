import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { fastify } from 'fastify'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type HttpNeeds, httpApp } from '../../src/http/app.ts'
import type { OverdueQuestion } from '../../src/http/views.ts'
import { company, NOW, nothingYet, overdueLeads, overview, repRef, troubled } from '../unit/http/company.ts'
import { neglectOf } from '../unit/http/neglect.ts'
import { DESKTOP, launch, PHONE } from './browser.ts'

const UPDATE = process.env.UPDATE_SCREENSHOTS === '1'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

async function serve(needs: Partial<HttpNeeds> = {}): Promise<string> {
  const server = fastify({ forceCloseConnections: true })
  onTestFinished(() => server.close())
  const link: HttpNeeds['link'] = ref => `https://crm.example/${encodeURIComponent(ref)}`
  await server.register(httpApp({ views: company(), link, now: () => NOW, refreshSeconds: 60, ...needs }))
  return await server.listen({ port: 0 })
}

/** A page whose console says nothing: no error, no refused style or script. */
async function open(url: string, options: BrowserContextOptions = DESKTOP): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(error.message))
  onTestFinished(async () => {
    await context.close()
    expect(said).toEqual([])
  })
  await page.goto(url)
  return page
}

const sideways = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
}

async function picture(page: Page, name: string, fullPage: boolean): Promise<void> {
  if (!UPDATE) return
  mkdirSync('docs/screenshots', { recursive: true })
  await page.screenshot({ path: `docs/screenshots/${name}.png`, fullPage })
}

const LOOKS: [string, Partial<HttpNeeds>, BrowserContextOptions, boolean][] = [
  ['overview', {}, DESKTOP, false],
  ['overview-whole', {}, { ...DESKTOP, deviceScaleFactor: 1 }, true],
  ['overview-dark', {}, { ...DESKTOP, colorScheme: 'dark' }, false],
  ['overview-phone', {}, PHONE, false],
  ['overview-phone-dark', {}, { ...PHONE, colorScheme: 'dark' }, false],
  ['overview-empty', { views: nothingYet() }, { ...DESKTOP, deviceScaleFactor: 1 }, false],
  [
    'overview-trouble',
    { views: company({ sync: troubled('credentials') }) },
    { ...DESKTOP, deviceScaleFactor: 1 },
    false,
  ],
]

describe('how it looks', () => {
  test.each(LOOKS)('%s: accessible, nothing sideways', async (name, needs, options, whole) => {
    const page = await open(await serve(needs), options)
    expect(await sideways(page)).toBe(0)
    await accessible(page)
    await picture(page, name, whole)
  })

  test('no width from a small phone up scrolls sideways, whatever the names', async () => {
    const long = 'Bundesausbildungsförderungsgesetzbeauftragtenbüro'.repeat(2)
    const leads = overdueLeads(12).map(lead => ({
      ...lead,
      name: long,
      company: long,
      reason: long,
      source: long,
    }))
    const sources = overview().sources.map(source => ({ ...source, source: long }))
    const named = neglectOf({ after: null, reason: 'open', limit: 2 })
    const neglect = {
      ...named,
      falling: named.falling.map(rep => ({ ...rep, name: long })),
      rows: named.rows.map(lead => ({ ...lead, name: long, company: long, source: long })),
    }
    const views = company({ leads, neglect, overview: { ...overview(), sources } })
    const page = await open(await serve({ views }), PHONE)
    for (const width of [320, 390, 600, 720, 960, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 })
      expect([width, await sideways(page)]).toEqual([width, 0])
    }
  })

  test('the error page', async () => {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`${await serve()}/nowhere`)
    expect(await page.locator('h1').textContent()).toBe('Page not found')
    await accessible(page)
  })
})

describe('without JavaScript', () => {
  const still = { ...DESKTOP, javaScriptEnabled: false }

  test('one owner can be chosen, and everybody is a click away', async () => {
    const page = await open(await serve({ refreshSeconds: 5 }), still)
    await page.getByLabel('Owner', { exact: true }).selectOption(repRef(1))
    await page.getByRole('button', { name: 'Show' }).click()
    const owners = await page.locator('#overdue [data-label=Owner]').allTextContents()
    expect(new Set(owners)).toEqual(new Set(['Tomás Herrera']))
    expect(await page.getByLabel('Owner', { exact: true }).inputValue()).toBe(repRef(1))
  })

  test('pages lead on and back', async () => {
    const page = await open(await serve(), still)
    await page.getByRole('link', { name: 'Next 10' }).click()
    await page.getByRole('link', { name: 'Next 10' }).click()
    expect(await page.locator('#overdue .pager').textContent()).toContain('3 of 23')
    await page.getByRole('link', { name: 'Back to the first' }).click()
    expect(await page.locator('#overdue .cards tbody tr').count()).toBe(10)
  })
})

describe('who is neglected', () => {
  const section = (page: Page, id: string) => page.locator(`#${id}`)

  test('reps who are falling behind lead to their overdue leads, dropped leads to both CRMs', async () => {
    const page = await open(await serve())
    expect(await section(page, 'falling').locator('tbody tr').first().textContent()).toMatch(
      /Jonas Weber1914.*74\s%/,
    )
    const row = section(page, 'dropped').locator('tbody tr', { hasText: 'Ines Carvalho' })
    expect(await row.textContent()).toMatch(/9\sh.*Owner is inactive\s+Colin Marsh/s)
    expect(await row.locator('.links a').allTextContents()).toEqual(['Salesforce', 'HubSpot'])
    expect(await section(page, 'dropped').locator('.pager').textContent()).toContain('5 of 7')
    await page.getByRole('link', { name: 'Jonas Weber' }).click()
    await page.waitForURL(`**/?owner=${encodeURIComponent(repRef(3))}#overdue`)
  })

  test('the delay is told in a drawing, in words and in numbers that agree', async () => {
    const page = await open(await serve())
    const drawn = await section(page, 'delay').locator('svg.spans').getAttribute('aria-label')
    expect(drawn).toMatch(/^Form to HubSpot 3\s%, HubSpot to MQL 66\s%, .*MQL to first owner 1\s%$/)
    const ends = '[...document.querySelectorAll("svg.spans rect")].map(r => r.getBoundingClientRect().right)'
    const right = 'document.querySelector("svg.spans").getBoundingClientRect().right'
    const [all, edge] = [await page.evaluate<number[]>(ends), await page.evaluate<number>(right)]
    expect(all).toEqual([...all].sort((a, b) => a - b))
    expect(all.at(-1)).toBeCloseTo(edge, 0)
    expect(await section(page, 'delay').locator('tr.sum').textContent()).toMatch(
      /In all until the first owner472/,
    )
  })

  test('nothing to show is one sentence each', async () => {
    const page = await open(await serve({ views: nothingYet() }))
    const said = await page.locator('.none').allTextContents()
    expect(said).toEqual([
      'Nobody is falling behind.',
      'No open lead is dropped.',
      'No MQL of this time has got an owner yet.',
    ])
  })

  test.each([
    ['dropped', DESKTOP],
    ['dropped-phone', PHONE],
  ] as const)(
    '%s: all of them are a click away and can be narrowed without JavaScript',
    async (name, look) => {
      const page = await open(await serve(), { ...look, javaScriptEnabled: false })
      await page.getByRole('link', { name: '2 closed without an attempt' }).click()
      expect(await page.locator('.cards .name').allTextContents()).toEqual([
        'Fatima Zahra',
        'Chiara Lombardi',
      ])
      await page.getByLabel('Why').selectOption('')
      await page.getByRole('button', { name: 'Show' }).click()
      expect(await page.locator('.pager').textContent()).toContain('9 of 9')
      const seen = await open(page.url(), look)
      expect(await sideways(seen)).toBe(0)
      await accessible(seen)
      await picture(seen, name, true)
    },
  )
})

describe('text from a CRM', () => {
  test('does nothing', async () => {
    const [lead] = overdueLeads(1)
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    const views = company({ leads: [{ ...lead!, name: evil, company: evil, reason: evil, source: evil }] })
    const page = await open(await serve({ views }))
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).toBe('23 overdue · Leadtime')
    expect(await page.locator('#overdue .cards .name').textContent()).toBe(evil)
  })
})

describe('live', () => {
  /** Refreshes as fast as answers come, so that a test waits for what it wants to see and never for a clock. */
  const live = (needs: Partial<HttpNeeds>) => serve({ ...needs, refreshSeconds: 0.05 })
  const parts = '[...document.querySelectorAll("[data-live]")]'

  test('numbers change in place; what did not change is the same element, what was opened stays open', async () => {
    let now = overview()
    let leads = overdueLeads(23)
    let machine = 0
    const views = {
      ...company(),
      overview: async () => now,
      overdue: (question: OverdueQuestion) => company({ leads }).overdue(question),
    }
    const page = await open(await live({ machineNow: () => machine, views }))
    await page.evaluate(`${parts}.forEach(part => { part.seen = true })`)
    now = { ...now, overdue: 24 }
    leads = overdueLeads(24)
    machine += 60_000
    await page.locator('h1', { hasText: /^24\b/ }).waitFor()
    await page.locator('#overdue .pager', { hasText: 'of 24' }).waitFor()
    const replaced = `${parts}.filter(part => !part.seen).map(part => part.dataset.live)`
    expect(await page.evaluate(replaced)).toEqual(['headline', 'overdue'])
    expect(await page.title()).toBe('24 overdue · Leadtime')

    await page.getByText('The same as a table').click()
    now = { ...now, months: now.months.map(month => ({ ...month, mql: month.mql + 1000 })) }
    machine += 60_000
    await page.locator('#months td', { hasText: '1,150' }).waitFor()
    expect(await page.locator('#months').getAttribute('open')).toBe('')
  })

  test('says when the service does not answer, and when it does again', async () => {
    let fails = false
    const views = {
      ...company(),
      overdue: (q: OverdueQuestion) => (fails ? Promise.reject(new Error()) : company().overdue(q)),
    }
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(await live({ views }))
    fails = true
    await page.getByText('Not updating: the service does not answer').waitFor()
    expect(await page.locator('#overdue .cards tbody tr').count()).toBe(10)
    fails = false
    await page.getByText('Live', { exact: true }).waitFor()
  })

  test('choosing an owner needs no button', async () => {
    const page = await open(await serve({ refreshSeconds: 30 }))
    await page.getByLabel('Owner', { exact: true }).selectOption('none')
    await page.waitForURL('**/?owner=none#overdue')
    expect(await page.getByRole('button', { name: 'Show' }).isVisible()).toBe(false)
  })
})
