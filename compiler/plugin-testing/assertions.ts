import { AssertionError } from 'node:assert'
import type { BusEvent } from '../../runtime-lite/events/bus-event.ts'
import { partsOf, patternOf } from '../../runtime-lite/events/bus-event.ts'
import { differences, shown } from './differences.ts'
import type { HookCall } from './recorded-plugin.ts'

function fail(message: string, actual: unknown, expected: unknown, caller: (...values: never) => unknown): never {
  throw new AssertionError({ message, actual, expected, operator: caller.name, stackStartFn: caller as (...values: unknown[]) => unknown })
}

/**
 * An event was emitted whose payload holds `partial`. `name` may be a pattern: `record.created.*`.
 * @returns the first that fits. @throws AssertionError with what the nearest one has instead.
 */
export function expectEmitted(events: readonly BusEvent[], name: string, partial: unknown = {}): BusEvent {
  const fits = patternOf(name)
  const named = events.filter((event) => fits(partsOf(event.name)))
  const [best] = named
    .map((event) => ({ event, wrong: differences(event.payload, partial) }))
    .sort((first, second) => first.wrong.length - second.wrong.length)
  if (best && best.wrong.length === 0) return best.event
  if (!best) {
    const others = [...new Set(events.map((event) => event.name))]
    fail(
      `No event "${name}" was emitted. ${others.length === 0 ? 'There was none at all.' : `There were: ${others.join(', ')}.`}`,
      others,
      name,
      expectEmitted,
    )
  }
  fail(`No event "${name}" fits. The nearest of ${named.length}:\n${best.wrong.join('\n')}`, best.event.payload, partial, expectEmitted)
}

/** Calls of hooks, `plugin.hook` or `hook`, came in this order; others may stand between them. */
export function expectHookOrder(calls: readonly HookCall[], wanted: readonly string[]): void {
  let at = 0
  for (const { plugin, hook } of calls) if (wanted[at] === hook || wanted[at] === `${plugin}.${hook}`) at++
  if (at === wanted.length) return
  const seen = calls.map(({ plugin, hook }) => `${plugin}.${hook}`)
  const before = at === 0 ? '' : ` after ${wanted[at - 1]}`
  fail(
    `The hook ${wanted[at]} was not called${before}.\nwanted  ${wanted.join(' → ')}\ncalled  ${seen.join(' → ') || 'none'}`,
    seen,
    wanted,
    expectHookOrder,
  )
}

export interface ExpectedProblem {
  readonly status?: number
  readonly code?: string
  /** JSON pointer, or name of the parameter, of one of its errors. */
  readonly pointer?: string
  /** Code of the error at `pointer`, or of any. */
  readonly issue?: string
  /** Words of its message. */
  readonly message?: string | RegExp
}

/** A promise rejects with this problem. @returns what it rejected with. */
export async function expectProblem(promise: PromiseLike<unknown> | (() => unknown), expected: ExpectedProblem): Promise<unknown> {
  let value: unknown
  try {
    value = await (typeof promise === 'function' ? promise() : promise)
  } catch (error) {
    const wrong = problemDifferences(error, expected)
    if (wrong.length === 0) return error
    fail(`Another problem than expected:\n${wrong.join('\n')}`, error, expected, expectProblem)
  }
  fail(`A problem was expected, but it resolved to ${shown(value)}.`, value, expected, expectProblem)
}

function problemDifferences(error: unknown, { status, code, pointer, issue, message }: ExpectedProblem): readonly string[] {
  const { errors, ...told } = Object(error) as { readonly errors?: readonly unknown[] }
  const text = error instanceof Error ? error.message : String(error)
  const issues = (errors ?? []).map(
    (one) => Object(one) as { readonly pointer?: string; readonly parameter?: string; readonly code?: string },
  )
  const isThere = issues.some(
    (one) => (pointer === undefined || (one.pointer ?? one.parameter) === pointer) && (issue === undefined || one.code === issue),
  )
  const isSaid = message === undefined || (typeof message === 'string' ? text.includes(message) : message.test(text))
  const wanted = [pointer === undefined ? [] : `at ${pointer}`, issue === undefined ? [] : `with the code ${issue}`].flat().join(' ')
  return [
    ...differences(told, { ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) }),
    ...(wanted === '' || isThere ? [] : [`No error ${wanted}; there are ${shown(issues)}.`]),
    ...(isSaid ? [] : [`The message is ${shown(text)}, not ${String(message)}.`]),
  ]
}

interface Reading {
  readonly protocol: { getData(object: string, id: string): Promise<unknown> }
}

/** A record is stored and holds `partial`. @returns the record. */
export async function expectRecord(app: Reading, object: string, id: string, partial: object = {}): Promise<unknown> {
  let record: unknown
  try {
    record = await app.protocol.getData(object, id)
  } catch (error) {
    if ((error as { readonly status?: unknown } | null)?.status !== 404) throw error
    fail((error as Error).message, undefined, partial, expectRecord)
  }
  const wrong = differences(record, partial)
  if (wrong.length > 0) fail(`The record ${object} ${id} differs:\n${wrong.join('\n')}`, record, partial, expectRecord)
  return record
}
