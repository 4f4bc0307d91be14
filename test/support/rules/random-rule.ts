import { randomSchema } from '../json-schema/random-schema.ts'
import type { Random } from '../random.ts'
import {
  type AuthoredRule,
  FIELDS,
  type Meaning,
  MIXED,
  MIXED_FIELDS,
  randomThought,
  STATES,
  type Thought,
  typeOf,
} from './random-rules.ts'
import { expressed, structured, type TextDialect } from './write-condition.ts'

const DIALECTS: readonly TextDialect[] = ['spreadsheet', 'cel', 'javascript']

interface Written {
  readonly body: object
  readonly check: Meaning['check']
  readonly isExpression: boolean
}

const envelope = (text: string, dialect: TextDialect): object => ({
  dialect: dialect === 'spreadsheet' ? 'formula' : dialect,
  source: text,
})

const implies = (when: Thought, result: Thought, otherwise?: Thought): Meaning['check'] => ({
  kind: 'implies',
  when,
  result,
  ...(otherwise ? { otherwise } : {}),
})

/** A condition of the words that the rule may use. */
type RandomThought = (isStructured: boolean, depth?: number) => Thought

/** What must hold, in one of the ways there are to write it. */
const WAYS: readonly ((thought: RandomThought, random: Random) => Written)[] = [
  (thought, random) => {
    const holds = thought(true)
    return {
      body: { type: random.pick(['cross_field', 'field']), rule: structured(holds) },
      check: { kind: 'holds', holds },
      isExpression: false,
    }
  },
  (thought) => {
    let holds = thought(true, 3)
    while (holds.kind === 'and' || holds.kind === 'or') holds = thought(true, 3)
    return { body: { type: 'cross_field', ...structured(holds) }, check: { kind: 'holds', holds }, isExpression: false }
  },
  (thought) => {
    const [when, then] = [thought(true), thought(true)]
    const body = { type: 'conditional', condition: structured(when), rule: structured(then) }
    return { body, check: implies(when, then), isExpression: false }
  },
  (thought, random) => {
    const [when, then, otherwise] = [thought(false), thought(false), thought(false)]
    const dialect = random.pick(DIALECTS)
    const text = (thought: Thought) => envelope(expressed(thought, dialect), dialect)
    const body = Object.fromEntries([
      ['type', 'conditional'],
      ...Object.entries({ when, otherwise }).map(([key, one]) => [key, text(one)]),
      ['then', text(then)],
    ])
    return { body, check: implies(when, then, otherwise), isExpression: true }
  },
  (thought, random) => {
    const parts = [thought(true), thought(true)]
    const kind = random.pick(['and', 'or'] as const)
    const body = { type: 'business_rule', constraint: { [kind === 'and' ? 'all_of' : 'any_of']: parts.map(structured) } }
    return { body, check: { kind: 'holds', holds: { kind, parts } }, isExpression: false }
  },
  (thought) => {
    const holds = thought(false)
    return { body: { type: 'custom', validator: expressed(holds, 'javascript') }, check: { kind: 'holds', holds }, isExpression: true }
  },
  (thought, random) => {
    const broken = thought(false)
    const dialect = random.pick(DIALECTS)
    const body = { type: random.pick(['script', 'cross_field']), condition: envelope(expressed(broken, dialect), dialect) }
    return { body, check: { kind: 'holds', holds: { kind: 'not', of: broken } }, isExpression: true }
  },
  (thought) => {
    const broken = thought(false)
    return {
      body: { formula: envelope(expressed(broken, 'spreadsheet'), 'spreadsheet') },
      check: { kind: 'holds', holds: { kind: 'not', of: broken } },
      isExpression: true,
    }
  },
  (_thought, random) => {
    const transitions = Object.fromEntries(
      STATES.slice(0, 3).map((state) => [state, STATES.filter((next) => next !== state && random.chance(0.6))]),
    )
    const initial = random.chance(0.5) ? STATES.filter(() => random.chance(0.6)) : undefined
    const begins = initial && initial.length > 0 ? { initial } : {}
    const body = {
      type: 'state_machine',
      field: 'state',
      transitions: Object.fromEntries(
        Object.entries(transitions).map(([state, next]) => [state, random.chance(0.5) ? next : { allowed_next: next }]),
      ),
      ...(begins.initial ? { initial_states: begins.initial } : {}),
    }
    return { body, check: { kind: 'transition', field: 'state', transitions, ...begins }, isExpression: false }
  },
  (_thought, random) => {
    const pattern = random.pick(['^[A-Z]+$', '[a-z]', '^.{0,2}$'])
    const field = random.pick(['code', 'note'])
    return {
      body: { type: 'format', field, regex: pattern },
      check: { kind: 'pattern', field, pattern: new RegExp(pattern, 'u') },
      isExpression: false,
    }
  },
]

