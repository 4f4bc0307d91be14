import { type Code, code, fitted, type Hole, lines, raw } from '../../../code/code.ts'
import type { SchemaIr, SchemaKeywords } from '../../../ir/json-schema.ts'
import { askingOf } from './known-terms.ts'
import { type Part, type SchemaScope, WHOLE } from './schema-scope.ts'
import { isFlat, schemaTerms } from './schema-terms.ts'

export interface Link {
  readonly bad: Hole
  readonly call: Hole
}

export const add = (at: string, problem: string): Code => code`problems.add(${raw(at)}, ${problem})`

/** What is wrong with the value as a whole. */
export const whole = (bad: Hole, problem: string): Code => statement([{ bad, call: add(WHOLE.at, problem) }])

/** `if … else if … else …`: what comes first is told. */
export function statement(links: readonly Link[], otherwise?: Hole): Code {
  const parts = links.map(({ bad, call }, index) => {
    const head = code`${raw(index === 0 ? 'if (' : 'else if (')}${bad})`
    return fitted(code`${head} ${call}`, () => code`\n${head}\n  ${call}\n`)
  })
  return code`${lines([...parts, ...(otherwise ? [code`else ${otherwise}`] : [])])}`
}

/** `if (…) { … }` */
export const block = (condition: Hole, inner: readonly Hole[]): Code => code`
if (${condition}) {
  ${lines(inner)}
}`

/** The checks of a part that is there. */
export function given(schema: SchemaIr, part: Part, stem: string, scope: SchemaScope): readonly Hole[] {
  const call = callOf(schema, part, stem, scope)
  if (call) return [call]
  const own = flatLinks(schema, part, scope)
  return own.length === 0 ? [] : [statement(own)]
}

/** Checks of the whole value by another schema. `isNarrowed`: its type is known there, and may not be what that schema is about. */
export function alike(schema: SchemaIr, isNarrowed: boolean, stem: string, scope: SchemaScope): readonly Hole[] {
  if (!isNarrowed || typeof schema === 'boolean' || !isFlat(schema)) return given(schema, WHOLE, stem, scope)
  return [code`${raw(scope.functionOf(schema, stem))}(value, at, problems${askingOf(schema, scope)})`]
}

/** The checks of a part where it is there. `missing`: what is said where it is not. */
export function givenOr(missing: string | undefined, schema: SchemaIr, part: Part, stem: string, scope: SchemaScope): readonly Hole[] {
  const value = raw(part.value)
  const call = callOf(schema, part, stem, scope)
  const own = call ? [] : flatLinks(schema, part, scope)
  if (missing !== undefined) return [statement([{ bad: code`${value} === undefined`, call: add(part.at, missing) }, ...own], call)]
  const present = code`${value} !== undefined`
  if (call) return [statement([{ bad: present, call }])]
  const [only, ...more] = own
  if (!only) return []
  return more.length === 0 ? [statement([{ bad: code`${present} && ${only.bad}`, call: only.call }])] : [block(present, [statement(own)])]
}

function flatLinks(schema: SchemaIr, { value, at }: Part, { declare }: SchemaScope): readonly Link[] {
  if (typeof schema === 'boolean') return []
  const { type, others } = schemaTerms(schema, raw(value), declare)
  return [...type, ...others].map(({ bad, problem }) => ({ bad, call: add(at, problem) }))
}

/** Nothing but a reference. */
export const isReference = (schema: SchemaIr): schema is SchemaKeywords =>
  typeof schema === 'object' && schema.ref !== undefined && Object.keys(schema).length === 1

/** Undefined: nothing has to be called. */
function callOf(schema: SchemaIr, part: Part, stem: string, scope: SchemaScope): Code | undefined {
  const { value, at } = part
  if (typeof schema === 'boolean') return schema ? undefined : add(at, 'is not allowed')
  if (isFlat(schema)) return undefined
  const name = isReference(schema) ? scope.referred(schema.ref ?? '') : scope.functionOf(schema, stem)
  return code`${raw(name)}(${raw(value)}, ${raw(at)}, problems${part === WHOLE ? askingOf(schema, scope) : raw('')})`
}
