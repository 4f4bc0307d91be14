import type { Random } from '../random.ts'
import {
  type AuthoredRule,
  MARKS,
  type Meaning,
  MIXED,
  MIXED_FIELDS,
  randomThought,
  randomValue,
  STATES,
  type Thought,
  type Value,
} from './random-rules.ts'
import { expressed, structured, type TextDialect } from './write-condition.ts'

/** What fields of an object say about themselves, and the rules that this makes. */
export interface FieldConditions {
  /** Attributes by field. */
  readonly attributes: Readonly<Record<string, object>>
  /** In the order they are looked at. They stand in no rule of the schema. */
  readonly rules: readonly AuthoredRule[]
  readonly defaults: Readonly<Record<string, Value>>
}

const CONDITIONAL = ['name', 'note', 'code', 'amount', 'limit', 'starts', 'is_open'] as const
const DIALECTS: readonly TextDialect[] = ['spreadsheet', 'cel', 'javascript']

const titled = (name: string): string =>
  name
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join(' ')

/** A condition, and one of the ways to write it. */
function condition(random: Random): { readonly thought: Thought; readonly written: unknown } {
  if (random.chance(0.4)) {
    const thought = randomThought(random, true, 1, MIXED)
    return { thought, written: structured(thought) }
  }
  const thought = randomThought(random, false, 1, MIXED)
  const dialect = random.pick(DIALECTS)
  return { thought, written: { dialect: dialect === 'spreadsheet' ? 'formula' : dialect, source: expressed(thought, dialect) } }
}

const isFilled = (field: string): Thought => ({ kind: 'filled', field })
const not = (of: Thought): Thought => ({ kind: 'not', of })
const anyOf = (...parts: readonly Thought[]): Thought => ({ kind: 'or', parts })

export function randomFieldConditions(random: Random): FieldConditions {
  const attributes: Record<string, object> = {}
  const defaults: Record<string, Value> = {}
  const [required, visible, others]: [AuthoredRule[], AuthoredRule[], AuthoredRule[]] = [[], [], []]
  const add = (
    to: AuthoredRule[],
    name: string,
    meaning: Partial<Meaning> & Pick<Meaning, 'code' | 'message' | 'check' | 'about'>,
  ): void => {
    const usual = {
      severity: 'error',
      on: ['create', 'update'],
      isActive: true,
      skipsBulk: false,
      priority: 0,
      isExpression: true,
    } as const
    to.push({ name, body: {}, meaning: { ...usual, ...meaning } as Meaning })
  }
  const holds = (thought: Thought): Meaning['check'] => ({ kind: 'holds', holds: thought })
  for (const field of CONDITIONAL) {
    const label = titled(field)
    const own: Record<string, unknown> = {}
    if (random.chance(0.15)) {
      let value = randomValue(random, field)
      while (value === null || value === '') value = randomValue(random, field)
      defaults[field] = value
      own['defaultValue'] = value
    }
    const shown = random.chance(0.2) ? condition(random) : undefined
    if (shown) {
      own['visible_when'] = shown.written
      if (random.chance(0.4)) {
        own['required'] = true
        const check = holds(anyOf(isFilled(field), not(shown.thought)))
        add(required, `${field}_visible_required`, { code: 'required', message: `${label} is required.`, check, about: field })
      }
      const preset: readonly Thought[] =
        field in defaults ? [{ kind: 'compare', operator: '=', field, other: { value: defaults[field] as Value } }] : []
      const check = holds(anyOf(shown.thought, not(isFilled(field)), ...preset))
      add(visible, `${field}_not_visible`, {
        ...{ code: 'not_visible', message: `${label} is not to be filled in now.`, check, about: field, fields: [field] },
      })
    }
    if (random.chance(0.1)) {
      const asked = condition(random)
      own['required_when'] = asked.written
      const check = holds(anyOf(isFilled(field), not(asked.thought), ...(shown ? [not(shown.thought)] : [])))
      add(others, `${field}_required`, { code: 'required', message: `${label} is required.`, check, about: field })
    }
    if (random.chance(0.1)) {
      const asked = condition(random)
      own['readonly_when'] = asked.written
      add(others, `${field}_read_only`, {
        ...{ code: 'read_only', message: `${label} cannot be changed now.`, check: holds(not(asked.thought)), about: field },
        ...{ fields: [field], on: ['update'] },
      })
    }
    attributes[field] = own
  }
  for (const [field, values] of [
    ['state', STATES],
    ['marks', MARKS],
  ] as const) {
    const offers = values.map((value) => ({ value, ...(random.chance(0.25) ? { offer: condition(random) } : {}) }))
    attributes[field] = {
      options: offers.map(({ value, offer }) => ({ value, label: value, ...(offer ? { visible_when: offer.written } : {}) })),
    }
    const options = offers.flatMap(({ value, offer }) => (offer ? [{ value, when: offer.thought }] : []))
    if (options.length === 0) continue
    const message = `${titled(field)}: "{{${field}}}" is not offered now.`
    add(visible, `${field}_option`, {
      code: 'not_visible',
      message,
      check: { kind: 'offered', field, options },
      about: field,
      fields: [field],
    })
  }
  // They are looked at in the order of the fields.
  const order = Object.keys(MIXED_FIELDS)
  const inOrder = visible.toSorted((a, b) => order.indexOf(a.meaning.about ?? '') - order.indexOf(b.meaning.about ?? ''))
  return { attributes, rules: [...required, ...inOrder, ...others], defaults }
}
