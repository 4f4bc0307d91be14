import type { Scope, Values } from './workflow-plan.ts'

/** A text with `{{name}}`, `{{variables.name}}`, `{{user.id}}` and `{{now}}` filled in. What is not there is empty text. */
export function filled(template: string, record: Values, scope: Scope, encode: (text: string) => string = String): string {
  return template.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, path: string) => {
    const value = valueAt(path.split('.'), record, scope)
    return value === null || value === undefined ? '' : encode(typeof value === 'object' ? JSON.stringify(value) : String(value))
  })
}

const ROOTS: readonly string[] = ['record', 'variables', 'previous', 'user', 'current_user']

function valueAt(path: readonly string[], record: Values, scope: Scope): unknown {
  const [first = '', ...rest] = path.map((name) => name.replace(/^\$/, ''))
  const own = first === 'record' && !Object.hasOwn(record, first) ? rest : [first, ...rest]
  const beyond = own.slice(0, -1).join('.')
  if (own.length > 1 && Object.hasOwn(scope.related, beyond)) return below(scope.related[beyond], own.slice(-1))
  if (Object.hasOwn(record, first)) return below(record, [first, ...rest])
  if (first === 'now' && rest.length === 0) return scope.now
  if (first === 'today' && rest.length === 0) return scope.now.slice(0, 10)
  if (!ROOTS.includes(first)) return Object.hasOwn(scope.variables, first) ? below(scope.variables, [first, ...rest]) : undefined
  const root = { record, variables: scope.variables, previous: scope.previous, user: scope.user, current_user: scope.user }[first]
  return below(root, rest)
}

function below(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Values)[name] : undefined),
    root,
  )
}

/** The same in a URL: what is filled in cannot leave its place. */
export const filledUrl = (template: string, record: Values, scope: Scope): string => filled(template, record, scope, encodeURIComponent)
