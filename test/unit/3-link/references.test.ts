import { describe, expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import type { Json } from '../../../compiler/source/json.ts'
import { codesOf, linkOneField, lowerOneField, summaryOf } from '../../support/link.ts'
import { objectsSyntax } from '../../support/syntax.ts'

const names = (...objects: readonly string[]) => Object.fromEntries(objects.map((name) => [name, {}]))

describe('the ladder', () => {
  test.each<[string, string, readonly string[], string | undefined, readonly string[]]>([
    ['exact', 'account', ['account', 'accounts'], 'account', []],
    ['case', 'Contact', ['contact'], 'contact', []],
    ['case and underscores', 'SLATemplate', ['sla_template'], 'sla_template', []],
    ['hyphens', 'email-template', ['email_template'], 'email_template', []],
    ['exact before folded', 'sla_template', ['slatemplate', 'sla_template'], 'sla_template', []],
    ['plural for singular', 'users', ['user'], 'user', ['link/guessed-reference']],
    ['singular for plural', 'project', ['projects'], 'projects', ['link/guessed-reference']],
    ['irregular plural', 'people', ['person'], 'person', ['link/guessed-reference']],
    ['platform prefix', 'user', ['sys_user'], 'sys_user', ['link/guessed-reference']],
    ['plural and platform prefix', 'Users', ['sys_user'], 'sys_user', ['link/guessed-reference']],
    ['platform prefix too many', 'sys_user', ['user'], 'user', ['link/guessed-reference']],
    ['namespace', 'account', ['crm__account'], 'crm__account', ['link/guessed-reference']],
    ['namespace too many', 'crm__account', ['account'], 'account', ['link/guessed-reference']],
    ['without prefix before with prefix', 'users', ['user', 'sys_user'], 'user', ['link/guessed-reference']],
    ['two that fit', 'account', ['crm__account', 'erp__account'], undefined, ['link/ambiguous-reference']],
    ['nothing', 'Asset', ['account'], undefined, ['link/external-reference']],
    ['a prefix that is no namespace', 'account', ['crm_account'], undefined, ['link/external-reference']],
  ])('%s: %s', (_what, reference, objects, target, codes) => {
    const { field, diagnostics } = linkOneField({ type: 'lookup', reference }, names(...objects))
    expect(field.reference).toEqual({ authored: [reference], objects: target === undefined ? [] : [target] })
    expect(codesOf(diagnostics)).toEqual(codes)
  })

  test('a declared namespace counts as a prefix', () => {
    const { field } = linkOneField({ type: 'lookup', reference: 'accounts' }, { crm_account: { attributes: { namespace: 'crm' } } })
    expect(field.reference?.objects).toEqual(['crm_account'])
  })

  test('a guess offers the exact name as a fix', () => {
    const { diagnostics } = linkOneField({ type: 'lookup', reference: 'users' }, names('user'))
    expect(summaryOf(diagnostics)).toEqual(['info link/guessed-reference No object is named "users", so "user" is meant. Write that name.'])
    expect(diagnostics[0]?.fixes[0]?.edits[0]?.newText).toBe('user')
  })
})

describe('relations', () => {
  test('circles and references to itself are fine', () => {
    const { model, diagnostics } = link(
      objectsSyntax({
        employee: {
          fields: { department: { type: 'lookup', reference: 'department' }, manager: { type: 'lookup', reference: 'employee' } },
        },
        department: { fields: { head: { type: 'lookup', reference: 'employee' }, parent: { type: 'tree' } } },
      }),
    )
    expect(diagnostics).toEqual([])
    expect(model.objects.flatMap(({ fields }) => fields.map(({ name, reference }) => [name, reference?.objects]))).toEqual([
      ['head', ['employee']],
      ['parent', ['department']],
      ['department', ['department']],
      ['manager', ['employee']],
    ])
  })

  test('several names make a polymorphic reference', () => {
    const polymorphic = { type: 'lookup', reference: ['Contact', 'leads', 'Asset'] } as const
    const { field, diagnostics } = linkOneField(polymorphic, names('contact', 'lead'))
    expect(field.reference).toEqual({ authored: ['Contact', 'leads', 'Asset'], objects: ['contact', 'lead'] })
    expect(codesOf(diagnostics)).toEqual(['link/external-reference', 'link/guessed-reference'])
    // The span covers the whole list, so nothing may replace it.
    expect(diagnostics.flatMap(({ fixes }) => fixes)).toEqual([])
    expect(lowerOneField(polymorphic, names('contact', 'lead')).reference).toEqual({
      authored: ['Contact', 'leads', 'Asset'],
      candidates: ['contact', 'lead'],
      onDelete: 'set-null',
    })
  })

  test('a lookup without reference is an error, a user field means the platform user', () => {
    expect(summaryOf(linkOneField({ type: 'lookup' }).diagnostics)).toEqual([
      'error link/missing-reference The field "it" is a lookup and needs a `reference`: the object it points at.',
    ])
    expect(linkOneField({ type: 'master_detail', reference: '' }).diagnostics).toHaveLength(1)
    expect(linkOneField({ type: 'user' })).toMatchObject({ field: { reference: { authored: ['sys_user'], objects: [] } }, diagnostics: [] })
    expect(linkOneField({ type: 'user' }, names('user'))).toMatchObject({ field: { reference: { objects: ['user'] } }, diagnostics: [] })
  })

  test('forty references to one missing object make one warning that counts the places', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`f${index}`, { type: 'lookup' as const, reference: 'acount' }]),
    )
    const { diagnostics } = link(objectsSyntax({ account: {}, order: { fields } }))
    expect(summaryOf(diagnostics)).toEqual([
      'warning link/external-reference No object is named "acount". References to it hold plain ids; define it or correct the name.',
    ])
    const [{ notes, fixes } = { notes: [], fixes: [] }] = diagnostics
    expect(notes.map(({ message }) => message)).toEqual([
      '"account" is declared here.',
      'Also named here.',
      'Also named here.',
      'Also named here.',
      'Named in 36 more places.',
    ])
    expect(fixes.map(({ title, edits }) => [title, edits.length])).toEqual([['Replace with "account" everywhere', 40]])
  })

  test.each([
    [{ type: 'lookup' }, 'set-null', []],
    [{ type: 'lookup', required: true }, 'restrict', []],
    [{ type: 'master_detail', required: true }, 'cascade', []],
    [{ type: 'master_detail', deleteBehavior: 'restrict' }, 'restrict', []],
    [{ type: 'lookup', deleteBehavior: 'cascade' }, 'cascade', []],
    [{ type: 'lookup', deleteBehavior: 'set_null', required: true }, 'restrict', ['link/set-null-required']],
    [{ type: 'lookup', deleteBehavior: 'cascde' }, 'set-null', ['link/unknown-delete-behavior']],
  ] as const)('what deleting does: %j → %s', (sketch, onDelete, codes) => {
    const field = { ...sketch, reference: 'account' }
    expect(lowerOneField(field, names('account')).reference).toMatchObject({ object: 'account', onDelete })
    expect(codesOf(linkOneField(field, names('account')).diagnostics)).toEqual(codes)
  })
})

