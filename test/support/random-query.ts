import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { Comparison, Expansion, Filter, QueryCase, Scalar, World } from './interpret-query.ts'
import type { Random } from './random.ts'
import { randomScalar, some, TEXTS } from './random-world.ts'

const isStructured = (field: FieldIr): boolean => field.isList || field.value.kind === 'json'
const isText = (field: FieldIr): boolean =>
  !isStructured(field) &&
  !['number', 'boolean'].includes(field.value.kind) &&
  !(field.value.kind === 'option' && field.value.base === 'number')

/** A query on an object of the world: any condition, order, page, choice of fields and depth of relations. */
export function randomQuery(random: Random, world: World, object: ObjectIr): QueryCase {
  const sortable = object.fields.filter((field) => !isStructured(field))
  return {
    ...(random.chance(0.85) ? { filter: randomFilter(random, world, object, 3) } : {}),
    sort: random.chance(0.6)
      ? some(random, sortable, random.below(4)).map(({ name }) => ({ field: name, isDescending: random.chance(0.5) }))
      : [],
    ...(random.chance(0.4) ? { limit: random.below(70) } : {}),
    ...(random.chance(0.3) ? { offset: random.below(40) } : {}),
    ...(random.chance(0.3) ? { select: randomSelect(random, object) } : {}),
    expand: random.chance(0.35) ? randomExpand(random, world, object, 1) : [],
    withTotal: random.chance(0.3),
  }
}

const randomSelect = (random: Random, object: ObjectIr): readonly string[] =>
  some(random, object.fields, 1 + random.below(4)).map(({ name }) => name)

export function randomExpand(random: Random, world: World, object: ObjectIr, depth: number): readonly Expansion[] {
  const relations = object.fields.filter(({ reference }) => reference?.object !== undefined)
  return some(random, relations, 1 + random.below(2)).map(({ name, reference }) => {
    const target = world.objects.get(reference!.object!)!
    return {
      field: name,
      ...(random.chance(0.3) ? { select: randomSelect(random, target) } : {}),
      expand: depth < 3 && random.chance(0.4) ? randomExpand(random, world, target, depth + 1) : [],
    }
  })
}

export function randomFilter(random: Random, world: World, object: ObjectIr, depth: number): Filter {
  if (depth > 0 && random.chance(0.4)) {
    const kind = random.pick(['and', 'or', 'not'] as const)
    if (kind === 'not') return { kind, part: randomFilter(random, world, object, depth - 1) }
    const count = random.chance(0.03) ? 40 : 1 + random.below(3)
    return { kind, parts: Array.from({ length: count }, () => randomFilter(random, world, object, count > 9 ? 0 : depth - 1)) }
  }
  const field = random.pick(object.fields)
  const { name } = field
  const ids = world.rows.get(field.reference?.object ?? object.name)!.map((row) => String(row['id']))
  if (random.chance(0.12)) return { kind: 'null', field: name, isNull: random.chance(0.5) }
  if (isStructured(field)) {
    if (field.value.kind === 'json') return { kind: 'null', field: name, isNull: random.chance(0.5) }
    return { kind: 'match', field: name, operator: 'contains', value: randomScalar(random, { ...field, isList: false }, ids) }
  }
  const value = (): Scalar =>
    isText(field) && field.value.kind === 'option' && random.chance(0.2) ? optionLike(random) : randomScalar(random, field, ids)
  if (isText(field) && random.chance(0.35)) {
    const whole = String(random.chance(0.5) ? value() : random.pick(TEXTS))
    const points = Array.from(whole)
    const from = random.below(points.length + 1)
    const wanted = points.slice(random.chance(0.5) ? 0 : from, random.chance(0.5) ? points.length : from + 1).join('')
    return { kind: 'match', field: name, operator: random.pick(['contains', 'startswith', 'endswith'] as const), value: wanted }
  }
  if (random.chance(0.25)) {
    const count = random.chance(0.1) ? 30 : random.below(5)
    return { kind: 'in', field: name, values: Array.from({ length: count }, value) }
  }
  const operators: readonly Comparison[] = field.value.kind === 'boolean' ? ['eq', 'ne'] : ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
  return { kind: 'compare', field: name, operator: random.pick(operators), value: value() }
}

const optionLike = (random: Random): string => random.pick(['OPEN', 'wOn', 'LOST', 'nothing', "o'brien", 'open 2', 'Open 2'])
