import { type Code, code, type Hole, joined, lines, raw, typeSym } from '../../../code/code.ts'
import type { JsonSchemaIr, SchemaIr } from '../../../ir/json-schema.ts'
import { pascalCase } from '../../../ir/words.ts'
import { RUNTIME } from '../module-scope.ts'
import { askedSchemas, isAsking } from './asked-schemas.ts'
import { choiceChecks } from './choice-checks.ts'
import { otherItems, otherMembers } from './known-checks.ts'
import { listChecks } from './list-checks.ts'
import { objectChecks } from './object-checks.ts'
import { add, block, isReference, statement, whole } from './part-checks.ts'
import { fresh, helper, type KnownScope, type SchemaScope, WHOLE } from './schema-scope.ts'
import { schemaTerms } from './schema-terms.ts'

interface SchemaModule {
  /** Of the function for the whole. */
  readonly name: string
  readonly functions: readonly Code[]
}

/**
 * A JSON Schema as functions: one for the whole, and one for each part that is more than a plain value. `taken` are names of the module,
 * `constants` gets regular expressions.
 */
export function schemaFunctions(stem: string, schema: JsonSchemaIr, taken: Set<string>, constants: Map<string, Code>): SchemaModule {
  const functions: Code[] = []
  const nameByReference = new Map<string, string>()
  const asked = askedSchemas(schema)
  const patternStem = `${stem.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_PATTERN`

  const common: Omit<SchemaScope, 'used' | 'stem' | 'known'> = {
    declare(value) {
      const name = fresh(patternStem, taken)
      constants.set(name, code`const ${raw(name)} = ${value}`)
      return code`${raw(name)}`
    },
    functionOf: (part, partStem) => written(part, fresh(partStem, taken)),
    referred(ref) {
      const known = nameByReference.get(ref)
      if (known !== undefined) return known
      const name = fresh(ref === '#' ? stem : stem + pascalCase(ref.split(/[/#]/).at(-1) ?? ''), taken)
      nameByReference.set(ref, name)
      return written(schema.definitions[ref] ?? true, name, ref)
    },
  }

  /** Callers stand before what they call. */
  function written(part: SchemaIr, name: string, ref?: string): string {
    const place = functions.push(code``) - 1
    const isAsked = asked.has(part)
    const isOwn = typeof part === 'object' && isAsking(part)
    let isUsed = false
    const known: KnownScope = {
      use() {
        isUsed = true
        return 'known'
      },
      isTakenBy: (one) => asked.has(isReference(one) ? (schema.definitions[one.ref ?? ''] ?? true) : one),
    }
    const checks = bodyOf(part, { ...common, stem: name, used: new Set([...taken, ...LOCAL]), ...(isAsked || isOwn ? { known } : {}) })
    const own = isOwn ? [code`const known = ${helper('newKnown')}()`, ...checks] : checks
    const body = isOwn && isAsked ? [...own, code`${helper('passOn')}(known, outer)`] : own
    const parameter = isOwn ? 'outer' : isUsed ? 'known' : '_known'
    functions[place] = functionText(
      name,
      isAsked ? [code`, ${raw(parameter)}?: ${typeSym('Known', RUNTIME)}`] : [],
      ref !== undefined && leadsTo(part, ref, schema) ? [GUARD, ...body] : body,
    )
    return name
  }

  // The whole may be referred to, too.
  const name = schema.definitions['#'] === undefined ? common.functionOf(schema.root, stem) : common.referred('#')
  return { name, functions }
}

const GUARD = code`if (!${helper('enters')}(problems)) return`

function functionText(name: string, more: readonly Hole[], body: readonly Hole[]): Code {
  const text = JSON.stringify(body)
  const parameter = (one: string): Hole => raw(new RegExp(`\\b${one}\\b`).test(text) ? one : `_${one}`)
  return code`
function ${raw(name)}(${parameter('value')}: unknown, ${parameter('at')}: string, ${parameter('problems')}: ${typeSym('Problems', RUNTIME)}${joined(more, '')}): void {
  ${lines(body)}
}

`
}

/** Names that functions have inside. */
const LOCAL = [
  ...['value', 'at', 'problems', 'index', 'item', 'name', 'inside', 'Object', 'RegExp', 'undefined'],
  ...['countItems', 'countMembers', 'countMet', 'enters', 'hasFormat', 'isList', 'isLongEnough', 'isLongerThan', 'isMatch', 'isMet'],
  ...['isKnown', 'isMultiple', 'isObject', 'isOneOf', 'isUnique', 'isWhole', 'meetsAny', 'member', 'needs', 'place'],
  ...['known', 'knows', 'knowsAll', 'knowsFirst', 'newKnown', 'outer', 'passOn'],
]

function bodyOf(schema: SchemaIr, scope: SchemaScope): readonly Hole[] {
  if (schema === true) return []
  if (schema === false) return [add(WHOLE.at, 'is not allowed')]
  const { type, others } = schemaTerms(schema, raw(WHOLE.value), scope.declare)
  const only = schema.types?.length === 1 ? schema.types[0] : undefined
  const [inObject, inList] = [objectChecks(schema, scope), listChecks(schema, scope)]
  const where = (guard: string, own: string, checks: readonly Hole[]): readonly Hole[] =>
    checks.length === 0 || only === own ? checks : [block(code`${helper(guard)}(value)`, checks)]
  return [
    // What comes after it takes the type for granted.
    ...type.map(({ bad, problem }) =>
      only === undefined ? whole(bad, problem) : statement([{ bad, call: code`return ${add(WHOLE.at, problem)}` }]),
    ),
    ...others.map(({ bad, problem }) => whole(bad, problem)),
    ...where('isObject', 'object', inObject),
    ...where('isList', 'array', inList),
    ...choiceChecks(schema, scope),
    ...where('isObject', 'object', otherMembers(schema, scope)),
    ...where('isList', 'array', otherItems(schema, scope)),
  ]
}

/** Whether a definition comes back to itself. */
function leadsTo(schema: SchemaIr, ref: string, { definitions }: JsonSchemaIr): boolean {
  const seen = new Set<string>()
  const visit = (part: SchemaIr): void => {
    JSON.stringify(part, (key, value: unknown) => {
      if (key !== 'ref' || typeof value !== 'string' || seen.has(value)) return value
      seen.add(value)
      visit(definitions[value] ?? true)
      return value
    })
  }
  visit(schema)
  return seen.has(ref)
}
