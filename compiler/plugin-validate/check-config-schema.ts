import { Ajv, type AnySchemaObject, type ErrorObject } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { PluginSyntax } from '../2-parse/syntax.ts'
import { type DiagnosticExtras, diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { nearest } from '../diagnostics/suggest.ts'
import { escapePointer, type SchemaPlace, subschemas } from './subschemas.ts'

/** More problems of one schema are not told at once. */
const MOST_PROBLEMS = 10

/** What a plugin says it can be told: a JSON Schema of its own version, with keywords that exist and defaults that fit. */
export function checkConfigSchema({ body, spanOf }: PluginSyntax): readonly Diagnostic[] {
  const key = ['configSchema', 'config_schema'].find((name) => isMap(body) && Object.hasOwn(body, name))
  const schema: unknown = key === undefined ? undefined : Reflect.get(body as object, key)
  // That it is no map is told where the manifest is looked at.
  if (!isMap(schema)) return []
  const at = (pointer: string) => spanOf(`/${key}${pointer}`)
  const ajv = createAjv(schema)
  const { $schema: _, ...rest } = schema as AnySchemaObject
  if (ajv.validateSchema(rest) !== true)
    return onePerPlace(ajv.errors ?? [])
      .slice(0, MOST_PROBLEMS)
      .map((error) => diagnose('plugin/config-schema', at(error.instancePath), { problem: inWords(error) }))
  try {
    ajv.addSchema(rest, ROOT)
    ajv.compile({ $ref: ROOT })
  } catch (error) {
    return [diagnose('plugin/config-schema', at(''), { problem: clause(error) })]
  }
  const places = subschemas(rest)
  return [...unknownKeywords(ajv, places), ...unfitDefaults(ajv, places)].map(({ pointer, code, ...holes }) =>
    code === 'plugin/config-keyword'
      ? diagnose(code, at(pointer), { keyword: holes.what }, meant(holes.what, ajv))
      : diagnose(code, at(pointer), { setting: holes.what, problem: holes.problem }),
  )
}

/** A value that fits none of several schemas is told once: by the values it may be, if that is known. */
function onePerPlace(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const byPlace = new Map<string, ErrorObject>()
  for (const error of errors) {
    const known = byPlace.get(error.instancePath)
    if (!known || (error.keyword === 'enum' && known.keyword !== 'enum')) byPlace.set(error.instancePath, error)
  }
  return [...byPlace.values()]
}

function inWords({ instancePath, message = 'is not valid', keyword, params }: ErrorObject): string {
  const what = instancePath === '' ? 'it' : `"${instancePath.slice(1)}"`
  const allowed: unknown = params['allowedValues']
  return keyword === 'enum' && Array.isArray(allowed) ? `${what} must be one of ${allowed.join(', ')}` : `${what} ${message}`
}

/** The keyword itself has no place of its own: what is meant is said, not put there. */
function meant(keyword: string, { RULES }: Ajv): DiagnosticExtras {
  const found = nearest(keyword, [...Object.keys(RULES.keywords), ...ANNOTATIONS])
  return found === undefined ? {} : { notes: [{ message: `Did you mean "${found}"?` }] }
}

const ROOT = 'config'

/** The drafts that JSON Schema is written in; without `$schema` it is draft 7. */
function createAjv(schema: object): Ajv {
  const options = { strict: false, allErrors: true, logger: false } as const
  const version = String(Reflect.get(schema, '$schema') ?? '')
  const ajv = version.includes('2020-12') ? new Ajv2020(options) : version.includes('2019-09') ? new Ajv2019(options) : new Ajv(options)
  addFormats.default(ajv as Ajv)
  return ajv as Ajv
}

interface SchemaProblem {
  readonly code: 'plugin/config-keyword' | 'plugin/config-default'
  readonly pointer: string
  readonly what: string
  readonly problem: string
}

/** What nobody looks at: a misspelt `minimum` would let everything pass. */
function unknownKeywords(ajv: Ajv, places: readonly SchemaPlace[]): readonly SchemaProblem[] {
  return places.flatMap(({ schema, pointer }) =>
    Object.keys(schema)
      .filter((keyword) => !/^(?:x-|\$)/.test(keyword) && !ANNOTATIONS.has(keyword) && ajv.RULES.keywords[keyword] === undefined)
      .map(
        (keyword) =>
          ({ code: 'plugin/config-keyword', pointer: `${pointer}/${escapePointer(keyword)}`, what: keyword, problem: '' }) as const,
      ),
  )
}

/** Not all drafts have them, and forms show them. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['definitions', 'examples', 'example', 'deprecated', 'readOnly', 'writeOnly', 'label', 'secret', 'placeholder', 'order', 'group'],
  ...['then', 'else', 'tsType', 'tsEnumNames', 'enumNames', 'id'],
])

function unfitDefaults(ajv: Ajv, places: readonly SchemaPlace[]): readonly SchemaProblem[] {
  return places.flatMap(({ schema, pointer, setting }) => {
    if (!Object.hasOwn(schema, 'default')) return []
    const check = ajv.compile({ $ref: `${ROOT}#${pointer.split('/').map(encodeURIComponent).join('/')}` })
    if (check(structuredClone(schema['default']))) return []
    const [{ instancePath = '', message = 'is not valid' } = {}] = check.errors ?? []
    const problem = `${instancePath === '' ? 'it' : `"${instancePath.slice(1)}"`} ${message}`
    return [{ code: 'plugin/config-default', pointer: `${pointer}/default`, what: setting, problem } as const]
  })
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const clause = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, '')
