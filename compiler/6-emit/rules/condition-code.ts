import { code, type Hole, raw, sym } from '../../code/code.ts'
import { propertyKey, quote } from '../../code/literal.ts'
import { fieldsOf } from '../../expression/map-fields.ts'
import { printOperand, printTypeScript } from '../../expression/print-typescript.ts'
import type { Typed } from '../../expression/typed.ts'
import { type ModuleScope, RUNTIME } from './module-scope.ts'
import { addPath } from './rule-fields.ts'

/** What is known of whoever asks, as far as the rules look at it. */
export function userValues({ userKinds }: ModuleScope): readonly Hole[] {
  if (userKinds.size === 0) return []
  const kinds = [...userKinds].map(([name, kind]) => `${propertyKey(name)}: ${quote(kind)}`)
  return [code`const user = ${sym('valuesOf', RUNTIME)}(findings.user ?? undefined, { ${raw(kinds.join(', '))} })`]
}

/** What the lookups of the record lead to, as far as the rules look at it. */
export const relatedValues = ({ beyond }: ModuleScope): readonly Hole[] =>
  (['related', 'relatedBefore'] as const).flatMap((name) => (beyond.has(name) ? [raw(`const ${name} = findings.${name} as Related`)] : []))

const KINDS: Readonly<Record<Typed['type'], string>> = {
  ...{ text: 'string', date: 'string', datetime: 'string', time: 'string', number: 'number', boolean: 'boolean', list: 'list' },
  ...{ structure: 'any', null: 'any' },
}

export const changed = (fields: readonly string[], { shape }: ModuleScope): Hole => {
  for (const field of fields) addPath(shape, [field], 'structure')
  return code`${sym('isChanged', RUNTIME)}(record, previous, ${raw(fields.map(quote).join(', '))})`
}

/** A condition as an operand of `&&`. */
export const condition = (typed: Typed, scope: ModuleScope): Hole => printedWith(printOperand, typed, scope)

/** A condition by itself, in parts that may stand on lines of their own. */
export const wholeCondition = (typed: Typed, scope: ModuleScope): readonly Hole[] =>
  typed.kind === 'and' ? typed.parts.map((part) => condition(part, scope)) : [printedWith(printTypeScript, typed, scope)]

export function printedWith(print: typeof printTypeScript, typed: Typed, scope: ModuleScope, isNew = 'false'): Hole {
  const { userKinds } = scope
  addFields(typed, scope)
  for (const { root, path, type } of fieldsOf(typed)) if (root === 'current_user') userKinds.set(path[0] ?? '', KINDS[type])
  const helpers = new Set<string>()
  const text = print(typed, {
    record: 'record',
    previous: 'previous',
    currentUser: 'user',
    related: 'related',
    relatedBefore: 'relatedBefore',
    now: 'findings.now',
    isNew,
    isEmptyList: 'isEmptyList',
    helper: (name) => {
      helpers.add(name)
      return name
    },
  })
  return withHelpers(text, helpers)
}

/** Names of functions become imports. */
function withHelpers(text: string, helpers: ReadonlySet<string>): Hole {
  if (helpers.size === 0) return raw(text)
  const parts = text.split(new RegExp(`\\b(${[...helpers].join('|')})(?=\\()`))
  return { kind: 'block', parts: parts.map((part, index) => (index % 2 === 1 ? sym(part, RUNTIME) : raw(part))), separator: '' }
}

function addFields(typed: Typed, { shape, relatedShape, beyond }: ModuleScope): void {
  for (const { root, path, type } of fieldsOf(typed)) {
    if (root === 'current_user') continue
    const [last = '', ...before] = path.toReversed()
    if (before.length === 0) addPath(shape, path, type)
    else {
      addPath(relatedShape, [before.toReversed().join('.'), last], type)
      beyond.add(root === 'previous' ? 'relatedBefore' : 'related')
    }
  }
}
