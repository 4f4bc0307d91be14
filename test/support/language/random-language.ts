import type { FieldIr, ObjectIr } from '../../../compiler/ir/object.ts'
import type {
  Aggregate,
  Comparison,
  Condition,
  Expand,
  Expression,
  FunctionName,
  GroupItem,
  Operand,
  Query,
  SlotValue,
  SortItem,
  TextMatch,
} from '../../../runtime-lite/query/ast.ts'
import type { Random } from '../random.ts'
import { DATES, DATETIMES, DECIMALS, DOUBLES, INTEGERS, SITES, TAGS, TEXTS, TIMES, VECTORS, type World } from './world.ts'

/** What an expression yields, as far as the generator cares. */
type Kind = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'time'

export interface RandomQuery {
  readonly query: Query
  readonly values: readonly SlotValue[]
}

/**
 * Generates well-typed queries on one object: any condition, order, page, choice of fields, depth of relations, groups. With `hasFormulas` also
 * what only formulas have.
 */
export function randomLanguageQuery(random: Random, world: World, object: ObjectIr, hasFormulas = false): RandomQuery {
  const values: SlotValue[] = []
  const make = generator(random, world, values, hasFormulas)
  const isGroup = random.chance(0.15)
  const where = random.chance(0.85) ? make.condition(object, 3) : undefined
  const deleted = object.trash && random.chance(0.4) ? { deleted: random.pick(['only', 'with'] as const) } : {}
  if (isGroup) return { query: { ...make.groups(object), ...deleted, ...(where ? { where } : {}) }, values }
  const isDistinct = random.chance(0.07)
  const select = isDistinct || random.chance(0.25) ? make.select(object, isDistinct) : undefined
  return {
    query: {
      ...(where ? { where } : {}),
      ...deleted,
      // Equal rows have one place in an order only if the order is one of what is shown.
      orderBy: isDistinct
        ? (select ?? []).map((name) => ({ by: { kind: 'field', path: [name] }, isDescending: random.chance(0.5) }))
        : make.orderBy(object),
      ...(select ? { select } : {}),
      expand: isDistinct || random.chance(0.6) ? [] : make.expand(object, 1),
      isDistinct,
      ...(random.chance(0.4) ? { limit: make.number(random.below(30)) } : {}),
      ...(random.chance(0.3) ? { offset: make.number(random.below(20)) } : {}),
      total: random.chance(0.3) ? 'exact' : 'none',
    },
    values,
  }
}

const kindOf = (field: FieldIr): Kind | undefined => {
  if (field.isList) return undefined
  switch (field.value.kind) {
    case 'string':
    case 'id':
      return 'text'
    case 'option':
      return field.value.base === 'number' ? 'number' : 'text'
    case 'number':
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return field.value.kind
    default:
      return undefined
  }
}

