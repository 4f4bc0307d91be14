import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { allocateNames } from '../../../../compiler/4-lower/allocate-names.ts'
import { objectDeclarations } from '../../../../compiler/6-emit/objects/declarations.ts'
import { typeNames } from '../../../../compiler/6-emit/objects/type-names.ts'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { Span } from '../../../../compiler/source/span.ts'
import { appIr, type FieldSketch, type ObjectSketch, objectIr } from '../../../support/ir.ts'
import { type CompilerName, checkTypes, generatedTypes, writeText, writeTypeProject } from '../../../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

function declarations(...sketches: readonly ObjectSketch[]): string {
  const objects = named(sketches)
  const namesByObject = typeNames(appIr(objects))
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const lineOf = (span: Span): number => span.start + 1
  return objectDeclarations(objects[0] as ObjectIr, { header: '// Header.', lineOf, objectByName, namesByObject })
}

/** Objects with the names that the compiler would give them. */
function named(sketches: readonly ObjectSketch[]): readonly ObjectIr[] {
  const namesByObject = allocateNames(
    sketches.map(({ name }) => name),
    new Map(),
  )
  return sketches.map((sketch) => ({ ...objectIr(sketch), names: namesByObject.get(sketch.name) as ObjectIr['names'] }))
}

const folder = mkdtempSync(join(tmpdir(), 'objectql-declarations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a small object, whole', () => {
  const text = declarations(
    {
      name: 'deal',
      label: 'Deal',
      description: 'What we hope to sell.',
      span: Span.create('schemas/deal.object.yml', 0, 1),
      fields: {
        name: { type: 'text', label: 'Name', isRequired: true, value: { kind: 'string', maxLength: 80 } },
        stage: {
          type: 'select',
          label: 'Stage',
          isRequired: true,
          default: { kind: 'literal', value: 'open' },
          span: Span.create('schemas/deal.object.yml', 7, 8),
        },
        pin: 'password',
        account: { type: 'lookup', label: 'Customer', reference: { object: 'account' } },
      },
    },
    { name: 'account' },
  )
  expect(text).toBe(`// Header.
import type * as ql from 'objectql/client'
import type { AccountFilter, AccountModel } from './account.js'

/** @source schemas/deal.object.yml:8 */
export type DealStage = 'open' | 'won' | 'lost'

/**
 * What we hope to sell.
 *
 * @source schemas/deal.object.yml:1
 */
export interface Deal {
  id: string
  /** At most 80 characters. */
  name: string
  /** Default "open". */
  stage: DealStage
  /** Customer. Id of account. */
  account: string | null
  created_at: string
  updated_at: string
}

/** A change: what is absent stays, null clears. */
export interface DealUpdate {
  /** At most 80 characters. */
  name?: string
  /** Default "open". */
  stage?: DealStage
  /** Never returned. */
  pin?: string | null
  /** Customer. Id of account. */
  account?: string | null
}

export interface DealCreate extends DealUpdate {
  id?: string
  name: string
}

export interface DealFilter extends ql.Logic<DealFilter> {
  id?: ql.IdFilter
  name?: ql.TextFilter
  stage?: ql.OptionFilter<DealStage>
  account?: ql.RelationFilter<AccountFilter>
  created_at?: ql.DatetimeFilter
  updated_at?: ql.DatetimeFilter
}

export type DealSort = ql.Sort<Deal, never, DealModel['relations']>

export type DealSelect = keyof Deal

export interface DealExpand {
  account?: ql.Expand<AccountModel>
}

export interface DealModel {
  record: Deal
  create: DealCreate
  update: DealUpdate
  filter: DealFilter
  sort: DealSort
  expand: DealExpand
  key: never
  relations: {
    account: AccountModel
  }
  children: ql.NoRelations
}

export declare const dealMetadata: ql.ObjectMetadata
export declare const validateDealCreate: ql.Validate
export declare const validateDealUpdate: ql.Validate
`)
})

describe('documentation', () => {
  const docOf = (sketch: ObjectSketch['fields']): string =>
    /interface Thing \{\n {2}id: string\n {2}(.*)\n/.exec(declarations({ name: 'thing', fields: sketch ?? {} }))?.[1] ?? ''

  test.each([
    ['label that says no more than the name', { due_date: { type: 'text', label: 'Due Date' } }, 'due_date: string | null'],
    ['label that does', { due: { type: 'text', label: '期限' } }, '/** 期限. */'],
    [
      'label, description and limits',
      { a: { type: 'text', label: 'Code', description: 'of the product', value: { kind: 'string', minLength: 2, maxLength: 2 } } },
      '/** Code. Of the product. Exactly 2 characters. */',
    ],
    ['numbers', { a: { type: 'number', value: { kind: 'number', isInteger: true, min: 1 } } }, '/** Whole number, at least 1. */'],
    [
      'decimals',
      { a: { type: 'number', value: { kind: 'number', isInteger: false, max: 10, scale: 1 } } },
      '/** At most 10, 1 decimal. */',
    ],
    [
      'pattern that would end the comment',
      { a: { type: 'text', value: { kind: 'string', pattern: '^a*/b' } } },
      '/** Matches /^a*\\/b/. */',
    ],
    ['text that would start a tag', { a: { type: 'text', label: '@deprecated' } }, '/** \\@deprecated. */'],
    ['lines', { a: { type: 'text', description: 'one\n  two\u2028three' } }, '/** One two three. */'],
    ['end of a comment', { a: { type: 'text', description: 'x */ export const evil = 1 /*' } }, '/** X *\\/ export const evil = 1 /*. */'],
    ['several targets', { a: { type: 'lookup', reference: { authored: ['x', 'y'], candidates: ['x', 'y'] } } }, '/** Id of x or y. */'],
    ['a target elsewhere', { a: { type: 'lookup', reference: { authored: ['sys_user'] } } }, '/** Id of sys_user kept elsewhere. */'],
    ['defaults that are worked out', { a: { type: 'date', default: { kind: 'today' } } }, '/** YYYY-MM-DD, default today. */'],
  ] as const)('%s', (_, fields, expected) => {
    expect(docOf(fields as ObjectSketch['fields'])).toBe(expected)
  })
})

describe('options', () => {
  const optionTypeOf = (values: readonly (string | number)[], isOpen = false): string => {
    const options = values.map((value) => ({ value, label: String(value), annotations: {} }))
    const base = typeof values[0] === 'number' ? 'number' : 'string'
    return (
      /export type ThingKind = ?([\s\S]*?)\n\n/.exec(
        declarations({ name: 'thing', fields: { kind: { type: 'select', value: { kind: 'option', base, options, isOpen } } } }),
      )?.[1] ?? ''
    )
  }

  test.each([
    [['a', 'b', 'a'], false, "'a' | 'b'"],
    [['', "it's", 'x"y', 'a\\b', '\n'], false, `'' | "it's" | 'x"y' | 'a\\\\b' | '\\n'`],
    [[1, 2], false, '1 | 2'],
    [[1, 2], true, '1 | 2 | (number & {})'],
    [['a'], true, "'a' | (string & {})"],
  ] as const)('%j, open: %s', (values, isOpen, expected) => {
    expect(optionTypeOf(values, isOpen)).toBe(expected)
  })

  test('long lists stand one below the other', () => {
    expect(optionTypeOf(Array.from({ length: 20 }, (_, index) => `option-${index}`))).toMatch(/^\n {2}\| 'option-0'\n {2}\| 'option-1'\n/)
  })

  test('no options at all: any text or number', () => {
    const text = declarations({ name: 'thing', fields: { tags: 'tags' } })
    expect(text).toContain('tags: string[] | null')
    expect(text).toContain('tags?: readonly string[] | null')
    expect(text).toContain('tags?: ql.ListFilter<string>')
  })
})

/** Names that other types, the runtime or the language use, in an app where everything refers to everything. */
const HOSTILE: readonly string[] = [
  'account',
  'account_create',
  'account_model',
  'account_status',
  'AccountFilter',
  'client',
  'objects',
  'object',
  'connection',
  'issue',
  'address',
  'attachment',
  'page',
  'record',
  'promise',
  'date',
  'error',
  'case',
  'class',
  'ql',
  'sort',
  'logic',
  'expand',
  'text_filter',
  'object_client',
  'no',
  'n',
  '__proto__',
  'constructor',
  '客户',
  'a b',
  '1st',
]

const at = (index: number): string => HOSTILE.at(index % HOSTILE.length) ?? ''

test.each(['5.9', '7'] as readonly CompilerName[])('names of any kind give declarations that TypeScript %s accepts', (compiler) => {
  const objects = named(
    HOSTILE.map(
      (name, index): ObjectSketch => ({
        name,
        label: '*/ } export const evil = 1 /*',
        fields: Object.fromEntries<FieldSketch>([
          ...['status', 'filter', 'create', 'model', 'client', '', 'a b'].map((key): [string, FieldSketch] => [key, 'select']),
          ...['constructor', '__proto__', '$and', 'class', '客户', "it's"].map((key): [string, FieldSketch] => [key, 'text']),
          ['toString', 'json'],
          ['1', 'number'],
          ['address', 'address'],
          ['logo', 'image'],
          ['next', { type: 'lookup', reference: { object: at(index + 1) } }],
          ['previous', { type: 'lookup', isList: true, reference: { object: at(index - 1) } }],
        ]),
      }),
    ),
  )
  rmSync(join(folder, 'generated'), { recursive: true, force: true })
  writeTypeProject(folder, objects)
  const calls = `
import { createClient } from './generated/client/index.js'
const client = createClient({ baseUrl: '' })
await client.account.create({ status: 'open', "it's": 'x', '客户': null, toString: [1] })
await client.account.create({ constructor: 'x' })
await client.account.update('1', { '': 'won' })
await client.account.list({ where: { class: 'x', constructor: { $startsWith: 'x' } }, orderBy: { '1': 'desc' }, expand: { next: { select: ['constructor'] } } })
`
  writeText(join(folder, 'calls.ts'), calls)
  const files = ['generated/objects/index.d.ts', 'generated/client/index.d.ts', 'generated/client/operations.d.ts', 'calls.ts']
  const { problems } = checkTypes(folder, compiler, { files, skipLibCheck: false })
  expect(problems).toEqual([])
})

test('the same input gives the same text, and the order of objects does not matter', () => {
  const sketches: readonly ObjectSketch[] = [
    { name: 'b', fields: { a: { type: 'lookup', reference: { object: 'a' } } } },
    { name: 'a', fields: { status: 'select', b: { type: 'lookup', reference: { object: 'b' } } } },
  ]
  const sorted = named(sketches)
  expect(generatedTypes(sorted).get('objects/a.d.ts')).toBe(generatedTypes(sorted.toReversed()).get('objects/a.d.ts'))
})