/** Rules over structures, and over other records. */
const MIXED_WAYS: readonly ((random: Random, object: number) => Written)[] = [
  (random) => {
    const schema = randomSchema(random)
    return {
      body: { type: 'json_schema', field: 'settings', schema },
      check: { kind: 'schema', field: 'settings', schema },
      isExpression: false,
    }
  },
  (random) => {
    const key = random.pick([['code'], ['name', 'state'], ['mail'], ['owner', 'amount'], ['limit']])
    const isCaseSensitive = random.chance(0.7)
    const state = random.pick(STATES)
    const operator = random.pick(['=', '!='] as const)
    const scope: Thought | undefined = random.chance(0.3)
      ? { kind: 'compare', operator, field: 'state', other: { value: state } }
      : undefined
    const body = {
      ...{ type: 'unique', ...(key.length === 1 && random.chance(0.5) ? { field: key[0] } : { fields: key }) },
      ...(isCaseSensitive ? {} : { case_sensitive: false }),
      ...(scope ? { scope: structured(scope) } : {}),
    }
    return { body, check: { kind: 'unique', key, isCaseSensitive, ...(scope ? { scope } : {}) }, isExpression: false }
  },
  (random) => {
    const filter = keeperFilter(random)
    const field = random.pick(['owner', 'second'])
    const body = random.chance(0.5)
      ? { type: 'dependency', condition: { lookup: { object: 'keeper', match_field: field, validate: structured(filter) } } }
      : { type: 'business_rule', constraint: { relationships: { [field]: { validate: structured(filter) } } } }
    return { body, check: { kind: 'lookup', field, filter }, isExpression: false }
  },
  (random, object) => {
    const isDone = random.chance(0.5)
    const filter = [{ field: 'done', operator: '=', value: isDone }]
    const body = {
      type: 'dependency',
      trigger: ['delete'],
      condition: { has_related: { object: `slip_${object}`, relation_field: 'thing', filter } },
    }
    return { body, check: { kind: 'unreferenced', isDone }, isExpression: false }
  },
]

/** What is asked of a keeper. */
function keeperFilter(random: Random): Thought {
  const one = (): Thought =>
    random.pick<Thought>([
      { kind: 'compare', operator: random.pick(['=', '!=']), field: 'region', other: { value: random.pick(['north', 'AB', 'a']) } },
      { kind: 'compare', operator: random.pick(['>', '>=', '<', '<=']), field: 'rank', other: { value: random.pick([0, 1, 10]) } },
      { kind: 'compare', operator: '=', field: 'is_on', other: { value: random.chance(0.5) } },
    ])
  return random.chance(0.6) ? one() : { kind: random.pick(['and', 'or'] as const), parts: [one(), one()] }
}

const SCALAR = Object.keys(MIXED_FIELDS).filter((field) => typeOf(field) !== 'json' && typeOf(field) !== 'marks')

const OPERATIONS = ['create', 'update', 'delete'] as const

/** Kinds whose trigger or fields are told by what they are. */
const PLAIN: ReadonlySet<string> = new Set(['transition', 'unreferenced'])

/** A rule over the record alone; with the number of the object it is about, over all that is related to it as well. */
export function randomRule(random: Random, name: string, object?: number): AuthoredRule {
  const words = object === undefined ? undefined : MIXED
  const thought: RandomThought = (isStructured, depth = 0) => randomThought(random, isStructured, depth, words)
  const way = random.below(WAYS.length + (object === undefined ? 0 : MIXED_WAYS.length))
  const { body, check, isExpression } =
    object === undefined || way < WAYS.length
      ? (WAYS[way] as (typeof WAYS)[number])(thought, random)
      : (MIXED_WAYS[way - WAYS.length] as (typeof MIXED_WAYS)[number])(random, object)
  const scalar = object === undefined ? Object.keys(FIELDS) : SCALAR
  const isTransition = check.kind === 'transition'
  const on = PLAIN.has(check.kind) ? undefined : random.chance(0.3) ? OPERATIONS.filter(() => random.chance(0.5)) : undefined
  const hasFields =
    !PLAIN.has(check.kind) &&
    check.kind !== 'unique' &&
    !('condition' in body && 'type' in body && body.type === 'cross_field') &&
    random.chance(0.15)
  const fields = hasFields ? [random.pick(scalar), random.pick(scalar)] : undefined
  const applies = !isTransition && random.chance(0.15) ? thought(true) : undefined
  const severity = random.chance(0.7) ? 'error' : random.pick(['warning', 'info'] as const)
  const code = random.chance(0.3) ? `CODE_${name}` : undefined
  const message = random.pick([
    'Not so.',
    '{{name}} is wrong.',
    `${name}: {{amount}} of {{limit}}`,
    ...(object === undefined ? [] : ['{{owner.region}} and {{owner.boss.region}}']),
    ...(isTransition ? ['{{old_status}} to {{new_status}}'] : []),
  ])
  const priority = random.chance(0.2) ? random.pick([1, 50, 200]) : undefined
  const skipsBulk = !isTransition && random.chance(0.15)
  const isActive = !random.chance(0.05)
  return {
    name,
    body: {
      name,
      ...body,
      message,
      ...(severity === 'error' ? {} : { severity }),
      ...(code ? { error_code: code } : {}),
      ...(on && on.length > 0 ? { trigger: on } : {}),
      ...(fields ? { fields } : {}),
      ...(applies ? { apply_when: structured(applies) } : {}),
      ...(priority === undefined ? {} : { priority }),
      ...(skipsBulk ? { skip_bulk: true } : {}),
      ...(isActive ? {} : { active: false }),
    },
    meaning: {
      code: code ?? name,
      severity,
      message,
      on: check.kind === 'unreferenced' ? ['delete'] : on && on.length > 0 ? on : ['create', 'update'],
      isActive,
      skipsBulk,
      priority: priority ?? 100,
      isExpression,
      check,
      ...(fields ? { fields } : {}),
      ...(applies ? { applies } : {}),
    },
  }
}
