import type { AuthoredAction, AuthoredStep, AuthoredWorkflow, Test, Update } from './interpret-workflow.ts'
import type { Random } from './random.ts'

const TEXTS = ['a', 'b', 'c']

/** A workflow whose ways lead forward, or back over something that waits: it always comes to an end or waits for somebody. */
export function randomWorkflow(one: Random, name: string): AuthoredWorkflow {
  const count = 2 + one.below(6)
  const names = Array.from({ length: count }, (_, index) => `s${index}`)
  let inner = 0
  const nestedName = (): string => `i${inner++}`
  const test = (): Test =>
    one.chance(0.6)
      ? { field: one.pick(['n', 'n', 'u.cap', 'u.zone.cap'] as const), operator: one.pick(['>', '<=', '=']), value: one.below(8) }
      : { field: 's', operator: '=', value: one.pick(TEXTS) }
  const update = (): Update =>
    one.chance(0.5)
      ? { field: 'n', expression: `n + ${1 + one.below(3)}` }
      : one.chance(0.5)
        ? { field: 'n', value: one.below(8) }
        : { field: 's', value: one.pick([...TEXTS, 'x{{u.zone.cap}}', 'y{{u.cap}}']) }
  const chain = (depth: number): readonly AuthoredStep[] =>
    Array.from({ length: 1 + one.below(3) }, () => step(nestedName(), undefined, undefined, depth + 1))

  function step(called: string, forward: readonly string[] | undefined, back: readonly string[] | undefined, depth: number): AuthoredStep {
    const type = one.pick([
      'field_update',
      'field_update',
      'condition',
      'wait',
      'approval',
      ...(depth < 2 ? (['parallel', 'loop'] as const) : []),
    ] as const)
    // Steps that stand in others follow each other: only those outside of them say where they lead.
    const to = (): string | undefined => (forward && forward.length > 0 && one.chance(0.8) ? one.pick(forward) : undefined)
    const next = (): { readonly next_step?: string } => {
      const found = to()
      return found === undefined ? {} : { next_step: found }
    }
    const skipped = one.chance(0.2) ? { condition: test() } : {}
    switch (type) {
      case 'field_update':
        return { name: called, type, ...skipped, field_updates: Array.from({ length: 1 + one.below(2) }, update), ...next() }
      case 'condition': {
        if (!forward) return { name: called, type: 'field_update', field_updates: [update()] }
        const otherwise = to()
        return { name: called, type, condition: test(), ...next(), ...(otherwise === undefined ? {} : { else_step: otherwise }) }
      }
      case 'wait':
        return { name: called, type, ...skipped, duration: `${1 + one.below(5)}h`, ...next() }
      case 'approval': {
        const action = (isRefusal: boolean): AuthoredAction => {
          const ways = forward && back && one.chance(0.2) ? [...forward, ...back] : forward
          const target = ways && ways.length > 0 && one.chance(isRefusal ? 0.3 : 0.8) ? { next_step: one.pick(ways) } : {}
          const outcome = one.chance(0.3) ? { outcome: isRefusal ? 'rejected' : 'approved' } : {}
          return { ...target, ...outcome, ...(one.chance(0.5) ? { updates: { n: one.below(8) } } : {}) }
        }
        const timed = one.chance(0.5) ? { timeout: `${2 + one.below(6)}h` } : {}
        const late = forward && forward.length > 0 && one.chance(0.5) ? { on_timeout: one.pick(forward) } : {}
        return { name: called, type, ...skipped, ...timed, ...late, actions: { approve: action(false), reject: action(true) } }
      }
      case 'parallel':
        return { name: called, type, ...skipped, branches: Array.from({ length: 1 + one.below(3) }, () => chain(depth)), ...next() }
      default:
        return {
          name: called,
          type,
          ...skipped,
          items: Array.from({ length: one.below(4) }, (_, index) => index),
          steps: chain(depth),
          ...next(),
        }
    }
  }

  const steps = names.map((called, index) => step(called, names.slice(index + 1), names.slice(0, index), 0))
  // Somebody has to say what is next, or the order of the list does.
  const end: AuthoredStep = { name: 'last', type: 'field_update', field_updates: [{ field: 's', value: 'c' }], next_step: 'end' }
  return {
    name,
    object: 'thing',
    trigger: { event: 'create', ...(one.chance(0.3) ? { conditions: [test()] } : {}) },
    initial_step: 's0',
    steps: [...steps, end],
    ...(one.chance(0.3) ? { on_success: { field_updates: { s: 'won' } } } : {}),
    ...(one.chance(0.3) ? { on_failure: { field_updates: { s: 'lost' } } } : {}),
  }
}
