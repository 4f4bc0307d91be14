import { nearest } from '../diagnostics/suggest.ts'
import { call, choice, coalesce, compare, constant, difference, joined, match, negative, not, number, sum, truth } from './build.ts'
import { length as textLength, today } from './function-kit.ts'
import { FUNCTIONS } from './functions.ts'
import { ExpressionProblem } from './problem.ts'
import type { ExpressionSchema } from './schema.ts'
import type { Dialect, Range, Syntax } from './syntax.ts'
import type { Root, Typed } from './typed.ts'

/**
 * Resolves the names of an expression and checks its types.
 * @throws ExpressionProblem for names nobody declared, values that do not fit, and what has no translation.
 */
export function check(syntax: Syntax, dialect: Dialect, schema: ExpressionSchema): Typed {
  const optionsByNode = new WeakMap<Typed, readonly (string | number)[]>()
  const typeOf = (one: Syntax): Typed => {
    switch (one.kind) {
      case 'literal':
        return constant(one.value, one)
      case 'name':
      case 'member':
        return named(one)
      case 'unary':
        return unary(one)
      case 'binary':
        return binary(one)
      case 'choice':
        return choice(truth(typeOf(one.condition)), typeOf(one.result), typeOf(one.otherwise), one)
      case 'call':
        return called(one)
      case 'list':
        throw new ExpressionProblem('not-translatable', one, 'a list as a value')
      default:
        return one satisfies never
    }
  }

  function unary(one: Syntax & { readonly kind: 'unary' }): Typed {
    const of = typeOf(one.of)
    if (one.operator === 'not') return not(truth(of), one)
    return one.operator === '-' ? negative(of, one) : number(of, '"+"')
  }

  function binary(one: Syntax & { readonly kind: 'binary' }): Typed {
    if (one.operator === 'in') return contained(one.left, one.right, one)
    const [left, right] = [typeOf(one.left), typeOf(one.right)]
    const arithmetic = (name: 'mul' | 'divby' | 'mod' | 'power', sign: string): Typed =>
      call(name, 'number', [number(left, sign), number(right, sign)], one)
    switch (one.operator) {
      case '+':
        return sum(left, right, one)
      case '-':
        return difference(left, right, one)
      case '*':
        return arithmetic('mul', '"*"')
      case '/':
        return arithmetic('divby', '"/"')
      case '%':
        return arithmetic('mod', '"%"')
      case 'power':
        return arithmetic('power', 'a power')
      case 'join':
        return joined(left, right, true, one)
      case 'coalesce':
        return coalesce(left, right, one)
      case 'and':
      case 'or':
        return logical(one.operator, left, right, one)
      default:
        refuseUnknownOption(left, right)
        refuseUnknownOption(right, left)
        return compare(one.operator, left, right, one)
    }
  }

  /** JavaScript gives one of the two values, where they are not true or false. */
  function logical(kind: 'and' | 'or', left: Typed, right: Typed, at: Range): Typed {
    const isValue = dialect === 'javascript' && left.type !== 'boolean' && right.type !== 'boolean' && left.type === right.type
    if (isValue) return kind === 'or' ? choice(truth(left), left, right, at) : choice(truth(left), right, left, at)
    return { kind, type: 'boolean', parts: [truth(left), truth(right)], start: at.start, end: at.end }
  }

  /** A value is one of a list. */
  function contained(item: Syntax, list: Syntax, at: Range): Typed {
    const wanted = typeOf(item)
    if (list.kind !== 'list') return match('contains', typeOf(list), wanted, at)
    const parts = list.items.map((one) => {
      const value = typeOf(one)
      refuseUnknownOption(wanted, value)
      return compare('eq', wanted, value, at)
    })
    return parts.length === 0 ? constant(false, at) : { kind: 'or', type: 'boolean', parts, start: at.start, end: at.end }
  }

  function called(one: Syntax & { readonly kind: 'call' }): Typed {
    if (dialect === 'javascript' && one.of?.kind === 'list' && one.name === 'includes' && one.args.length === 1)
      return contained(one.args[0] as Syntax, one.of, one)
    if (dialect === 'cel' && one.name === 'joinNonEmpty') return joinNonEmpty(one)
    const functions = FUNCTIONS[dialect]
    const key = dialect === 'javascript' && one.of ? `.${one.name}` : dialect === 'spreadsheet' ? one.name.toUpperCase() : one.name
    const known = Object.hasOwn(functions, key) ? functions[key] : undefined
    if (!known) {
      const meant = nearest(key, Object.keys(functions))
      throw new ExpressionProblem('unknown-function', one, one.name, meant)
    }
    const args = [...(one.of ? [one.of] : []), ...one.args]
    const [least, most] = known.args
    if (args.length < least || args.length > most) {
      const expected = least === most ? String(least) : most >= 50 ? `${least} or more` : `${least} to ${most}`
      throw new ExpressionProblem('wrong-arguments', one, `"${one.name}" takes ${expected} arguments, not ${args.length}`)
    }
    const typed = args.map(typeOf)
    if (key === 'ISPICKVAL') refuseUnknownOption(typed[0] as Typed, typed[1] as Typed)
    return known.build(typed, one)
  }

  /** `joinNonEmpty([a, b], ' ')`: what is neither null nor empty, with a separator between. */
  function joinNonEmpty(one: Syntax & { readonly kind: 'call' }): Typed {
    const [list, separator] = one.args
    if (one.args.length !== 2 || list?.kind !== 'list' || !separator)
      throw new ExpressionProblem('wrong-arguments', one, '"joinNonEmpty" takes a list and a separator')
    const between = typeOf(separator)
    const parts = list.items.map(typeOf)
    return parts.reduce(
      (before, next) => {
        const isEmptyNow = (of: Typed): Typed => not(truth(of), one)
        const both = joined(joined(before, between, true, one), next, true, one)
        return choice(isEmptyNow(next), joined(before, constant('', one), true, one), choice(isEmptyNow(before), next, both, one), one)
      },
      constant('', one),
    )
  }

  /** A field, a path to one, or a token. */
  function named(one: Syntax & { readonly kind: 'name' | 'member' }): Typed {
    const path = pathOf(one)
    if (path === undefined) {
      const { of, name } = one as Syntax & { readonly kind: 'member' }
      if (dialect === 'javascript' && name === 'length') return textLength.build([typeOf(of)], one)
      throw new ExpressionProblem('not-translatable', one, `"${name}" of what is worked out`)
    }
    const [first = '', ...rest] = path
    const isOwn = schema.field(schema.object, first) !== undefined
    if (dialect === 'javascript' && path.length > 1 && path.at(-1) === 'length' && !isFieldPath(path)) {
      const { of } = one as Syntax & { readonly kind: 'member' }
      return textLength.build([typeOf(of)], one)
    }
    if (isOwn) return fieldAt('record', path, one, rangesOf(one))
    if (ROOTS.has(first) && rest.length > 0) return fieldAt(ROOTS.get(first) as Root, rest, one, rangesOf(one).slice(1))
    const parents = first === 'parent' && rest.length > 0 ? (schema.parentsOf?.(schema.object) ?? []) : []
    if (parents.length > 1)
      throw new ExpressionProblem(
        'unknown-field',
        one,
        `"parent" may be ${parents.map((name) => `"${name}"`).join(' or ')}: name the field`,
      )
    if (parents[0] !== undefined) return fieldAt('record', [parents[0], ...rest], one, rangesOf(one))
    return token(first, path, one, rangesOf(one))
  }

  const isFieldPath = (path: readonly string[]): boolean => {
    try {
      return (
        resolve(path[0] === 'record' && schema.field(schema.object, 'record') === undefined ? path.slice(1) : path, schema.object, {
          start: 0,
          end: 0,
        }) !== undefined
      )
    } catch {
      return false
    }
  }

  function token(name: string, path: readonly string[], at: Range, ranges: readonly Range[]): Typed {
    const parts = { $year: 'year', $month: 'month', $day: 'day', $hour: 'hour', $minute: 'minute', $second: 'second' } as const
    const moment: Typed = { kind: 'now', type: 'datetime', start: at.start, end: at.end }
    if (path.length === 1) {
      if (name === '$today') return today(at)
      if (name === '$now') return moment
      if (name === '$record_id') return fieldAt('record', ['id'], at)
      if (name === '$is_new') return { kind: 'is-new', type: 'boolean', start: at.start, end: at.end }
      if (Object.hasOwn(parts, name)) return call(parts[name as keyof typeof parts], 'number', [moment], at)
    }
    return fieldAt('record', path, at, ranges)
  }

  function fieldAt(root: Root, path: readonly string[], at: Range, ranges: readonly Range[] = []): Typed {
    if (!schema.roots.has(root)) throw new ExpressionProblem('not-translatable', at, NO_ROOT[root])
    const object = { record: schema.object, previous: schema.previousObject ?? schema.object, current_user: schema.userObject }[root]
    if (object === undefined) return { kind: 'field', root, path, type: 'text', start: at.start, end: at.end }
    const { found, through } = resolve(path, object, at, ranges)
    const below = through.length === 0 ? {} : { through }
    const field: Typed = { kind: 'field', root, path, type: found.type, ...below, start: at.start, end: at.end }
    if (found.options) optionsByNode.set(field, found.options)
    return schema.isBlankZero && found.type === 'number' ? call('coalesce', 'number', [field, constant(0, at)], at) : field
  }

  function resolve(path: readonly string[], start: string, at: Range, ranges: readonly Range[] = []) {
    let object = start
    const through: string[] = []
    for (const [index, name] of path.entries()) {
      const field = schema.field(object, name)
      if (!field) {
        const meant = nearest(name, schema.fieldNames(object))
        throw new ExpressionProblem('unknown-field', ranges[index] ?? at, `"${object}" has no field "${name}"`, meant)
      }
      if (index === path.length - 1) {
        if (field.isSecret && through.length > 0)
          throw new ExpressionProblem('not-translatable', ranges[index] ?? at, `"${name}" of another record, which is never read back,`)
        return { found: field, through }
      }
      if (field.target === undefined) {
        if (field.isOpen)
          throw new ExpressionProblem(
            'not-translatable',
            at,
            `a field below "${name}", which leads to no single object of the application,`,
          )
        if (field.type === 'structure') throw new ExpressionProblem('not-translatable', at, `a value inside "${name}"`)
        throw new ExpressionProblem('wrong-type', at, `"${name}" is no lookup: nothing is below it`)
      }
      if (through.length === MAX_LOOKUPS)
        throw new ExpressionProblem('not-translatable', at, `a path through more than ${MAX_LOOKUPS} lookups`)
      object = field.target
      through.push(object)
    }
    throw new ExpressionProblem('unknown-field', at, 'a field is not named')
  }

  function refuseUnknownOption(field: Typed, value: Typed): void {
    const options = optionsByNode.get(field)
    if (!options || value.kind !== 'constant' || value.value === null || value.value === '') return
    if (options.some((option) => option === value.value)) return
    const meant = nearest(String(value.value), options.map(String))
    throw new ExpressionProblem('wrong-type', value, `"${String(value.value)}" is none of the options`, meant)
  }

  return typeOf(syntax)
}

/** One behind the other. */
const MAX_LOOKUPS = 5

/** What is not there, in the words of the sentence. */
const NO_ROOT: Readonly<Record<Root, string>> = {
  record: 'a field of a record where there is none',
  previous: 'what a record held before',
  current_user: 'the user of a request',
}

const ROOTS: ReadonlyMap<string, Root> = new Map([
  ['record', 'record'],
  ['$record', 'record'],
  ['previous', 'previous'],
  ['current_user', 'current_user'],
  ['$current_user', 'current_user'],
  ['$user', 'current_user'],
])

/** Where each name of a path stands. */
const rangesOf = (syntax: Syntax): readonly Range[] =>
  syntax.kind === 'member' ? [...rangesOf(syntax.of), { start: syntax.end - syntax.name.length, end: syntax.end }] : [syntax]

/** `a.b.c` as names; undefined for a member of what is no name. */
function pathOf(syntax: Syntax): readonly string[] | undefined {
  if (syntax.kind === 'name') return [syntax.name]
  if (syntax.kind !== 'member') return undefined
  const outer = pathOf(syntax.of)
  return outer && [...outer, syntax.name]
}
