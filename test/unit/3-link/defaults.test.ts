import { describe, expect, test } from 'vitest'
import type { FieldType } from '../../../compiler/ir/field-type.ts'
import type { DefaultIr } from '../../../compiler/ir/object.ts'
import type { Json } from '../../../compiler/source/json.ts'
import { codesOf, linkOneField, summaryOf } from '../../support/link.ts'

const account = { account: {} }
const literal = (value: Json): DefaultIr => ({ kind: 'literal', value })
const defaultOf = (type: FieldType, defaultValue: Json, rest: object = {}) => {
  const { field, diagnostics } = linkOneField({ type, defaultValue, ...rest }, account)
  return [field.default, codesOf(diagnostics)]
}

describe('tokens', () => {
  test.each<[FieldType, Json, DefaultIr['kind']]>([
    ['date', '$today', 'today'],
    ['date', '$TODAY', 'today'],
    ['date', 'TODAY()', 'today'],
    ['date', 'NOW()', 'today'],
    ['date', { dialect: 'cel', source: 'today()' }, 'today'],
    ['datetime', 'NOW()', 'now'],
    ['datetime', '$now', 'now'],
    ['datetime', 'today()', 'now'],
    ['datetime', { dialect: 'cel', source: ' now() ' }, 'now'],
    ['time', 'NOW()', 'now'],
    ['lookup', '$currentUser', 'current-user'],
    ['lookup', 'current_user', 'current-user'],
    ['user', 'current_user', 'current-user'],
    ['text', '$current_user.id', 'current-user'],
  ])('%s %j → %s', (type, value, kind) =>
    expect(defaultOf(type, value, type === 'lookup' ? { reference: 'account' } : {})).toEqual([{ kind }, []]),
  )

  test.each<[FieldType, Json]>([
    ['text', 'today()'],
    ['text', 'current_user'],
    ['textarea', 'NOW()'],
  ])('%s %j is plain text', (type, value) => expect(defaultOf(type, value)).toEqual([literal(value), []]))

  test.each<[FieldType, Json, object]>([
    ['number', '$today', {}],
    ['time', '$today', {}],
    ['text', '$now', {}],
    ['date', 'current_user', {}],
    ['user', 'current_user', { multiple: true }],
    ['date', { dialect: 'cel', source: 'addDays(today(), 7)' }, {}],
    ['number', { dialect: 'cel', source: '1 + 1' }, {}],
  ])('%s %j makes no sense and is left out', (type, value, rest) =>
    expect(defaultOf(type, value, rest)).toEqual([undefined, ['link/default-token']]),
  )
})

describe('literals', () => {
  test.each<[FieldType, Json]>([
    ['text', ''],
    ['text', '0'],
    ['number', 0],
    ['number', -1.5],
    ['boolean', false],
    ['date', '2024-02-29'],
    ['time', '23:59:59.5'],
    ['json', { any: ['thing', null] }],
    ['vector', [0.5, 1]],
    ['address', { city: 'X' }],
    ['array', [{ a: 1 }]],
  ])('%s %j', (type, value) => expect(defaultOf(type, value)).toEqual([literal(value), []]))

  test.each<[FieldType, Json, Json]>([
    ['number', '5', 5],
    ['currency', ' 1.50 ', 1.5],
    ['text', 7, '7'],
    ['boolean', 'yes', true],
    ['boolean', 0, false],
  ])('%s %j is converted to %j with a warning', (type, value, converted) => {
    expect(defaultOf(type, value)).toEqual([literal(converted), ['link/default-type']])
  })

  test.each<[FieldType, Json]>([
    ['number', 'many'],
    ['number', ''],
    ['number', true],
    ['boolean', 'perhaps'],
    ['boolean', { toString: 1 }],
    ['text', { a: 1 }],
    ['text', ['a']],
    ['date', '2023-02-29'],
    ['date', '29.02.2024'],
    ['date', '0000-01-01'],
    ['datetime', 'tomorrow'],
    ['datetime', '2024-13-01T00:00:00Z'],
    ['time', '24:00'],
    ['vector', ['a']],
    ['location', 'here'],
  ])('%s %j does not fit and is left out', (type, value) => expect(defaultOf(type, value)).toEqual([undefined, ['link/default-type']]))

  test.each([
    ['2024-01-31', '2024-01-31T00:00:00.000Z'],
    ['2024-01-31T10:20:30Z', '2024-01-31T10:20:30.000Z'],
    ['2024-01-31 10:20', '2024-01-31T10:20:00.000Z'],
    ['2024-01-31T00:20:30.1234+01:00', '2024-01-30T23:20:30.123Z'],
    ['2024-01-31T00:20:30+0100', '2024-01-30T23:20:30.000Z'],
  ])('a datetime %s is kept in UTC', (value, utc) => expect(defaultOf('datetime', value)).toEqual([literal(utc), []]))

  test('null is no default, and computed fields have none', () => {
    expect(defaultOf('text', null)).toEqual([undefined, []])
    expect(defaultOf('formula', 'x')[0]).toBeUndefined()
  })

  test.each<[FieldType, Json, object]>([
    ['number', 11, { max: 10 }],
    ['number', -1, { min: 0 }],
    ['text', 'abc', { maxLength: 2 }],
    ['text', 'a', { minLength: 2 }],
  ])('%s %j breaks its own limit %j', (type, value, limit) =>
    expect(defaultOf(type, value, limit)).toEqual([literal(value), ['link/default-out-of-range']]),
  )
})