function generator(random: Random, world: World, values: SlotValue[], hasFormulas: boolean) {
  const slot = (value: SlotValue): Operand => ({
    kind: 'slot',
    index: values.push(value) - 1,
    type: typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : 'list',
  })
  const given = (value: string | number | boolean): Expression => ({
    kind: 'value',
    value: typeof value === 'boolean' ? { kind: 'constant', value, type: 'boolean' } : slot(value),
  })
  const fieldsOf = (object: ObjectIr, kind: Kind): readonly FieldIr[] =>
    object.fields.filter((field) => !['created_at', 'updated_at'].includes(field.name)).filter((field) => kindOf(field) === kind)
  const lookupsOf = (object: ObjectIr): readonly FieldIr[] =>
    object.fields.filter((field) => field.reference?.object !== undefined && !field.isList)
  const targetOf = (field: FieldIr): ObjectIr => world.objects.get(field.reference!.object!)!

  const plain = (kind: Kind, field?: FieldIr): string | number | boolean => {
    if (field?.value.kind === 'option') return random.pick(field.value.options).value
    if (field && (field.name === 'id' || field.reference))
      return String(random.pick(world.rows.get(field.reference?.object ?? 'company')!)['id'])
    switch (kind) {
      case 'text':
        return random.pick(TEXTS)
      case 'number':
        return field?.value.kind === 'number' && field.value.isInteger && random.chance(0.8)
          ? random.pick(INTEGERS)
          : random.pick(random.chance(0.5) ? DECIMALS : DOUBLES)
      case 'boolean':
        return random.chance(0.5)
      case 'date':
        return random.pick(DATES)
      case 'datetime':
        return random.pick(DATETIMES)
      case 'time':
        return random.pick(TIMES)
      default:
        return kind satisfies never
    }
  }

  /** A path to a field of that kind, its own or through lookups. */
  const path = (object: ObjectIr, kind: Kind, depth = 0): { readonly path: readonly string[]; readonly field: FieldIr } | undefined => {
    const lookups = lookupsOf(object)
    if (depth < 2 && lookups.length > 0 && random.chance(0.15)) {
      const through = random.pick(lookups)
      const inner = path(targetOf(through), kind, depth + 1)
      if (inner) return { path: [through.name, ...inner.path], field: inner.field }
    }
    const fields = fieldsOf(object, kind)
    if (fields.length === 0) return undefined
    const field = random.pick(fields)
    return { path: [field.name], field }
  }

  const call = (name: FunctionName, ...args: readonly Expression[]): Expression => ({ kind: 'call', name, args })
  /** False where nothing says of which type a value in free JSON is: such values have no order. */
  let isTyped = true
  const untyped = <Result>(make: () => Result): Result => {
    const before = isTyped
    isTyped = false
    const made = make()
    isTyped = before
    return made
  }

  const small = (): Expression => given(random.pick([0, 1, 2, 3, 5, -1, 0.5]))

  /** An expression that has to do with a record. */
  const expression = (object: ObjectIr, kind: Kind, depth: number): { readonly of: Expression; readonly field?: FieldIr } | undefined => {
    const inner = (wanted: Kind): Expression | undefined => expression(object, wanted, depth - 1)?.of
    if (depth > 0 && random.chance(0.3)) {
      const made = computed(object, kind, inner)
      if (made) return { of: made }
    }
    if (isTyped && object.fields.some(({ name }) => name === 'details') && random.chance(0.06)) {
      const keys: Readonly<Partial<Record<Kind, readonly (readonly string[])[]>>> = {
        text: [['theme'], ['deep', 'er']],
        number: [['size'], ['deep', 'n']],
        boolean: [['on']],
      }
      const choice = keys[kind]
      if (choice) return { of: { kind: 'field', path: ['details', ...random.pick(choice)] } }
    }
    if (hasFormulas && depth > 0 && random.chance(0.1)) {
      const made = chosen(object, kind, inner)
      if (made) return { of: made }
    }
    const found = path(object, kind)
    return found && { of: { kind: 'field', path: found.path }, field: found.field }
  }

  const chosen = (object: ObjectIr, kind: Kind, inner: (kind: Kind) => Expression | undefined): Expression | undefined => {
    if (kind === 'boolean') return { kind: 'truth', of: condition(object, 1) }
    // Nothing says what a value in free JSON is: formulas have none.
    const [first, second] = untyped(() => [inner(kind), random.chance(0.5) ? inner(kind) : given(plain(kind))])
    if (!first || !second) return undefined
    if (random.chance(0.4)) return call('coalesce', first, second)
    return { kind: 'if', condition: condition(object, 1), result: first, ...(random.chance(0.7) ? { otherwise: second } : {}) }
  }

  const computed = (object: ObjectIr, kind: Kind, inner: (kind: Kind) => Expression | undefined): Expression | undefined => {
    if (kind === 'number') {
      const name = random.pick([
        'add',
        'sub',
        'mul',
        'divby',
        'div',
        'mod',
        'neg',
        'round',
        'floor',
        'ceiling',
        'abs',
        'length',
        'indexof',
        'year',
        'month',
        'day',
        'hour',
        'minute',
        'second',
        'space',
        'power',
        'least',
        'greatest',
        'daysbetween',
        'monthsbetween',
      ] as const)
      if (name === 'daysbetween' || name === 'monthsbetween') {
        const [start, end] = [inner(random.pick(['date', 'datetime'] as const)), inner(random.pick(['date', 'datetime'] as const))]
        return start && end && call(name, start, end)
      }
      if (name === 'space') return spatial(object)
      if (name === 'length' || name === 'indexof') {
        const text = inner('text')
        return text && (name === 'length' ? call(name, text) : call(name, text, given(random.pick(TEXTS))))
      }
      if (name === 'year' || name === 'month' || name === 'day' || name === 'hour' || name === 'minute' || name === 'second') {
        const moment = inner(name === 'hour' || name === 'minute' || name === 'second' || random.chance(0.5) ? 'datetime' : 'date')
        return moment && call(name, moment)
      }
      const number = inner('number')
      if (!number) return undefined
      // Large powers differ in their last digits.
      if (name === 'power') return call('round', call(name, call('least', call('abs', number), given(20)), given(random.pick([0, 1, 2]))))
      return ['neg', 'round', 'floor', 'ceiling', 'abs'].includes(name) ? call(name, number) : call(name, number, small())
    }
    if (kind === 'text') {
      const text = inner('text')
      const name = random.pick(['tolower', 'toupper', 'trim', 'concat', 'substring', 'replace', 'totext'] as const)
      if (name === 'totext') {
        const wanted = random.pick(['number', 'date', 'datetime'] as const)
        const of = inner(wanted)
        // Beyond that, databases write exponents.
        return of && call(name, wanted === 'number' ? call('round', call('mod', of, given(1_000_000))) : of)
      }
      if (!text) return undefined
      if (name === 'replace') return call(name, text, given(random.pick(['a', 'A', '%', '名', '🔥', ' '])), given(random.pick(TEXTS)))
      if (name === 'concat') return call(name, text, given(random.pick(TEXTS)))
      return name === 'substring'
        ? call(name, text, given(random.below(3)), ...(random.chance(0.5) ? [given(random.below(3))] : []))
        : call(name, text)
    }
    if (kind !== 'date' && kind !== 'datetime') return undefined
    const name = random.pick(['date', 'adddays', 'addmonths', 'now'] as const)
    if (name === 'date' || name === 'now') {
      const other = inner(kind === 'date' ? 'datetime' : 'date')
      return other && call(kind === 'date' ? 'date' : 'datetime', other)
    }
    const moment = inner(kind)
    return (
      moment &&
      call(name, moment, random.chance(0.5) ? given(random.pick([0, 1, -1, 12, 31, 400, -4000, 1e7])) : (inner('number') ?? small()))
    )
  }

  const spatial = (object: ObjectIr): Expression | undefined => {
    if (!object.fields.some(({ name }) => name === 'site')) return undefined
    if (random.chance(0.4)) {
      const { latitude, longitude } = random.pick(SITES)
      // To whole metres: the last digits of sines differ between databases.
      return call(
        'round',
        call('divby', call('geo.distance', { kind: 'field', path: ['site'] }, given(`POINT(${longitude} ${latitude})`)), given(1000)),
      )
    }
    const name = random.pick(['vector.dot', 'vector.distance', 'vector.cosine'] as const)
    const similar = call(name, { kind: 'field', path: ['likeness'] }, given(JSON.stringify(random.pick(VECTORS))))
    return call('round', call('mul', similar, given(1000)))
  }

  const KINDS: readonly Kind[] = ['text', 'text', 'number', 'number', 'boolean', 'date', 'datetime', 'time']

  const condition = (object: ObjectIr, depth: number): Condition => {
    if (depth > 0 && random.chance(0.4)) {
      const kind = random.pick(['and', 'or', 'not'] as const)
      if (kind === 'not') return { kind, part: condition(object, depth - 1) }
      return { kind, parts: Array.from({ length: 1 + random.below(3) }, () => condition(object, depth - 1)) }
    }
    const relation = random.chance(0.2) ? related(object, depth) : undefined
    return relation ?? leaf(object)
  }

  const related = (object: ObjectIr, depth: number): Condition | undefined => {
    const lists = object.fields.filter((field) => field.isList && field.reference?.object !== undefined)
    const names = [...lookupsOf(object), ...lists].map((field) => ({ name: field.name, target: targetOf(field) }))
    const choices = [...names, ...object.children.map(({ name, object: child }) => ({ name, target: world.objects.get(child)! }))]
    if (choices.length === 0) return undefined
    const { name, target } = random.pick(choices)
    const quantifier = random.pick(['any', 'any', 'all'] as const)
    if (quantifier === 'any' && random.chance(0.2)) return { kind: 'related', path: [name], quantifier }
    return { kind: 'related', path: [name], quantifier, part: condition(target, Math.max(0, depth - 1)) }
  }

  const leaf = (object: ObjectIr): Condition => {
    const list = object.fields.find((field) => field.name === (random.chance(0.5) ? 'tags' : 'levels'))
    if (list && random.chance(0.06)) {
      const value = list.name === 'tags' ? random.pick(TAGS) : random.below(4)
      return { kind: 'match', operator: 'contains', left: { kind: 'field', path: [list.name] }, right: given(value) }
    }
    const kind = random.pick(KINDS)
    const made = expression(object, kind, 2)
    if (!made) return { kind: 'null', of: { kind: 'field', path: ['id'] }, isNull: false }
    const { of, field } = made
    if (random.chance(0.1)) return { kind: 'null', of, isNull: random.chance(0.5) }
    if (kind === 'boolean')
      return { kind: 'compare', operator: random.pick(['eq', 'ne'] as const), left: of, right: given(random.chance(0.5)) }
    if (kind === 'text' && field?.value.kind !== 'option' && random.chance(0.4)) {
      const operator = random.pick<TextMatch>(['contains', 'startswith', 'endswith', 'icontains', 'like', 'ilike'])
      const pattern = random.pick(['a%', '%b', '_', '%', 'A_', '\\%', '%\\_%', '%a%b%', '*', '[a]%', '?%'])
      return { kind: 'match', operator, left: of, right: given(operator.endsWith('like') ? pattern : random.pick(TEXTS)) }
    }
    if (random.chance(0.15)) {
      const isMany = random.chance(0.1)
      const items = Array.from({ length: isMany ? 20 : random.below(4) }, () => plain(kind, field) as string | number)
      return { kind: 'in', left: of, values: isMany ? [slot(items)] : items.map((item) => slot(item)) }
    }
    const operator = random.pick<Comparison>(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
    // Two values of free JSON have no type to be ordered by.
    const other = random.chance(0.08) ? untyped(() => expression(object, kind, 1))?.of : undefined
    return { kind: 'compare', operator, left: of, right: other ?? given(plain(kind, field)) }
  }

  const orderBy = (object: ObjectIr): readonly SortItem[] =>
    Array.from({ length: random.below(4) }, (): SortItem | undefined => {
      const made = untyped(() => expression(object, random.pick(KINDS), random.chance(0.2) ? 1 : 0))
      return (
        made && {
          by: made.of,
          isDescending: random.chance(0.5),
          ...(random.chance(0.3) ? { nulls: random.pick(['first', 'last'] as const) } : {}),
        }
      )
    }).flatMap((item) => item ?? [])

  const select = (object: ObjectIr, isScalar = false): readonly string[] => {
    const names = object.fields
      .filter((field) => (!isScalar || kindOf(field) !== undefined) && field.name !== 'created_at' && field.name !== 'updated_at')
      .map(({ name }) => name)
    return [...new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(names)))]
  }

  const expand = (object: ObjectIr, depth: number): readonly Expand[] => {
    const toOne = object.fields
      .filter((field) => field.reference?.object !== undefined)
      .map((field) => ({ name: field.name, target: targetOf(field), isMany: false }))
    const toMany = object.children.map(({ name, object: child }) => ({ name, target: world.objects.get(child)!, isMany: true }))
    const chosen = new Map(
      Array.from({ length: 1 + random.below(2) }, () => random.pick([...toOne, ...toMany])).map((one) => [one.name, one]),
    )
    return [...chosen.values()].map(({ name, target, isMany }) => ({
      field: name,
      ...(random.chance(0.3) ? { select: select(target) } : {}),
      expand: depth < 3 && random.chance(0.35) ? expand(target, depth + 1) : [],
      orderBy: isMany ? orderBy(target) : [],
      ...(isMany && random.chance(0.4) ? { where: condition(target, 1) } : {}),
      ...(isMany && random.chance(0.5) ? { limit: number(random.below(6)) } : {}),
      ...(isMany && random.chance(0.2) ? { offset: number(random.below(3)) } : {}),
    }))
  }

  const number = (value: number): Operand => slot(value)

  const groups = (object: ObjectIr): Query => {
    const by = Array.from({ length: random.below(3) }, (_, index): GroupItem | undefined => {
      const kind = random.pick(['text', 'number', 'boolean', 'date', 'datetime'] as const)
      const made = untyped(() => expression(object, kind, random.chance(0.3) ? 1 : 0))
      if (!made) return undefined
      const isMoment = kind === 'date' || kind === 'datetime'
      return {
        alias: `g${index}`,
        by: made.of,
        ...(isMoment && random.chance(0.7) ? { granularity: random.pick(['day', 'week', 'month', 'quarter', 'year'] as const) } : {}),
      }
    }).flatMap((item) => item ?? [])
    const aggregates = Array.from({ length: 1 + random.below(3) }, (_, index): Aggregate => {
      const name = random.pick(['count', 'count_distinct', 'sum', 'avg', 'min', 'max'] as const)
      const kind = name === 'sum' || name === 'avg' ? 'number' : random.pick(['text', 'number', 'date'] as const)
      const found = untyped(() => expression(object, kind, 0))
      // The digits that a sum of numbers near 2^53 loses depend on their order.
      const of = (name === 'sum' || name === 'avg') && found?.field?.name === 'employees' ? undefined : found?.of
      const filter = random.chance(0.25) ? { filter: condition(object, 1) } : {}
      if (!of || (name === 'count' && random.chance(0.5))) return { alias: `a${index}`, function: 'count', ...filter }
      return { alias: `a${index}`, function: name, of, ...filter }
    })
    const counted = aggregates.find((one) => one.function === 'count' || one.function === 'count_distinct')
    const having: Condition | undefined =
      counted && random.chance(0.3)
        ? {
            kind: 'compare',
            operator: random.pick<Comparison>(['gt', 'ge', 'lt', 'ne']),
            left: { kind: 'field', path: [counted.alias] },
            right: given(random.below(4)),
          }
        : undefined
    // Every key of the group: the order is then the same everywhere.
    const order = by.map(({ alias }): SortItem => ({ by: { kind: 'field', path: [alias] }, isDescending: random.chance(0.5) }))
    return {
      orderBy: order,
      expand: [],
      isDistinct: false,
      ...(random.chance(0.3) ? { limit: number(1 + random.below(10)) } : {}),
      total: 'none',
      group: { by, aggregates, ...(having ? { having } : {}) },
    }
  }

  return { condition, orderBy, select, expand, groups, number }
}
