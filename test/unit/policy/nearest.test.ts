import { expect, test } from 'vitest'
import { distance, nearest } from '../../../src/policy/nearest.ts'

test.each([
  ['', '', 0],
  ['due', 'due', 0],
  ['due', 'deu', 2],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('from %s to %s it takes %d edits', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits)
  expect(distance(b, a)).toBe(edits)
})

test('the nearest word wins, without regard to case', () => {
  expect(nearest('Warn', ['due', 'warn', 'when'])).toBe('warn')
  expect(nearest('tiemzone', ['timezone', 'stages'])).toBe('timezone')
  expect(nearest('due', ['dux', 'duy'])).toBe('dux')
})

test('a word like none of them has no nearest', () => {
  expect(nearest('completely', ['due', 'warn'])).toBeNull()
  expect(nearest('x', [])).toBeNull()
  expect(nearest('x', ['abc'])).toBeNull()
})

test('of a long word half may be wrong', () => {
  expect(nearest('assignmnt_x', ['assignment'])).toBe('assignment')
})
