import { describe, expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import { codesOf, linkedObject, summaryOf } from '../../support/link.ts'
import { createSyntaxBuilder, type ObjectSketch, syntaxOf } from '../../support/syntax.ts'

const parts = (name: string, ...sketches: readonly ObjectSketch[]) => {
  const { object } = createSyntaxBuilder()
  return syntaxOf({ objects: sketches.map((sketch) => object(name, sketch)) })
}

const attribute = (object: ReturnType<typeof linkedObject>, field: string, key: string) =>
  object.fields.find(({ name }) => name === field)?.attributes.get(key)?.value

describe('same-named objects', () => {
  test('an extension that gives no type keeps the type and label of the base', () => {
    const user = linkedObject(
      parts(
        'user',
        {
          path: 'src/extensions/user_extension.object.yml',
          stem: 'user_extension',
          attributes: { label: 'System User (Extended)' },
          fields: { email: { required: true, unique: true }, extra: 'boolean' },
        },
        {
          path: 'src/core/user.object.yml',
          stem: 'user',
          attributes: { label: 'User', icon: 'user-line' },
          fields: { name: 'text', email: { type: 'email', label: 'Email' } },
        },
      ),
      'user',
    )
    expect(user.fields.map(({ name, type }) => [name, type])).toEqual([
      ['name', 'text'],
      ['email', 'email'],
      ['extra', 'boolean'],
    ])
    expect(['label', 'required', 'unique'].map((key) => attribute(user, 'email', key))).toEqual(['Email', true, true])
    expect([user.attributes.get('label')?.value, user.attributes.get('icon')?.value]).toEqual(['System User (Extended)', 'user-line'])
    expect(user.span.path).toBe('src/core/user.object.yml')
  })

  test('order: the file called like the object, other definitions by path, extensions by priority and path', () => {
    const label = (value: string): ObjectSketch['attributes'] => ({ label: value, [value]: true })
    const user = linkedObject(
      parts(
        'user',
        { path: 'b.yml', stem: 'b', role: 'extension', priority: 300, attributes: label('late extension') },
        { path: 'c.yml', stem: 'c', role: 'extension', attributes: label('early extension') },
        { path: 'a.yml', stem: 'a', attributes: label('first definition') },
        { path: 'z/user.object.yml', stem: 'user', attributes: label('base') },
        { path: 'd.yml', stem: 'd', attributes: label('second definition') },
      ),
      'user',
    )
    expect([...user.attributes.keys()]).toEqual([
      'label',
      'base',
      'first definition',
      'second definition',
      'early extension',
      'late extension',
    ])
    expect(user.attributes.get('label')?.value).toBe('late extension')
  })

  test('objects merge key by key, lists and options as a whole', () => {
    const user = linkedObject(
      parts(
        'user',
        {
          path: 'user.object.yml',
          attributes: { enable: { apiEnabled: false, files: true }, tags: ['a', 'b'] },
          fields: { status: { type: 'select', options: ['a', 'b'] } },
        },
        {
          path: 'x.yml',
          stem: 'x',
          attributes: { enable: { files: false, feeds: true }, tags: ['c'] },
          fields: { status: { options: ['c', 'd', 'e'] } },
        },
      ),
      'user',
    )
    expect(user.attributes.get('enable')?.value).toEqual({ apiEnabled: false, files: false, feeds: true })
    expect(user.attributes.get('tags')?.value).toEqual(['c'])
    expect(user.fields[0]?.options?.map((option) => option.value.value)).toEqual(['c', 'd', 'e'])
  })

  test('indexes and rules of one name replace each other, unnamed indexes are kept, identical ones once', () => {
    const user = linkedObject(
      parts(
        'user',
        {
          path: 'user.object.yml',
          fields: { a: 'text', b: 'text' },
          indexes: [{ name: 'one', fields: ['a'] }, { fields: ['a', 'b'] }],
          rules: [
            { name: 'r', field: 'a' },
            { name: '', field: 'a' },
          ],
        },
        {
          path: 'x.yml',
          stem: 'x',
          indexes: [{ name: 'one', fields: ['b'] }, { fields: ['a', 'b'] }, { fields: ['b', 'a'] }],
          rules: [
            { name: 'r', field: 'b' },
            { name: '', field: 'b' },
          ],
        },
      ),
      'user',
    )
    expect(user.indexes.map(({ name, fields }) => [name?.value, fields])).toEqual([
      ['one', ['b']],
      [undefined, ['a', 'b']],
      [undefined, ['b', 'a']],
    ])
    expect(user.rules.map(({ name, body }) => [name, (body as { field: string }).field])).toEqual([
      ['r', 'b'],
      ['', 'a'],
      ['', 'b'],
    ])
  })

  test('actions merge: metadata in one file, handler and a parameter in another', () => {
    const { object, action } = createSyntaxBuilder()
    const base = object('order', { actions: { send: { params: { to: { type: 'email', label: 'To' } }, attributes: { label: 'Send' } } } })
    const { model, diagnostics } = link(
      syntaxOf({
        objects: [base],
        actions: [action('send', { module: 'order.action.ts', params: { to: { required: true }, copy: 'boolean' } }, 'Order')],
      }),
    )
    const [send] = model.objects[0]?.actions ?? []
    expect([send?.module, send?.attributes.get('label')?.value]).toEqual(['order.action.ts', 'Send'])
    expect(send?.params.map(({ name, type, attributes }) => [name, type, attributes.get('required')?.value])).toEqual([
      ['to', 'email', true],
      ['copy', 'boolean', undefined],
    ])
    expect(codesOf(diagnostics)).toEqual([])
  })

  test('an extension finds its owner whatever the spelling, and without one it is dropped', () => {
    const { object } = createSyntaxBuilder()
    const { model, diagnostics } = link(
      syntaxOf({
        objects: [
          object('email_template', { fields: { a: 'text' } }),
          object('EmailTemplate', { role: 'extension', path: 'x.yml', fields: { b: 'text' } }),
          object('emial_template', { role: 'extension', path: 'y.yml', fields: { c: 'text' } }),
        ],
      }),
    )
    expect(model.objects.map(({ name, fields }) => [name, fields.map((field) => field.name)])).toEqual([['email_template', ['a', 'b']]])
    expect(summaryOf(diagnostics)).toEqual([
      'warning link/extension-without-owner No object is named "emial_template", so nothing is extended. Correct the name or define it.',
    ])
    expect(diagnostics[0]?.fixes.map(({ title }) => title)).toEqual(['Replace with "email_template"'])
  })

  test('two packages that both define an object are told so', () => {
    const syntax = parts(
      'lead',
      { path: 'a.yml', package: 'crm' },
      { path: 'b.yml', stem: 'b', package: 'marketing' },
      { path: 'c.yml', stem: 'c' },
    )
    expect(summaryOf(link(syntax).diagnostics)).toEqual([
      'warning link/two-owners Both "crm" and "marketing" define "lead". They are merged; turn one into an extension.',
    ])
  })

  test('keys of Object.prototype are ordinary keys', () => {
    const user = linkedObject(
      parts(
        'constructor',
        {
          path: 'a.yml',
          attributes: { enable: JSON.parse('{ "__proto__": { "apiEnabled": false }, "toString": 1 }') },
          fields: { hasOwnProperty: 'text' as const, valueOf: 'text' as const },
        },
        {
          path: 'b.yml',
          stem: 'b',
          attributes: { enable: JSON.parse('{ "__proto__": { "polluted": true } }') },
          fields: { valueOf: { required: true } },
        },
      ),
      'constructor',
    )
    expect(JSON.stringify(user.attributes.get('enable')?.value)).toBe('{"__proto__":{"apiEnabled":false,"polluted":true},"toString":1}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(user.fields.map(({ name }) => name)).toEqual(['hasOwnProperty', 'valueOf'])
  })
})

describe('type of a field that gives none', () => {
  test.each([
    [{ reference: 'thing' }, 'lookup'],
    [{ options: ['a', 'b'] }, 'select'],
    [{ expression: 'a + b' }, 'formula'],
    [{ summaryOperations: { object: 'thing', function: 'count' } }, 'summary'],
    [{ reference: 'thing', options: ['a', 'b'] }, 'lookup'],
    [{ label: 'Name' }, 'text'],
  ] as const)('%j → %s', (sketch, type) => {
    expect(linkedObject(parts('thing', { fields: { it: sketch } }), 'thing').fields[0]?.type).toBe(type)
  })

  test('is inferred from all declarations together', () => {
    const thing = linkedObject(
      parts('thing', { fields: { it: { label: 'It' } } }, { path: 'x.yml', stem: 'x', fields: { it: { reference: 'thing' } } }),
      'thing',
    )
    expect(thing.fields[0]?.type).toBe('lookup')
  })
})
