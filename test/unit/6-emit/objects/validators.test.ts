import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { type FieldSketch, objectIr } from '../../../support/ir.ts'
import { loadValidators, validatorText } from '../../../support/load-validators.ts'

const account = objectIr({
  name: 'account',
  label: 'Account',
  fields: {
    name: { type: 'text', label: 'Name', isRequired: true, value: { kind: 'string', maxLength: 20 } },
    code: { type: 'text', label: 'Code', value: { kind: 'string', pattern: '^[A-Z]{3}$', patternMessage: 'Three capitals, please.' } },
    status: { type: 'select', label: 'Status', isRequired: true, default: { kind: 'literal', value: 'open' } },
    amount: { type: 'currency', label: 'Amount', value: { kind: 'number', isInteger: false, scale: 2, min: 0, max: 1000, precision: 5 } },
    closed_at: { type: 'datetime', label: 'Closed at' },
    tags: 'tags',
    owner: { type: 'lookup', label: 'Owner' },
    total: { type: 'summary', label: 'Total' },
    place: { type: 'location', label: 'Place' },
    logo: { type: 'image', label: 'Logo', value: { kind: 'attachment', isImage: true, maxSize: 10 } },
  },
})
const { create, update } = loadValidators(account)

const summary = (issues: ReturnType<typeof create>): readonly string[] =>
  (issues ?? []).map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`)

test('a valid record has no issues, with defaults left out', () => {
  expect(create({ name: 'Acme' })).toBeUndefined()
  expect(update({})).toBeUndefined()
  expect(update({ code: null, owner: null })).toBeUndefined()
})

test('every problem is reported at once, in the words of the schema', () => {
  const input = {
    code: 'abc',
    status: 'lots',
    amount: 1000.005,
    owner: '',
    total: 5,
    nmae: 'x',
    place: { latitude: 91 },
    logo: { url: '/x', size: 11 },
  }
  expect(summary(create(input))).toEqual([
    '/name required: Name is required.',
    '/code pattern: Three capitals, please.',
    '/status option: Status must be one of: "open", "won", "lost".',
    '/amount precision: Amount must have at most 2 decimals.',
    '/amount precision: Amount must have at most 3 digits before the decimal point.',
    '/amount max: Amount must be at most 1000.',
    '/owner reference: Owner must be the id of a record, not an empty text.',
    '/place/latitude max: Place: latitude must be at most 90.',
    '/place/longitude required: Place must have a longitude.',
    '/logo/size max_size: Logo must have at most 10 bytes.',
    '/total read_only: Total is set by the server.',
    '/nmae unknown_field: Account has no field named "nmae". Did you mean "name"?',
  ])
})

test('what is not an object is one problem', () => {
  for (const input of [null, undefined, [], 'x', 5, new Date(), () => 1])
    expect(summary(create(input, '/3'))).toEqual(['/3 type: Account must be an object with fields.'])
})

test('required means neither null nor empty, also on change', () => {
  expect(summary(update({ name: null }))).toEqual(['/name required: Name is required.'])
  expect(summary(update({ name: '' }))).toEqual(['/name required: Name is required.'])
  expect(summary(create({ name: 'x', status: null }))).toEqual(['/status required: Status is required.'])
})

test('canonical spellings are written into the input, lists are copied first', () => {
  const tags = ['a']
  const input = { name: 'x', status: 'OPEN', closed_at: new Date(0), place: { lat: 1, lng: 2, accuracy: 3 }, logo: 'f-1', tags }
  expect(create(input)).toBeUndefined()
  expect(input).toEqual({
    name: 'x',
    status: 'open',
    closed_at: '1970-01-01T00:00:00.000Z',
    place: { latitude: 1, longitude: 2, accuracy: 3 },
    logo: { id: 'f-1' },
    tags: ['a'],
  })
  expect(input.tags).toBe(tags)
  const shared = Object.freeze(['OPEN', 'won'])
  const picks = { picks: shared }
  const list = loadValidators(objectIr({ name: 'pick', fields: { picks: 'multiselect' } }))
  expect(list.create(picks)).toBeUndefined()
  expect(picks.picks).toEqual(['open', 'won'])
  expect(shared).toEqual(['OPEN', 'won'])
})

test('ids are chosen on create only; _id is an older name for it', () => {
  const input: Record<string, unknown> = { name: 'x', _id: 'PROJ-001' }
  expect(create(input)).toBeUndefined()
  expect(input).toEqual({ name: 'x', id: 'PROJ-001' })
  expect(create({ name: 'x', id: 'a' })).toBeUndefined()
  expect(summary(create({ name: 'x', id: 'a', _id: 'b' }))).toEqual(['/_id duplicate: Id is given twice, as id and as _id.'])
  expect(summary(create({ name: 'x', id: 'a\n' }))).toEqual(['/id format: Id must not contain control characters.'])
  expect(summary(create({ name: 'x', id: null }))).toEqual(['/id type: Id must be text.'])
  expect(summary(update({ id: 'a' }))).toEqual(['/id read_only: Id cannot be changed.'])
})

const ODD_FIELDS = Object.fromEntries<FieldSketch>([
  ['constructor', { type: 'text', isRequired: true }],
  ['__proto__', 'number'],
  ['toString', 'text'],
])

test('names every object inherits are fields like any other, and never found by accident', () => {
  const odd = loadValidators(objectIr({ name: 'odd', fields: ODD_FIELDS }))
  expect(summary(odd.create({}))).toEqual(['/constructor required: constructor is required.'])
  expect(odd.create(JSON.parse('{"constructor":"x","__proto__":5}'))).toBeUndefined()
  expect(summary(odd.create(JSON.parse('{"constructor":"x","__proto__":"5"}')))).toEqual(['/__proto__ type: __proto__ must be a number.'])
  expect(summary(create(JSON.parse('{"name":"x","__proto__":{"admin":true},"constructor":1,"hasOwnProperty":2}')))).toEqual([
    '/__proto__ unknown_field: Account has no field named "__proto__".',
    '/constructor unknown_field: Account has no field named "constructor".',
    '/hasOwnProperty unknown_field: Account has no field named "hasOwnProperty".',
  ])
})

test('a pattern is never tried on very long text', () => {
  const slow = loadValidators(
    objectIr({ name: 'slow', fields: { code: { type: 'text', label: 'Code', value: { kind: 'string', pattern: '^(a+)+$' } } } }),
  )
  expect(summary(slow.create({ code: 'a'.repeat(10_001) }))).toEqual(['/code max_length: Code must have at most 10000 characters.'])
})

test('patterns of older engines and broken ones do not break the output', () => {
  const old = objectIr({
    name: 'old',
    fields: {
      a: { type: 'text', value: { kind: 'string', pattern: '^\\-\\_$' } },
      b: { type: 'text', value: { kind: 'string', pattern: '(' } },
      c: { type: 'text', value: { kind: 'string', pattern: '^a/b\n$' } },
    },
  })
  const { create: check } = loadValidators(old)
  expect(check({ a: '-_', b: 'anything', c: 'a/b\n' })).toBeUndefined()
  expect(check({ a: 'x' })).toHaveLength(1)
})

test('a hostile body of a megabyte is answered quickly', () => {
  const started = performance.now()
  const keys = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field_number_${index}`, index]))
  expect(create({ name: 'x', ...keys })?.length).toBeLessThanOrEqual(1000)
  expect(create({ name: 'x', tags: Array.from({ length: 300_000 }, () => 1) })?.length).toBeLessThanOrEqual(1000)
  expect(performance.now() - started).toBeLessThan(2000)
})

