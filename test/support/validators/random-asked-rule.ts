import type { Random } from '../random.ts'
import { FIELDS, randomThought, type Thought } from '../rules/random-rules.ts'
import { structured } from '../rules/write-condition.ts'

/** How somebody who is asked says no. */
export type Saying = 'false' | 'text' | 'params' | 'throws'

/** What the author of a rule that asks meant. */
export interface AskedMeaning {
  readonly name: string
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly on: readonly string[]
  readonly skipsBulk: boolean
  readonly priority: number
  readonly field?: string
  readonly fields?: readonly string[]
  readonly applies?: Thought
  /** What whoever is asked finds right. */
  readonly right: Thought
  readonly saying: Saying
}

export interface AskedRule {
  readonly body: object
  readonly meaning: AskedMeaning
}

const OPERATIONS = ['create', 'update', 'delete'] as const

/** `asks`: a name that is registered, or an address. */
export function randomAskedRule(random: Random, name: string, asks: string): AskedRule {
  const isRemote = asks.startsWith('http')
  const field = random.chance(0.6) ? random.pick(Object.keys(FIELDS)) : undefined
  const isAsync = isRemote || (field !== undefined && random.chance(0.5))
  const fields = random.chance(0.2) ? [random.pick(Object.keys(FIELDS)), random.pick(Object.keys(FIELDS))] : undefined
  const on = random.chance(0.4) ? OPERATIONS.filter(() => random.chance(0.6)) : []
  const applies = random.chance(0.25) ? randomThought(random, true) : undefined
  const severity = random.chance(0.7) ? 'error' : random.pick(['warning', 'info'] as const)
  const message = random.pick(['Not so.', '{{name}} is wrong.', `${name}: {{amount}} of {{most}}`])
  const priority = random.chance(0.4) ? random.pick([1, 50, 200]) : 100
  const skipsBulk = random.chance(0.2)
  // Most records are right, or nothing would ever be written.
  const right: Thought = { kind: 'or', parts: [randomThought(random, true), randomThought(random, true), randomThought(random, true)] }
  const says: readonly Saying[] = isRemote ? ['false', 'text', 'params'] : ['false', 'text', 'params', 'throws']
  return {
    body: {
      name,
      type: isAsync ? 'async' : 'custom',
      ...(isRemote ? { validatorUrl: asks } : isAsync ? { validatorFunction: asks } : { handler: asks }),
      message,
      ...(field ? { field } : {}),
      ...(fields ? { fields } : {}),
      ...(on.length > 0 ? { trigger: on } : {}),
      ...(applies ? { apply_when: structured(applies) } : {}),
      ...(severity === 'error' ? {} : { severity }),
      ...(priority === 100 ? {} : { priority }),
      ...(skipsBulk ? { skip_bulk: true } : {}),
    },
    meaning: {
      ...{ name, code: name, severity, message, on: on.length > 0 ? on : ['create', 'update'], skipsBulk, priority, right },
      saying: random.pick(says),
      ...(field ? { field } : {}),
      ...(fields ? { fields } : {}),
      ...(applies ? { applies } : {}),
    },
  }
}
