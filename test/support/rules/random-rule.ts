import type { Random } from '../random.ts'
import { type AuthoredRule, FIELDS, type Meaning, randomThought, STATES, type Thought } from './random-rules.ts'
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

/** What must hold, in one of the ways there are to write it. */
const WAYS: readonly ((random: Random) => Written)[] = [
  (random) => {
    const holds = randomThought(random, true)
    return {
      body: { type: random.pick(['cross_field', 'field']), rule: structured(holds) },
      check: { kind: 'holds', holds },
      isExpression: false,
    }
  },
  (random) => {
    let holds = randomThought(random, true, 3)
    while (holds.kind === 'and' || holds.kind === 'or') holds = randomThought(random, true, 3)
    return { body: { type: 'cross_field', ...structured(holds) }, check: { kind: 'holds', holds }, isExpression: false }
  },
  (random) => {
    const [when, then] = [randomThought(random, true), randomThought(random, true)]
    const body = { type: 'conditional', condition: structured(when), rule: structured(then) }
    return { body, check: implies(when, then), isExpression: false }
  },
  (random) => {
    const [when, then, otherwise] = [randomThought(random, false), randomThought(random, false), randomThought(random, false)]
    const dialect = random.pick(DIALECTS)
    const text = (thought: Thought) => envelope(expressed(thought, dialect), dialect)
    const body = Object.fromEntries([
      ['type', 'conditional'],
      ...Object.entries({ when, otherwise }).map(([key, one]) => [key, text(one)]),
      ['then', text(then)],
    ])
    return { body, check: implies(when, then, otherwise), isExpression: true }
  },
  (random) => {
    const parts = [randomThought(random, true), randomThought(random, true)]
    const kind = random.pick(['and', 'or'] as const)
    const body = { type: 'business_rule', constraint: { [kind === 'and' ? 'all_of' : 'any_of']: parts.map(structured) } }
    return { body, check: { kind: 'holds', holds: { kind, parts } }, isExpression: false }
  },
  (random) => {
    const holds = randomThought(random, false)
    return { body: { type: 'custom', validator: expressed(holds, 'javascript') }, check: { kind: 'holds', holds }, isExpression: true }
  },
  (random) => {
    const broken = randomThought(random, false)
    const dialect = random.pick(DIALECTS)
    const body = { type: random.pick(['script', 'cross_field']), condition: envelope(expressed(broken, dialect), dialect) }
    return { body, check: { kind: 'holds', holds: { kind: 'not', of: broken } }, isExpression: true }
  },
  (random) => {
    const broken = randomThought(random, false)
    return {
      body: { formula: envelope(expressed(broken, 'spreadsheet'), 'spreadsheet') },
      check: { kind: 'holds', holds: { kind: 'not', of: broken } },
      isExpression: true,
    }
  },
  (random) => {
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
  (random) => {
    const pattern = random.pick(['^[A-Z]+$', '[a-z]', '^.{0,2}$'])
    const field = random.pick(['code', 'note'])
    return {
      body: { type: 'format', field, regex: pattern },
      check: { kind: 'pattern', field, pattern: new RegExp(pattern, 'u') },
      isExpression: false,
    }
  },
]

const OPERATIONS = ['create', 'update', 'delete'] as const

export function randomRule(random: Random, name: string): AuthoredRule {
  const { body, check, isExpression } = random.pick(WAYS)(random)
  const isTransition = check.kind === 'transition'
  const on = isTransition ? undefined : random.chance(0.3) ? OPERATIONS.filter(() => random.chance(0.5)) : undefined
  const hasFields = !isTransition && !('condition' in body && 'type' in body && body.type === 'cross_field') && random.chance(0.15)
  const fields = hasFields ? [random.pick(Object.keys(FIELDS)), random.pick(Object.keys(FIELDS))] : undefined
  const applies = !isTransition && random.chance(0.15) ? randomThought(random, true) : undefined
  const severity = random.chance(0.7) ? 'error' : random.pick(['warning', 'info'] as const)
  const code = random.chance(0.3) ? `CODE_${name}` : undefined
  const message = random.pick([
    'Not so.',
    '{{name}} is wrong.',
    `${name}: {{amount}} of {{limit}}`,
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
      on: on && on.length > 0 ? on : ['create', 'update'],
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