test('the printed module is plain ESM that runs as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'objectql-validators-'))
  try {
    const runtime = new URL('../../../../runtime-lite/validate/index.ts', import.meta.url).href
    const path = join(folder, 'account.mjs')
    writeFileSync(path, validatorText(account).replace("'objectql/validate'", `'${runtime}'`))
    const script = `import { validateAccountCreate, validateAccountUpdate } from '${pathToFileURL(path).href}'
console.log(JSON.stringify([validateAccountCreate({ name: 'x' }) === undefined, validateAccountUpdate({ amount: -1 })]))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([true, [{ pointer: '/amount', code: 'min', message: 'Amount must be at least 0.' }]])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the text looks like a person wrote it', () => {
  expect(
    validatorText(
      objectIr({
        name: 'note',
        label: 'Note',
        fields: { title: { type: 'text', label: 'Title', isRequired: true, value: { kind: 'string', maxLength: 80 } } },
      }),
    ),
  ).toMatchInlineSnapshot(`
    "// Generated for a test.
    import { checkKeys, checkRecordId, checkText, countKeys, isPlainObject, isRecordId, notAnObject } from 'objectql/validate'

    const KEYS = { label: 'Note', fields: ['title'], computed: { created_at: 'created_at', updated_at: 'updated_at' } }

    /** Every problem of a new Note, or undefined. Canonical spellings are written back. */
    export function validateNoteCreate(input, at = '') {
      return validateNote(input, at, true)
    }

    /** The same for a change, which needs to hold only what is to change. */
    export function validateNoteUpdate(input, at = '') {
      return validateNote(input, at, false)
    }

    function validateNote(input, at, isCreate) {
      if (!isPlainObject(input)) return notAnObject(at, 'Note')
      let issues
      let seen = 0
      let value = input.id
      if (isCreate && value !== undefined) {
        seen++
        if (!isRecordId(value)) issues = checkRecordId(issues, value, at)
      }
      value = input.title
      if (value !== undefined) seen++
      if (value === undefined ? isCreate : value === '' || typeof value !== 'string' || value.length > 80) {
        issues = checkText(issues, input, 'title', 'Title', at, { required: true, max: 80 })
      }
      return countKeys(input) === seen ? issues : checkKeys(issues, input, at, isCreate, KEYS)
    }
    "
  `)
})
