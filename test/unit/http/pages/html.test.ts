import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Html, html, trusted, webAddress } from '../../../../src/http/pages/html.ts'

describe('html', () => {
  test('a lead name with markup is text', () => {
    const name = '<img src=x onerror="alert(1)">'
    expect(String(html`<td title="${name}">${name}</td>`)).toBe(
      '<td title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</td>',
    )
  })

  test('templates nest, lists join, nothing is nothing, zero is zero', () => {
    const rows = ['a', '<b>'].map(name => html`<li>${name}</li>`)
    expect(String(html`<ul>${rows}</ul>${null}${undefined}${false}${0}`)).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    )
  })

  test('an unquoted attribute is refused', () => {
    expect(() => html`<a href=${'x'}>`).toThrow('quote the attribute')
  })

  test('only the template makes markup: an object that looks like one is not one', () => {
    expect(() => new Html('<b>', Symbol('html') as never)).toThrow()
    const forged = { toString: () => '<b>', map: () => ['<b>'] } as never
    expect(String(html`${forged}`)).toBe('&lt;b&gt;')
  })

  test('no text, whatever it is, opens a tag or leaves an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const inside = String(html`${text}`)
        expect(inside).not.toMatch(/[<>"']/)
        expect(inside.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      }),
    )
  })

  test('our own markup passes', () => {
    expect(String(html`${trusted('<svg/>')}`)).toBe('<svg/>')
  })
})

describe('webAddress', () => {
  test.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '/relative',
    '',
    'vbscript:x',
  ])('refuses %j', text => expect(webAddress(text)).toBe(null))
  test('keeps http and https', () => {
    expect(webAddress('https://x.example/a?b=1&c')).toBe('https://x.example/a?b=1&c')
    expect(webAddress('http://127.0.0.1:4000/x')).toBe('http://127.0.0.1:4000/x')
  })
})