describe('options', () => {
  const select = (defaultValue: Json, rest: object = {}) =>
    linkOneField({ type: 'select', options: ['Draft', 'in_progress', '1 Week', ''], defaultValue, ...rest })

  test('exact', () => {
    expect([select('Draft').field.default, select('').field.default]).toEqual([literal('Draft'), literal('')])
    expect(select('Draft').diagnostics).toEqual([])
  })

  test('differing in case: the spelling of the option, a warning and a fix', () => {
    const { field, diagnostics } = select('draft')
    expect(field.default).toEqual(literal('Draft'))
    expect(summaryOf(diagnostics)).toEqual([
      'warning link/default-option-case The default "draft" of "it" is spelt "Draft" among the options. That spelling is used.',
    ])
    expect(diagnostics[0]?.fixes[0]?.edits.map(({ newText }) => newText)).toEqual(['Draft'])
  })

  test('not among them: kept, with a warning', () => {
    const { field, diagnostics } = select('Daft')
    expect(field.default).toEqual(literal('Daft'))
    expect(codesOf(diagnostics)).toEqual(['link/default-option'])
    expect(diagnostics[0]?.fixes[0]?.title).toBe('Replace with "Draft"')
  })

  test('a token text is just a value here', () => expect(select('$today').field.default).toEqual(literal('$today')))

  test('numbers and texts that look alike', () => {
    const { field, diagnostics } = linkOneField({ type: 'select', options: [1, 2], defaultValue: '2' })
    expect([field.default, diagnostics]).toEqual([literal(2), []])
  })

  test('several values', () => {
    const multiple = { multiple: true }
    expect(select(['Draft', 'IN_PROGRESS'], multiple).field.default).toEqual(literal(['Draft', 'in_progress']))
    expect(select('Draft', multiple).field.default).toEqual(literal(['Draft']))
    expect(select([], multiple).field.default).toEqual(literal([]))
    expect(select(['draft'], multiple).diagnostics[0]?.fixes).toEqual([])
  })

  test('a value of another shape is left out', () => {
    expect(codesOf(select({ a: 1 }).diagnostics)).toEqual(['link/default-type'])
    expect(select(true).field.default).toBeUndefined()
  })

  test('an option marked as default, unless the field gives one', () => {
    const options = [{ value: 'a' }, { value: 'b', default: true }, { value: 'c', default: true }]
    expect(linkOneField({ type: 'select', options }).field.default).toEqual(literal('b'))
    expect(linkOneField({ type: 'multiselect', options }).field.default).toEqual(literal(['b', 'c']))
    expect(linkOneField({ type: 'select', options, defaultValue: 'a' }).field.default).toEqual(literal('a'))
  })

  test('tags take any value', () =>
    expect(linkOneField({ type: 'tags', options: ['a'], defaultValue: ['z'] })).toMatchObject({
      field: { default: literal(['z']) },
      diagnostics: [],
    }))

  test('duplicates are dropped, mixed values become text, a choice without options is told', () => {
    const duplicated = linkOneField({ type: 'select', options: ['', '=', '', ''] })
    expect(duplicated.field.options?.map(({ value }) => value.value)).toEqual(['', '='])
    expect(summaryOf(duplicated.diagnostics)).toEqual([
      'warning link/duplicate-option The option "" of "it" is given more than once. Remove this one.',
    ])
    expect(duplicated.diagnostics[0]?.notes).toHaveLength(1)
    const mixed = linkOneField({ type: 'select', options: ['1', 1, 2], defaultValue: 1 })
    expect(mixed.field.options?.map(({ value }) => value.value)).toEqual(['1', '2'])
    expect(mixed.field.default).toEqual(literal('1'))
    expect(codesOf(mixed.diagnostics).toSorted()).toEqual(['link/duplicate-option', 'link/mixed-options'])
    expect(codesOf(linkOneField({ type: 'radio' }).diagnostics)).toEqual(['link/no-options'])
    expect(linkOneField('tags').diagnostics).toEqual([])
  })
})
