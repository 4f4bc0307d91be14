import { describe, expect, test } from 'vitest'
import type { RuleOperation } from '../../../../compiler/ir/rule.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { documentOf, resolve, type Tree, wrongExamples } from '../../../support/openapi.ts'
import { ruledObject, ruleIr } from '../../../support/ruled-object.ts'

const plain = objectIr({ name: 'plain', fields: { name: 'text' }, trash: { field: 'deleted_at' } })
const document = documentOf(appIr([ruledObject, plain]))
const at = (...path: readonly string[]): unknown =>
  resolve(document, `#/${path.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`)
const responses = (path: string, method: string): Tree => at('paths', path, method, 'responses') as Tree
const shown = (operation: RuleOperation): unknown => {
  const examples = at('components', 'responses', `Parcel.refused-${operation}`, 'content', 'application/problem+json', 'examples') as Tree
  return Object.values(examples).map((example) => ((example as Tree)['value'] as Tree)['errors'])
}

describe('what rules refuse', () => {
  test('is shown with the code, the pointer and the message of each', () => {
    expect(shown('create')).toEqual([
      [{ pointer: '/stage', code: 'flow', message: 'Example: not from  to won.' }],
      [{ pointer: '/settings', code: 'known', message: '/settings must be a number (3).' }],
      [{ pointer: '/a~1b~0c', code: 'ODD "code"', message: '__proto__ is broken.' }],
      [{ pointer: '', code: 'sent', message: 'Example sends this.' }],
    ])
    expect((shown('update') as readonly unknown[])[0]).toEqual([
      { pointer: '/stage', code: 'flow', message: 'Example: not from won to lost.' },
    ])
    expect(shown('delete')).toEqual([[{ pointer: '/name', code: 'kept', message: 'kept is broken.' }]])
  })

  test('stands beside the operations on one record', () => {
    const of = (operation: RuleOperation): Tree => ({ $ref: `#/components/responses/Parcel.refused-${operation}` })
    expect(responses('/api/parcel', 'post')['422']).toEqual(of('create'))
    expect(responses('/api/parcel/{id}', 'patch')['422']).toEqual(of('update'))
    expect(responses('/api/parcel/{id}', 'put')['422']).toEqual(of('update'))
    expect(responses('/api/parcel/{id}', 'delete')['422']).toEqual(of('delete'))
    expect(responses('/api/parcel/{id}/purge', 'post')['422']).toEqual(of('delete'))
    expect(Object.keys(responses('/api/plain/{id}', 'delete'))).not.toContain('422')
    expect(responses('/api/plain', 'post')['422']).toEqual({ $ref: '#/components/responses/ValidationFailed' })
    expect(responses('/api/parcel/createMany', 'post')['422']).toEqual({ $ref: '#/components/responses/ValidationFailed' })
  })

  test('is left out where no example can be right, and after five', () => {
    const stuck = { kind: 'transition', field: 'name', transitions: { open: ['won'], won: ['open'] } } as const
    const format = { kind: 'format', field: 'name', format: 'email' } as const
    const names = (...compiledRules: readonly ReturnType<typeof ruleIr>[]): readonly string[] => {
      const found = documentOf(appIr([objectIr({ name: 'one', fields: { name: 'text' }, compiledRules })]))
      const response = resolve(found, '#/components/responses/One.refused-create/content/application~1problem+json/examples')
      return Object.keys((response ?? {}) as Tree)
    }
    expect(names(ruleIr('free', stuck))).toEqual([])
    expect(names(...Array.from({ length: 9 }, (_, index) => ruleIr(`rule ${index}`, format)))).toHaveLength(5)
  })
})

describe('what rules warn of', () => {
  test('comes with what a write answers, and with nothing else', () => {
    const written = '"$ref":"#/components/schemas/Parcel.written"'
    const says = (path: string, method: string): boolean => {
      const text = JSON.stringify(responses(path, method))
      const used = [...text.matchAll(/#\/components\/responses\/([\w.-]+)/g)].map(([, name = '']) => at('components', 'responses', name))
      return `${text}${JSON.stringify(used)}`.includes(written)
    }
    const writes = ['/api/parcel post', '/api/parcel/createMany post', '/api/parcel/upsert post', '/api/parcel/upsertMany post']
    const changes = ['/api/parcel/findOneAndUpdate post', '/api/parcel/{id} patch', '/api/parcel/{id} put', '/api/parcel/{id}/clone post']
    const operations = Object.entries(document['paths'] as Tree).flatMap(([path, item]) =>
      Object.keys(item as Tree)
        .filter((method) => method !== 'parameters')
        .map((method) => `${path} ${method}`),
    )
    expect(operations.filter((one) => says(...(one.split(' ') as [string, string]))).sort()).toEqual([...writes, ...changes].sort())
  })

  test('is described and shown', () => {
    expect(at('components', 'schemas', 'Parcel.written')).toEqual({
      allOf: [{ $ref: '#/components/schemas/Parcel' }, { $ref: '#/components/schemas/RuleWarnings' }],
    })
    expect((at('components', 'examples', 'Parcel.written', 'value') as Tree)['@warnings']).toEqual([
      { rule: 'warned', severity: 'warning', pointer: '/email', code: 'warned', message: '<b>Example</b>' },
    ])
    expect(wrongExamples(document)).toEqual([])
  })

  test('stands beside numbers of records', () => {
    const told = { $ref: '#/components/responses/ToldCount' }
    const count = { $ref: '#/components/responses/Count' }
    expect(
      ['updateMany', 'deleteMany', 'purgeMany', 'restoreMany', 'count'].map((name) => responses(`/api/parcel/${name}`, 'post')['200']),
    ).toEqual([told, told, told, count, count])
    expect(responses('/api/plain/updateMany', 'post')['200']).toEqual(count)
  })

  test('adds nothing to objects without such rules', () => {
    const alone = documentOf(appIr([plain]))
    expect(JSON.stringify(alone)).not.toMatch(/warnings|written|Told|refused/)
  })
})
