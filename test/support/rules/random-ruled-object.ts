import type { Random } from '../random.ts'
import { type FieldConditions, randomFieldConditions } from './random-field-conditions.ts'
import { randomRule } from './random-rule.ts'
import { type AuthoredRule, MIXED_FIELDS } from './random-rules.ts'

/** An object with rules of every kind, and how it is written down. */
export interface RuledObject {
  readonly name: string
  readonly number: number
  readonly rules: readonly AuthoredRule[]
  readonly defaults: FieldConditions['defaults']
  readonly hasTrash: boolean
  /** Files of its schemas. */
  readonly files: Readonly<Record<string, object>>
}

const DECLARED: Readonly<Record<string, object>> = {
  text: { type: 'text' },
  state: { type: 'select' },
  number: { type: 'number' },
  date: { type: 'date' },
  boolean: { type: 'boolean' },
  keeper: { type: 'lookup', reference_to: 'keeper' },
  json: { type: 'json' },
  marks: { type: 'select', multiple: true },
}

export const KEEPER = {
  name: 'keeper',
  enable: { trash: true },
  fields: {
    region: { type: 'text' },
    rank: { type: 'number' },
    is_on: { type: 'boolean' },
    since: { type: 'date' },
    boss: { type: 'lookup', reference_to: 'keeper' },
  },
}

const RULES = 6

export function randomRuledObject(random: Random, number: number): RuledObject {
  const name = `thing_${number}`
  const conditions = randomFieldConditions(random)
  const rules: AuthoredRule[] = []
  for (let at = 1 + random.below(RULES); at > 0; at--) {
    const rule = randomRule(random, `rule_${at}`, number)
    // Which of several indexes a database names is its own affair.
    if (rule.meaning.check.kind === 'unique' && rules.some(({ meaning }) => meaning.check.kind === 'unique')) continue
    rules.push(rule)
  }
  const hasTrash = random.chance(0.4)
  const fields = Object.fromEntries(
    Object.entries(MIXED_FIELDS).map(([field, type]) => [field, { ...DECLARED[type], ...conditions.attributes[field] }]),
  )
  const slip = { name: `slip_${number}`, fields: { thing: { type: 'lookup', reference_to: name }, done: { type: 'boolean' } } }
  const object = { name, enable: { trash: hasTrash }, fields, validation: { rules: rules.map(({ body }) => body) } }
  const files = { [`schemas/${name}.object.json`]: object, [`schemas/slip_${number}.object.json`]: slip }
  return { name, number, rules: [...conditions.rules, ...rules], defaults: conditions.defaults, hasTrash, files }
}
