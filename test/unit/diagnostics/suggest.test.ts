import { describe, expect, test } from 'vitest'
import { closestNames, didYouMean, nearest } from '../../../compiler/diagnostics/suggest.ts'
import { Span } from '../../../compiler/source/span.ts'

test.each([
  ['acount', ['account', 'contact', 'lead'], 'account'],
  ['Account', ['account'], 'account'],
  ['accuont', ['account', 'amount'], 'account'],
  ['requird', ['required', 'requires'], 'required'],
  ['lead', ['load', 'bead'], undefined],
  ['lead', ['leads'], 'leads'],
  ['ab', ['abc'], undefined],
  ['xyz', ['account'], undefined],
  ['account', ['account'], undefined],
  ['', ['a'], undefined],
  ['kontakt', ['contact', 'contract'], 'contact'],
])('%j among %j is %j', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected)
})

test('ties are listed, sorted', () => {
  expect(closestNames('lead', ['load', 'bead', 'queue'])).toEqual(['bead', 'load'])
})

describe('didYouMean', () => {
  const span = Span.create('a.yml', 3, 7)

  test('one winner is no fix where the name stands nowhere', () => {
    const notes = [{ message: 'Did you mean "account"?' }]
    for (const wide of [Span.create('a.yml', 3, 60), Span.create('a.yml', 0, 0)])
      expect(didYouMean({ name: 'acount', candidates: ['account'], span: wide })).toEqual({ notes })
  })

  test('one winner is a fix', () => {
    expect(didYouMean({ name: 'acount', candidates: ['account', 'lead'], span, declaredAt: () => Span.create('b.yml', 0, 1) })).toEqual({
      notes: [{ message: '"account" is declared here.', span: { path: 'b.yml', start: 0, end: 1 } }],
      fixes: [{ title: 'Replace with "account"', edits: [{ span, newText: 'account' }] }],
    })
  })

  test('a tie is a question', () => {
    expect(didYouMean({ name: 'lead', candidates: ['load', 'bead', 'leat', 'dead'], span })).toEqual({
      notes: [{ message: 'Did you mean "bead", "dead" or "leat"?' }],
    })
  })

  test('nothing close: a few names are listed, many are not', () => {
    expect(didYouMean({ name: 'zzz', candidates: ['b', 'a'], span })).toEqual({ notes: [{ message: 'It can be "a" or "b".' }] })
    expect(didYouMean({ name: 'zzz', candidates: Array.from({ length: 11 }, (_, index) => `name${index}`), span })).toEqual({})
    expect(didYouMean({ name: 'zzz', candidates: [], span })).toEqual({})
  })
})
