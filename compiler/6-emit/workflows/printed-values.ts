import { code, type Hole, list, raw, sym } from '../../code/code.ts'
import { literal, propertyAccess, propertyKey } from '../../code/literal.ts'
import { printTypeScript } from '../../expression/print-typescript.ts'
import type { Typed } from '../../expression/typed.ts'
import type { NamedValueIr, ValueExpressionIr } from '../../ir/workflow.ts'

const RUNTIME = 'objectql/runtime/workflow'

/** What printed text uses: functions that are imported, and its parameters. */
interface Printed {
  readonly hole: Hole
  readonly usesRecord: boolean
  readonly usesScope: boolean
}

/** An expression of the record and what is around it. */
function expression(typed: Typed): Printed {
  const used = new Set<string>()
  const text = printTypeScript(typed, {
    record: 'record',
    previous: 'scope.previous',
    currentUser: 'scope.user',
    related: 'scope.related',
    relatedBefore: 'scope.relatedBefore',
    now: 'scope.now',
    isNew: 'scope.isNew',
    helper: (name) => {
      used.add(name)
      return `\u0001${name}\u0002`
    },
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: marks that no text of an author can hold unquoted.
  const pieces = text.split(/\u0001(\w+)\u0002/)
  const parts = pieces.map((piece, index): Hole => (index % 2 === 0 ? raw(piece) : sym(piece, 'objectql/runtime/expression')))
  return {
    hole: used.size === 0 ? raw(text) : { kind: 'block', parts, separator: '' },
    usesRecord: /\brecord\b/.test(text),
    usesScope: /\bscope\b/.test(text),
  }
}

const parameters = ({ usesRecord, usesScope }: Omit<Printed, 'hole'>): string =>
  usesScope ? (usesRecord ? '(record, scope)' : '(_record, scope)') : usesRecord ? '(record)' : '()'

/** `(record) => …` */
export function condition(typed: Typed): Hole {
  const printed = expression(typed)
  return code`${raw(parameters(printed))} => ${printed.hole}`
}

function printed(value: ValueExpressionIr): Printed {
  const plain = (hole: Hole, usesRecord = false, usesScope = false): Printed => ({ hole, usesRecord, usesScope })
  switch (value.kind) {
    case 'literal':
      return plain(raw(literal(value.value)))
    case 'typed':
      return expression(value.typed)
    case 'now':
      return plain(raw('scope.now'), false, true)
    case 'today':
      return plain(raw('scope.now.slice(0, 10)'), false, true)
    case 'user':
      return plain(raw('(scope.user.id ?? null)'), false, true)
    case 'record':
      return plain(raw('record'), true)
    case 'variable':
      return plain(raw(`(scope.variables${optional(value.path)} ?? null)`), false, true)
    case 'template':
      return plain(code`${sym('filled', RUNTIME)}(${value.text}, record, scope)`, true, true)
    case 'list': {
      const items = value.items.map(printed)
      return { hole: list(items.map(({ hole }) => hole)), ...uses(items) }
    }
    case 'map':
      return mapOf(value.entries)
    default:
      return value satisfies never
  }
}

const optional = ([first = '', ...rest]: readonly string[]): string =>
  `${propertyAccess(first)}${rest.map((name) => `?.${propertyAccess(name).replace(/^\./, '')}`).join('')}`

const uses = (parts: readonly Printed[]) => ({
  usesRecord: parts.some(({ usesRecord }) => usesRecord),
  usesScope: parts.some(({ usesScope }) => usesScope),
})

function mapOf(entries: readonly NamedValueIr[]): Printed {
  const parts = entries.map(({ name, value: one }) => ({ name, ...printed(one) }))
  return {
    hole: list(
      parts.map(({ name, hole }) => code`${raw(propertyKey(name))}: ${hole}`),
      { brackets: ['{ ', ' }'], tail: 3 },
    ),
    ...uses(parts),
  }
}

/** `(record, scope) => ({ … })` */
export function assignment(entries: readonly NamedValueIr[]): Hole {
  const made = mapOf(entries)
  return code`${raw(parameters(made))} => (${made.hole})`
}

/** The value as a function of the record, or, where record and scope are at hand, as it is. */
export function value(one: ValueExpressionIr, isInside = false): Hole {
  const made = printed(one)
  return isInside
    ? made.hole
    : code`${raw(parameters(made))} => ${one.kind === 'literal' && typeof one.value === 'object' && !Array.isArray(one.value) ? code`(${made.hole})` : made.hole}`
}
