import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { fastify } from 'fastify'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { httpApp } from '../../src/http/app.ts'
import type { Question } from '../../src/pipeline/explain.ts'
import { company, NOW } from '../unit/http/company.ts'
import { eleni } from '../unit/http/person.ts'
import { DESKTOP, launch, PHONE } from './browser.ts'

const UPDATE = process.env.UPDATE_SCREENSHOTS === '1'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** The page of a person; its console says nothing. */
async function open(options: BrowserContextOptions, name?: string, path = '/people/1'): Promise<Page> {
  const server = fastify({ forceCloseConnections: true })
  onTestFinished(() => server.close())
  const link = (ref: string) => `https://crm.example/${encodeURIComponent(ref)}`
  const explain = async (person: number, { at }: Question) => (person === 1 ? eleni(name, at ?? NOW) : null)
  await server.register(httpApp({ views: company(), link, explain, now: () => NOW, refreshSeconds: 60 }))
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  onTestFinished(async () => {
    await context.close()
    expect(said).toEqual([])
  })
  await page.goto(`${await server.listen({ port: 0 })}${path}`)
  return page
}

const sideways = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

const LOOKS: [string, BrowserContextOptions][] = [
  ['person', DESKTOP],
  ['person-phone', PHONE],
  ['person-dark', { ...DESKTOP, colorScheme: 'dark' }],
]

describe('the page of a person', () => {
  test.each(LOOKS)('%s: accessible, nothing sideways', async (name, options) => {
    const page = await open(options)
    expect(await page.locator('h1').textContent()).toBe('Eleni Papadaki')
    expect(await sideways(page)).toBe(0)
    for (const summary of await page.locator('.promise summary').all()) await summary.click()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
    expect(await sideways(page)).toBe(0)
    for (const summary of await page.locator('.promise summary').all()) await summary.click()
    await page.mouse.move(0, 0)
    if (!UPDATE) return
    mkdirSync('docs/screenshots', { recursive: true })
    await page.evaluate('document.activeElement.blur(); window.scrollTo(0, 0)')
    await page.screenshot({ path: `docs/screenshots/${name}.png`, fullPage: false })
  })

  test('no width from a small phone up scrolls sideways, whatever the names', async () => {
    const page = await open(PHONE, 'Bundesausbildungsförderungsgesetzbeauftragtenbüro'.repeat(2))
    for (const width of [320, 390, 600, 720, 960, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      expect([width, await sideways(page)]).toEqual([width, 0])
    }
  })

  test.each(LOOKS)('%s: another day is two clicks away, and now one click back', async (_, options) => {
    const page = await open(options)
    await page.getByText('another day').click()
    await page.getByLabel('Start of').fill('2026-05-06')
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('status').getByText('As it stood on 6 May 2026, 00:00 UTC').waitFor()
    expect(await page.locator('.verdict').textContent()).toMatch(
      /^Handoff 2 is open.* Due .*: decision after/,
    )
    expect(await page.getByText('overdue', { exact: true }).count()).toBe(0)
    expect(await sideways(page)).toBe(0)
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    await page.getByRole('link', { name: 'From what is known now' }).click()
    await page.getByRole('status').getByText('from what is known now').waitFor()
    await page.getByRole('link', { name: 'Back to now' }).click()
    await page.getByText('overdue', { exact: true }).waitFor()
    expect(await page.getByRole('status').count()).toBe(0)
  })

  test('is one click away from the overview', async () => {
    const page = await open(DESKTOP, undefined, '/')
    await page.getByRole('link', { name: 'Eleni Papadaki', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
    await page.getByText('What was counted').last().click()
    await page.getByRole('rowheader', { name: 'In all' }).last().waitFor()
  })
})
