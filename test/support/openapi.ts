import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openApiText } from '../../compiler/6-emit/openapi/openapi-text.ts'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { AppIr } from '../../compiler/ir/object.ts'

export type Tree = { readonly [key: string]: unknown }

export const textOf = (app: AppIr): string =>
  openApiText(app, resolveConfig({ name: 'sample' }, { folderName: 'sample', exists: () => false }))

export const documentOf = (app: AppIr): Tree => JSON.parse(textOf(app)) as Tree

/** What a reference of the document points at. */
export const resolve = (document: Tree, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, token) => (typeof value === 'object' && value !== null && Object.hasOwn(value, token) ? (value as Tree)[token] : undefined),
      document,
    )

/** Every value of the document with its JSON pointer, the document first. */
export function* walk(value: unknown, pointer = '#'): Generator<readonly [string, Tree]> {
  if (typeof value !== 'object' || value === null) return
  yield [pointer, value as Tree]
  for (const [key, item] of Object.entries(value)) yield* walk(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

interface Example {
  readonly place: string
  readonly value: unknown
}

/** Examples of media types, parameters and headers: whatever stands beside a schema. */
export function examplesOf(document: Tree): readonly Example[] {
  const found: Example[] = []
  for (const [pointer, node] of walk(document)) {
    if (/\/(schemas|examples)\//.test(pointer) || !Object.hasOwn(node, 'schema')) continue
    if (Object.hasOwn(node, 'example')) found.push({ place: pointer, value: node['example'] })
    for (const example of Object.values((node['examples'] ?? {}) as Tree)) {
      const { $ref } = example as { readonly $ref?: string }
      const { value } = ($ref === undefined ? example : resolve(document, $ref)) as { readonly value: unknown }
      found.push({ place: pointer, value })
    }
  }
  return found
}

/** Examples that their schema refuses, with the reason. */
export function wrongExamples(document: Tree): readonly string[] {
  // Records stand in many places: each is compiled once.
  const ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false, validateSchema: false })
  addFormats.default(ajv)
  ajv.addFormat('int64', true)
  ajv.addSchema({ $id: 'document', ...document })
  return examplesOf(document).flatMap(({ place, value }) => {
    const pointer = place.slice(2).split('/').map(encodeURIComponent).join('/')
    const validate = ajv.compile({ $ref: `document#/${pointer}/schema` })
    return validate(value) ? [] : [`${place}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`]
  })
}
