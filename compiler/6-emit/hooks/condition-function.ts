import { type Code, code, type Hole, lines, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyKey } from '../../code/literal.ts'
import { fieldsOf, namesNow } from '../../expression/map-fields.ts'
import { printTypeScript } from '../../expression/print-typescript.ts'
import type { Root, Typed, ValueType } from '../../expression/typed.ts'
import type { HookIr } from '../../ir/object.ts'
import { inComment } from '../objects/js-doc.ts'

const RUNTIME = 'objectql/runtime/behaviour'
const FUNCTIONS = 'objectql/runtime/expression'

/** `function wakeAccountApplies(context): boolean`: the condition of a hook, straight through. */
export function conditionFunction(hook: HookIr, name: string, holds: Typed, when: string): Code {
  const fields = fieldsOf(holds).filter(({ root, path }) => root === 'current_user' || path.length === 1)
  const text = printTypeScript(holds, {
    record: 'record',
    previous: 'previous',
    currentUser: 'user',
    related: 'context.related',
    relatedBefore: 'context.relatedBefore',
    isComplete: true,
    now: 'now',
    isNew: `context.operation === 'create'`,
    helper: (helper) => MARK + helper + MARK,
  })
  const values = (root: Root, variable: string, from: string): Hole[] => {
    const named = fields.filter((field) => field.root === root)
    if (named.length === 0) return []
    const kinds = named.map(({ path: [field = ''], type }) => `${propertyKey(field)}: ${literal(KINDS[type])}`)
    return [code`const ${raw(variable)} = ${sym('valuesOf', RUNTIME)}(${raw(from)}, { ${raw(kinds.join(', '))} })`]
  }
  const body: readonly Hole[] = [
    ...values('record', 'record', 'context.record'),
    ...values('previous', 'previous', 'context.previous'),
    ...values('current_user', 'user', 'context.user'),
    ...(namesNow(holds) ? [raw('const now = new Date().toISOString()')] : []),
    code`return ${imported(text)}`,
  ]
  return code`
/** ${raw(inComment(`When ${hook.name} ${when}`))} */
function ${raw(name)}(context: ${typeSym('HookContext', RUNTIME)}): boolean {
  ${lines(body)}
}

`
}

/** Values of JavaScript that are taken for values of a field: what a client sent is not validated yet when conditions look at it. */
const KINDS: Readonly<Record<ValueType, 'string' | 'number' | 'boolean' | 'list' | 'any'>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'string',
  datetime: 'string',
  time: 'string',
  list: 'list',
  structure: 'any',
  null: 'any',
}

/** The text with the functions it calls as names that are imported. */
const imported = (text: string): Hole => ({
  kind: 'block',
  parts: text.split(MARK).map((part, index) => (index % 2 === 0 ? raw(part) : sym(part, FUNCTIONS))),
  separator: '',
})

/** Around names of functions. Literals have it escaped. */
const MARK = '\0'
