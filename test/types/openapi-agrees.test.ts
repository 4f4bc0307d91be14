import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { afterAll, expect, test } from 'vitest'
import { allocateNames } from '../../compiler/4-lower/allocate-names.ts'
import { relationsOf } from '../../compiler/6-emit/objects/declarations.ts'
import { FIELD_TYPES } from '../../compiler/ir/field-type.ts'
import type { ObjectIr } from '../../compiler/ir/object.ts'
import { compiledApp, corpusApps, sampleApp } from '../support/compiled-apps.ts'
import { appIr, objectIr } from '../support/ir.ts'
import { textOf } from '../support/openapi.ts'
import { testSeed } from '../support/random.ts'
import { randomApp } from '../support/random-ir.ts'
import { checkTypes, writeText, writeTypeProject } from '../support/type-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'objectql-agree-'))
afterAll(() => rmSync(folder, { recursive: true }))

/**
 * What differs on purpose: in process a datetime may be a Date; our inputs take read-only lists, other generators write them mutable;
 * a lookup in the document may be expanded; what is written along, and amounts, are added to our types by the calls (`CreateValues`, `Changes`).
 */
const HELPERS = `
type Wire<T> = { [K in keyof T]: Mutable<T[K]> }
type Mutable<T> = T extends readonly (infer Item)[] ? Mutable<Item>[] : Exclude<T, Date>
type Unexpanded<T, Relation extends PropertyKey> = { [K in keyof T]: K extends Relation ? IdOnly<T[K]> : T[K] }
type Plain<T, Children extends PropertyKey, Touched extends PropertyKey> = { [K in keyof T as Exclude<K, Children>]: K extends Touched ? Exclude<T[K], Along> : T[K] }
type IdOnly<T> = T extends readonly (infer Item)[] ? Extract<Item, string>[] : Extract<T, string | null>
type Both<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? 'same' : { at: Differing<Left, Right> }) : { at: Differing<Left, Right> }
type Differing<Left, Right> = { [K in keyof Left | keyof Right]-?: K extends keyof Left & keyof Right ? (Both<Left[K], Right[K]> extends 'same' ? never : K) : K }[keyof Left | keyof Right]
declare function same<Left, Right>(verdict: Both<Left, Right> & 'same'): void
`

function assertions(objects: readonly ObjectIr[], document: string): string {
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const lines = objects.flatMap((object) => {
    const { pascal, file } = object.names
    const schema = (name: string): string => `components['schemas']['${name.replaceAll('$', '_')}']`
    const children = object.children.map(({ name }) => JSON.stringify(name)).join(' | ') || 'never'
    const touched =
      object.fields
        .filter(({ reference, value }) => reference || value.kind === 'number')
        .map(({ name }) => JSON.stringify(name))
        .join(' | ') || 'never'
    const relations = relationsOf(object, objectByName).map(({ field }) => JSON.stringify(field.name))
    return [
      `import type { ${pascal}, ${pascal}Create, ${pascal}Update } from './generated/objects/${file}.js'`,
      `same<Wire<${pascal}>, Unexpanded<${schema(pascal)}, ${relations.join(' | ') || 'never'}>>('same')`,
      // What cannot be called is not described.
      ...(!object.methods.includes('create')
        ? []
        : [`same<Wire<${pascal}Create>, Plain<${schema(`${pascal}Create`)}, ${children}, ${touched}>>('same')`]),
      ...(!object.methods.includes('update')
        ? []
        : [`same<Wire<${pascal}Update>, Plain<${schema(`${pascal}Update`)}, ${children}, ${touched}>>('same')`]),
    ]
  })
  const along = ['Increment', 'NestedRecord', 'NestedRecordChange'].filter((name) => document.includes(`        ${name}: {`))
  const Along = `type Along = ${along.map((name) => `components['schemas']['${name}']`).join(' | ') || 'never'}`
  return `import type { components } from './openapi.js'\n${lines.join('\n')}\n${Along}\n${HELPERS}`
}

async function disagreements(objects: readonly ObjectIr[]): Promise<readonly string[]> {
  const nodes = await openapiTypescript(textOf(appIr(objects)))
  // Free JSON inside free JSON is read-only in our types.
  const text = astToString(nodes).replace(/(JsonValue: .*)(components\["schemas"\]\["JsonValue"\]\[\])/, '$1readonly $2')
  rmSync(join(folder, 'generated'), { recursive: true, force: true })
  writeTypeProject(folder, objects)
  writeText(join(folder, 'openapi.d.ts'), text)
  writeText(join(folder, 'agree.ts'), assertions(objects, text))
  const { problems } = checkTypes(folder, '7', { files: ['agree.ts'] })
  return problems.map(({ file, line, message }) => `${file}:${line} ${message}`)
}

const named = (objects: readonly ObjectIr[]): readonly ObjectIr[] => {
  const names = allocateNames(
    objects.map((object) => object.name),
    new Map(),
  )
  return objects.map((object) => ({ ...object, names: names.get(object.name) ?? object.names }))
}

const everyType = objectIr({
  name: 'every_type',
  fields: Object.fromEntries(
    FIELD_TYPES.flatMap((type) => {
      const reference = type === 'lookup' || type === 'tree' ? { reference: { object: 'every_type' } } : {}
      return [
        [`a_${type}`, { type, ...reference }],
        [`required_${type}`, { type, isRequired: true, ...reference }],
        [`many_${type}`, { type, isList: true, ...reference }],
        [`preset_${type}`, { type, isRequired: true, default: { kind: 'now' as const }, ...reference }],
      ]
    }),
  ),
})

test('other generators read the types of our SDK out of the document: every type of field', async () => {
  expect(await disagreements([everyType])).toEqual([])
}, 60_000)

test('a difference is found', async () => {
  const objects = [everyType]
  expect(await disagreements(objects)).toEqual([])
  writeText(
    join(folder, 'agree.ts'),
    assertions(objects, astToString(await openapiTypescript(textOf(appIr(objects))))).replace(
      'Wire<EveryTypeUpdate>',
      'Wire<EveryTypeCreate>',
    ),
  )
  expect(checkTypes(folder, '7', { files: ['agree.ts'] }).problems).toHaveLength(1)
}, 60_000)

test('random applications', async () => {
  const seed = testSeed()
  console.log(`openapi agrees: OBJECTQL_SEED=${seed}`)
  for (let round = 0; round < 3; round++)
    expect(await disagreements(named(randomApp(seed + round, { objects: 8, hostile: false }).objects))).toEqual([])
}, 120_000)

test.each([sampleApp, ...corpusApps()])(
  '$name',
  async (app) => {
    expect(await disagreements((await compiledApp(app)).objects)).toEqual([])
  },
  60_000,
)
