import { describe, expect, test } from 'vitest'
import { parseObjectText, plainField } from '../../support/parse-files.ts'

/** The one field of an object, and what was reported. */
async function fieldOf(definition: string): Promise<{ field: Record<string, unknown>; problems: readonly string[] }> {
  const { object, problems } = await parseObjectText(`fields:\n  f: ${definition}\n`)
  const [field] = object.fields
  return { field: field === undefined ? {} : { ...plainField(field) }, problems }
}

describe('types', () => {
  test.each([
    ['text', { type: 'text' }],
    ['string', { type: 'text', typeAlias: 'string' }],
    ['checkbox', { type: 'boolean', typeAlias: 'checkbox' }],
    ['auto_number', { type: 'autonumber', typeAlias: 'auto_number' }],
    ['autoNumber', { type: 'autonumber', typeAlias: 'autoNumber' }],
    ['masterDetail', { type: 'master_detail', typeAlias: 'masterDetail' }],
    ['object', { type: 'json', typeAlias: 'object' }],
    ['grid', { type: 'array', typeAlias: 'grid' }],
    ['record', { type: 'composite', typeAlias: 'record' }],
    ['integer', { type: 'number', typeAlias: 'integer', scale: 0 }],
    ['Text', { type: 'text', typeAlias: 'Text' }],
  ])('%s', async (written, expected) => {
    expect(await fieldOf(`{ type: ${written} }`)).toEqual({ field: { name: 'f', ...expected }, problems: [] })
  })

  test('none is left open', async () => {
    expect(await fieldOf('{ options: [low, high] }')).toEqual({ field: { name: 'f', options: ['low', 'high'] }, problems: [] })
    expect(await fieldOf('{ reference_to: user }')).toEqual({ field: { name: 'f', reference: 'user' }, problems: [] })
    expect(await fieldOf('')).toEqual({ field: { name: 'f' }, problems: [] })
  })
})

describe('spellings', () => {
  test.each([
    ['reference_to: a', { reference: 'a' }],
    ['referenceTo: [Contact, Lead]', { reference: ['Contact', 'Lead'] }],
    ['relatedTo: a', { reference: 'a' }],
    ['default_value: 1', { defaultValue: 1 }],
    ['default: $today', { defaultValue: '$today' }],
    ['defaultValue: { dialect: cel, source: today() }', { defaultValue: { dialect: 'cel', source: 'today()' } }],
    ['min_length: 2, max_length: 9', { minLength: 2, maxLength: 9 }],
    ['length: 40', { maxLength: 40 }],
    ['isRequired: true', { required: true }],
    ['mandatory: false', { required: false }],
    ['notNull: true', { required: true }],
    ['unique: Global', { unique: 'global' }],
    ['isUnique: true', { unique: true }],
    ['read_only: true', { readonly: true }],
    ['invisible: true', { hidden: true }],
    ['decimals: 2', { scale: 2 }],
    ['regex: "^a"', { pattern: '^a' }],
    ['help_text: Hm', { inlineHelpText: 'Hm' }],
    ['onDelete: SET NULL', { deleteBehavior: 'set_null' }],
    ['deleteRule: Cascade', { deleteBehavior: 'cascade' }],
    ['cascade: true', { deleteBehavior: 'cascade' }],
    ['cascadeDelete: true', { deleteBehavior: 'cascade' }],
    ['delete_behavior: no_action', { deleteBehavior: 'restrict' }],
    ['deleteBehavior: explode', { deleteBehavior: 'explode' }],
    ['formula: a + b, returnType: number', { expression: 'a + b', dataType: 'number' }],
    ['expression: { dialect: cel, source: record.a }', { expression: { dialect: 'cel', source: 'record.a' } }],
    ['dimension: 3', { dimensions: 3 }],
    [
      'vectorConfig: { dimensions: 4, distanceMetric: cosine }',
      { vectorConfig: { dimensions: 4, distanceMetric: 'cosine' }, dimensions: 4 },
    ],
    ['max_size: 10', { maxSize: 10 }],
    ['label: 2024', { label: '2024' }],
    ['label: { zh-CN: 名称, en: Name }', { label: 'Name' }],
    ['label: { zh-CN: 名称 }', { label: '名称' }],
    ['min: 2024-01-01', { min: '2024-01-01' }],
    ['label:', {}],
    ['x-ui: { wide: true }, _internal: 1', { 'x-ui': { wide: true }, _internal: 1 }],
    ['currency: USD, rows: 4, ai_context: { intent: x }', { currency: 'USD', rows: 4, aiContext: { intent: 'x' } }],
  ])('%s', async (written, expected) => {
    expect(await fieldOf(`{ ${written} }`)).toEqual({ field: { name: 'f', ...expected }, problems: [] })
  })

  test('`format` and `prefix` number records, elsewhere `format` is what it says', async () => {
    expect((await fieldOf('{ type: auto_number, format: "Q-{0000}" }')).field).toMatchObject({ autonumberFormat: 'Q-{0000}' })
    expect((await fieldOf('{ type: autonumber, prefix: KS- }')).field).toMatchObject({ autonumberFormat: 'KS-' })
    expect((await fieldOf('{ type: text, format: email }')).field).toMatchObject({ format: 'email' })
  })

  test('the validation block joins the field, which wins', async () => {
    const { field, problems } = await fieldOf(
      '{ min: 1, validation: { min: 0, max: 5, min_length: 2, regex: "^x", message: No, format: url, protocols: [https] } }',
    )
    expect(problems).toEqual([])
    expect(field).toEqual({
      name: 'f',
      min: 1,
      max: 5,
      minLength: 2,
      pattern: '^x',
      patternMessage: 'No',
      validationFormat: 'url',
      protocols: ['https'],
    })
  })

  test.each([
    [
      'summary_object: line, summary_field: amount, summary_type: SUM, filters: [[a, =, 1]]',
      { object: 'line', field: 'amount', function: 'sum', filter: [['a', '=', 1]] },
    ],
    [
      'summaryOperations: { object: line, function: count, relationshipField: parent }',
      { object: 'line', function: 'count', relationshipField: 'parent' },
    ],
    ['rollup: { object: line, type: average, field: x }', { object: 'line', function: 'avg', field: 'x' }],
  ])('roll-up %s', async (written, expected) => {
    expect((await fieldOf(`{ type: summary, ${written} }`)).field['summaryOperations']).toEqual(expected)
  })
})

