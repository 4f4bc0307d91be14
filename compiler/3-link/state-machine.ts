import type { RuleSyntax } from '../2-parse/syntax.ts'
import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'
import { pointerStep } from './pointer.ts'

/** A value of the field, and where it is written. */
export interface StateMention {
  readonly state: string
  readonly pointer: string
}

export interface AuthoredState extends StateMention {
  readonly next: readonly StateMention[]
  /** Where `next` as a whole is written. Undefined: nowhere. */
  readonly nextPointer?: string
  /** Nothing follows, and the author says so. */
  readonly isTerminal: boolean
}

/** A `state_machine` rule as it is written, before its names are looked up. */
export interface StateMachine {
  readonly field: string
  readonly states: readonly AuthoredState[]
  /** Undefined: new records may have any value. */
  readonly initial?: readonly StateMention[]
}

/** `{ draft: [open], open: { allowed_next: [done], is_terminal: false } }` and `initial_states`, in either spelling. */
export function readStateMachine({ body, type }: Pick<RuleSyntax, 'body' | 'type'>): StateMachine | undefined {
  if (type !== 'state_machine' || !isJsonObject(body) || typeof body['field'] !== 'string') return undefined
  const { transitions } = body
  if (!isJsonObject(transitions)) return undefined
  const initialKey = ['initial_states', 'initialStates'].find((key) => body[key] !== undefined && body[key] !== null)
  return {
    field: body['field'],
    states: Object.entries(transitions).map(([state, value]) => readState(state, value)),
    ...(initialKey === undefined ? {} : { initial: mentions(body[initialKey], pointerStep(initialKey)) }),
  }
}

function readState(state: string, value: Json): AuthoredState {
  const pointer = `/transitions${pointerStep(state)}`
  if (!isJsonObject(value)) {
    // An empty list is as good as saying that nothing follows.
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0)
    return { state, pointer, next: mentions(value, pointer), nextPointer: pointer, isTerminal: isEmpty }
  }
  const key = ['allowed_next', 'allowedNext', 'next'].find((name) => value[name] !== undefined)
  const nextPointer = key === undefined ? undefined : pointer + pointerStep(key)
  return {
    state,
    pointer,
    next: nextPointer === undefined ? [] : mentions(value[key as string], nextPointer),
    ...(nextPointer === undefined ? {} : { nextPointer }),
    isTerminal: (value['is_terminal'] ?? value['isTerminal']) === true,
  }
}

const mentions = (value: Json | undefined, pointer: string): readonly StateMention[] =>
  Array.isArray(value)
    ? value.flatMap((item, index) => (isName(item) ? [{ state: String(item), pointer: pointer + pointerStep(index) }] : []))
    : isName(value)
      ? [{ state: String(value), pointer }]
      : []

const isName = (value: Json | undefined): value is string | number => typeof value === 'string' || typeof value === 'number'