describe('roll-ups', () => {
  const line = {
    order_line: { fields: { amount: { type: 'currency', scale: 3 }, day: 'date', order: { type: 'lookup', reference: 'thing' } } },
  } as const
  const summary = (operations: Readonly<Record<string, string>>) => ({ type: 'summary', summaryOperations: operations }) as const

  test.each([
    [
      { object: 'order_lines', function: 'sum', field: 'Amount' },
      { kind: 'number', isInteger: false, scale: 3 },
    ],
    [
      { object: 'OrderLine', function: 'count', field: 'id' },
      { kind: 'number', isInteger: true, scale: 0 },
    ],
    [{ object: 'order_line', function: 'max', field: 'day' }, { kind: 'date' }],
    [
      { object: 'order_line', function: 'avg', field: 'amount' },
      { kind: 'number', isInteger: false },
    ],
  ])('%j', (operations, value) => {
    expect(codesOf(linkOneField(summary(operations), line).diagnostics)).toEqual([])
    expect(lowerOneField(summary(operations), line)).toMatchObject({ value, isComputed: true, column: 'it' })
  })

  test('what cannot be worked out is told', () => {
    const codes = (operations: Readonly<Record<string, Json>>) =>
      codesOf(linkOneField({ type: 'summary', summaryOperations: operations }, line).diagnostics)
    expect(codes({ object: 'order_line', function: 'sum', field: 'day' })).toEqual(['link/summary-type'])
    expect(codes({ object: 'order_line', function: 'count', relationshipField: 'day' })).toEqual(['link/summary-without-lookup'])
    expect(codes({ object: 'order_line', function: 'count', filter: { amunt: 1 } })).toEqual(['link/summary-filter'])
    expect(codes({ object: 'order_line', function: 'count', filter: { order: { it: 1 } } })).toEqual(['link/summary-filter'])
    expect(codes({ object: 'order_line', function: 'count', filter: { amount: { $near: 1 } } })).toEqual(['link/summary-filter'])
    expect(codes({ object: 'order_line', function: 'count', filter: [{ field: 'amount', operator: '>=', value: 1 }] })).toEqual([])
  })

  test('names that lead nowhere are reported once each', () => {
    expect(codesOf(linkOneField(summary({ object: 'nowhere', function: 'sum', field: 'amount' }), line).diagnostics)).toContain(
      'link/unknown-summary-object',
    )
    const { diagnostics } = linkOneField(summary({ object: 'order_line', function: 'sum', field: 'amont' }), line)
    expect(codesOf(diagnostics)).toContain('link/unknown-summary-field')
  })
})