describe('problems', () => {
  test.each([
    ['{ type: txet }', ['parse/unknown-type: txet']],
    ['{ type: [text] }', ['parse/wrong-shape: [text]']],
    ['{ maxLength: abc, min_length: -1, scale: 1.5 }', ['parse/wrong-shape: abc', 'parse/wrong-shape: -1', 'parse/wrong-shape: 1.5']],
    ['{ required: "true" }', ['parse/wrong-shape: true']],
    ['{ unique: sometimes }', ['parse/wrong-shape: sometimes']],
    ['{ options: { a: A } }', ['parse/wrong-shape: { a: A }']],
    ['{ options: [{ label: A }, [b], ~] }', ['parse/missing-key: { label: A }', 'parse/wrong-shape: [b]', 'parse/wrong-shape: ~']],
    ['{ reference: { object: a } }', ['parse/wrong-shape: { object: a }']],
    ['{ validation: strict }', ['parse/wrong-shape: strict']],
    ['{ summaryOperations: [a] }', ['parse/wrong-shape: [a]']],
    ['{ requird: true }', ['parse/unknown-key: requird']],
    ['{ reference_to: a, relatedTo: b }', ['parse/duplicate-attribute: relatedTo']],
    ['{ max_length: 1, maxLength: 2 }', ['parse/duplicate-attribute: max_length']],
    ['text', ['parse/wrong-shape: text']],
    ['[text]', ['parse/wrong-shape: [text]']],
  ])('%s', async (written, expected) => {
    expect((await fieldOf(written)).problems).toEqual(expected)
  })

  test('the canonical spelling wins', async () => {
    expect((await fieldOf('{ max_length: 1, maxLength: 2 }')).field).toEqual({ name: 'f', maxLength: 2 })
    expect((await fieldOf('{ reference_to: a, relatedTo: b }')).field).toEqual({ name: 'f', reference: 'a' })
  })

  test('unknown keys are kept', async () => {
    expect((await fieldOf('{ shoeSize: 43 }')).field).toEqual({ name: 'f', shoeSize: 43 })
  })
})

describe('options', () => {
  test('every form, exactly as authored', async () => {
    const { object, problems } = await parseObjectText(`
fields:
  f:
    type: select
    options:
      - In Progress
      - 12
      - ''
      - true
      - { value: 24x7, label: Always, color: red, default: true, probability: 20 }
      - { label: 热门 🔥, value: 1.5 }
      - { value: Full-time }
      - { value: a, label: { en: A, de: B } }
`)
    expect(problems).toEqual([])
    expect(
      object.fields[0]?.options?.map(({ value, label, isDefault, annotations }) => [value.value, label, isDefault, annotations]),
    ).toEqual([
      ['In Progress', 'In Progress', false, {}],
      [12, '12', false, {}],
      ['', '', false, {}],
      ['true', 'true', false, {}],
      ['24x7', 'Always', true, { color: 'red', probability: 20 }],
      [1.5, '热门 🔥', false, {}],
      ['Full-time', 'Full-time', false, {}],
      ['a', 'A', false, {}],
    ])
  })
})
