import { recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { Nest } from '../middleware/middleware.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { type Created, lockedRecord, missingRecord, readRecord, type StoredRecord, type WriteContext } from '../object/write-context.ts'
import { keepingWarnings } from '../rules/with-warnings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { Behaviour, BehaviourHost, Phase } from './behaviour.ts'
import { type HookCall, HookContext, type HookInput } from './hook-context.ts'
import { hookError } from './hook-error.ts'
import { NeedsTransaction } from './needs-transaction.ts'
import { prepareBeyond } from './related-to.ts'
import { CREATED, removedRecord, STORED } from './seen-writes.ts'
import { type Seen, throughMiddleware } from './through-middleware.ts'

/** Writes of one record with the hooks of its object around them. */
export interface Around {
  create(context: WriteContext, data: RawRecord, write: (data: RawRecord) => Maybe<Created>): Maybe<Created>
  /** `previous`: the record as it is, where it was read already. */
  update(
    context: WriteContext,
    id: string,
    patch: RawRecord,
    write: (patch: RawRecord) => Maybe<StoredRecord>,
    previous?: RawRecord,
  ): Maybe<StoredRecord>
  remove(context: WriteContext, id: string, write: () => Maybe<undefined>, previous?: RawRecord): Maybe<undefined>
  /** The hooks of one call on many records. `write` gives their number. */
  many(
    context: WriteContext,
    kind: 'UpdateMany' | 'DeleteMany',
    patch: RawRecord | undefined,
    write: (patch: RawRecord) => Maybe<number>,
  ): Maybe<number>
  /** One operation: its hooks, how it ended, and how deep it is. */
  operation<Result>(context: WriteContext, input: HookInput, work: (hooks: HookContext) => Maybe<Result>): Maybe<Result>
  /** Several that are one: all or none. */
  operations<Result>(
    context: WriteContext,
    inputs: readonly HookInput[],
    work: (started: readonly HookContext[]) => Maybe<Result>,
  ): Maybe<Result>
}

/** Runs the hooks of a phase, at once where none waits. */
export function runPhase(behaviour: Behaviour, phase: Phase, hooks: HookContext): Maybe<unknown> {
  const pipeline = behaviour[phase]
  if (pipeline === undefined) return undefined
  hooks.event = phase
  hooks.isStopped = false
  return recovering(
    () => pipeline(hooks),
    (error) => {
      throw hookError(error)
    },
  )
}

/** A write need not be undone for what its hooks behind it do: there are none, or they are proven to come to their end. */
export function isKeptAtOnce(behaviour: Behaviour, phase: 'afterCreate' | 'afterUpdate' | 'afterDelete'): boolean {
  const pipeline = behaviour[phase]
  if (pipeline === undefined) return true
  // What a hook before the write has done elsewhere is undone with it.
  return behaviour.waits !== true && behaviour.harmless?.includes(pipeline) === true
}

/** The proof is about plain data: what hooks before the write, or callers, have made of the input may be more than that. */
function settleData(behaviour: Behaviour, phase: 'afterCreate' | 'afterUpdate' | 'afterDelete', hooks: HookContext): void {
  if (!behaviour.harmless || !behaviour[phase] || !isKeptAtOnce(behaviour, phase)) return
  if (phase === 'afterDelete' || isPlainObject(hooks.data)) hooks.data = { ...hooks.data }
}

/** The record as the hooks behind its write leave it. */
export const shownBy = (hooks: HookContext, record: StoredRecord): StoredRecord =>
  hooks.isResultSeen ? [keepingWarnings(record, hooks.result), record[1]] : record

/** Nothing goes around what is done with a trash. */
const nestFor = ({ around }: Behaviour, { method }: HookContext): Nest | undefined =>
  method === 'restore' || method === 'purge' ? undefined : around?.[method]

/** A value that is no plain one says how to come to it: from what is stored. */
function needsPrevious({ needsPrevious, readsOnUpdate = [], readsOnDelete }: Behaviour, patch: RawRecord | undefined): boolean {
  if (needsPrevious || (patch === undefined && readsOnDelete)) return true
  return patch !== undefined && readsOnUpdate.some((field) => patch[field] === undefined || isPlainObject(patch[field]))
}

export function createAround(host: BehaviourHost): Around {
  function settle(behaviour: Behaviour, hooks: HookContext): void {
    const { afterCommit, afterRollback } = behaviour
    if (!afterCommit && !afterRollback) return
    host.onSettled((error) => {
      // A middleware answered by itself: nothing happened.
      if (nestFor(behaviour, hooks) && !hooks.isDone && (error ?? hooks.error) === undefined) return
      // An operation may fail in a savepoint of a transaction that goes on.
      hooks.error ??= error
      const phase = hooks.error === undefined ? 'afterCommit' : 'afterRollback'
      if (behaviour[phase]) host.later(`${hooks.object}.${phase}`, () => runPhase(behaviour, phase, hooks))
    })
  }

  /** @throws NeedsTransaction, MissingPlan; then nothing was done. */
  function begin(context: WriteContext): Behaviour {
    const behaviour = context.plan.behaviour as Behaviour
    if (behaviour.waits && !context.database.isScoped) throw new NeedsTransaction()
    prepareBeyond(behaviour, context)
    return behaviour
  }

  function operations<Result>(
    context: WriteContext,
    inputs: readonly HookInput[],
    work: (started: readonly HookContext[]) => Maybe<Result>,
  ): Maybe<Result> {
    const behaviour = begin(context)
    const call: HookCall = { size: inputs.length }
    const started = inputs.map((input) => {
      const hooks = new HookContext(host, 'beforeCreate', input, context)
      hooks.call = call
      return hooks
    })
    return behaviour.waits ? settled(context, started, () => work(started)) : work(started)
  }

  function operation<Result>(context: WriteContext, input: HookInput, work: (hooks: HookContext) => Maybe<Result>): Maybe<Result> {
    const behaviour = begin(context)
    const hooks = new HookContext(host, 'beforeCreate', input, context)
    return behaviour.waits ? settled(context, [hooks], () => work(hooks)) : work(hooks)
  }

  /** Hooks that wait may start further operations, and may have to know how the transaction ended. */
  function settled<Result>({ plan }: WriteContext, started: readonly HookContext[], work: () => Maybe<Result>): Maybe<Result> {
    for (const hooks of started) settle(plan.behaviour as Behaviour, hooks)
    return recovering(
      () => host.deeper(plan.name, work),
      (error) => {
        for (const hooks of started) hooks.error = error ?? new Error('A hook failed without saying why.')
        throw error
      },
    )
  }

  /** An operation on one record with the middleware of its object around it. */
  function inside<Result>(
    { plan, session }: WriteContext,
    hooks: HookContext,
    seen: Seen<Result>,
    work: () => Maybe<Result>,
  ): Maybe<Result> {
    const behaviour = plan.behaviour as Behaviour
    const { waits = false, recovers } = behaviour
    const nest = nestFor(behaviour, hooks)
    return nest ? throughMiddleware(nest, hooks, { waits, savepoint: recovers ? session : undefined }, work, seen) : work()
  }

  /** Reads the record as it was. That there is none is told inside of the middleware, by what this gives. */
  function withPrevious(hooks: HookContext, read: () => Maybe<RawRecord | undefined>): Maybe<() => void> {
    return recovering<() => void>(
      () =>
        whenReady(read(), (previous) => {
          hooks.previous = previous
          return () => undefined
        }),
      (error) => () => {
        throw error
      },
    )
  }

  /** What after-hooks see as result, and may change. */
  function answered(behaviour: Behaviour, phase: Phase, hooks: HookContext, record: StoredRecord): Maybe<StoredRecord> {
    if (!behaviour[phase] && !behaviour.afterCommit) return record
    hooks.answerWith(record[0])
    if (!behaviour[phase]) return record
    return whenReady(runPhase(behaviour, phase, hooks), () => shownBy(hooks, record))
  }

  /** `patch`: of updates. */
  function previousOf(context: WriteContext, id: string, known: RawRecord | undefined, patch?: RawRecord): Maybe<RawRecord | undefined> {
    if (known || !needsPrevious(context.plan.behaviour as Behaviour, patch)) return known
    const { locksPrevious } = context.plan.behaviour as Behaviour
    return whenReady(locksPrevious ? lockedRecord(context, id) : readRecord(context, id), (record) => {
      if (!record) throw missingRecord(context.plan, id)
      return JSON.parse(record[0]) as RawRecord
    })
  }

  return {
    operation,
    operations,
    create(context, data, write) {
      const behaviour = context.plan.behaviour as Behaviour
      const { name } = context.plan
      return operation(context, { object: name, operation: 'create', data }, (hooks) =>
        inside(context, hooks, CREATED, () =>
          whenReady(runPhase(behaviour, 'beforeCreate', hooks), () => {
            settleData(behaviour, 'afterCreate', hooks)
            return whenReady(write(hooks.data), ({ id, record }) => {
              hooks.id = id
              return whenReady(answered(behaviour, 'afterCreate', hooks, record), (shown): Created => ({ id, record: shown }))
            })
          }),
        ),
      )
    },
    update(context, id, patch, write, known) {
      const behaviour = context.plan.behaviour as Behaviour
      const { name } = context.plan
      return operation(context, { object: name, operation: 'update', id, data: patch }, (hooks) =>
        whenReady(
          withPrevious(hooks, () => previousOf(context, id, known, patch)),
          (checkPrevious) =>
            inside(context, hooks, STORED, () => {
              checkPrevious()
              return whenReady(runPhase(behaviour, 'beforeUpdate', hooks), () => {
                settleData(behaviour, 'afterUpdate', hooks)
                return whenReady(write(hooks.data), (record) => answered(behaviour, 'afterUpdate', hooks, record))
              })
            }),
        ),
      )
    },
    remove(context, id, write, known) {
      const behaviour = context.plan.behaviour as Behaviour
      const { name } = context.plan
      return operation(context, { object: name, operation: 'delete', id }, (hooks) =>
        whenReady(
          withPrevious(hooks, () => previousOf(context, id, known)),
          (checkPrevious) =>
            inside(context, hooks, removedRecord(hooks), () => {
              checkPrevious()
              return whenReady(runPhase(behaviour, 'beforeDelete', hooks), () => {
                settleData(behaviour, 'afterDelete', hooks)
                return whenReady(write(), () => {
                  hooks.result = hooks.previous ?? { id }
                  return whenReady(runPhase(behaviour, 'afterDelete', hooks), () => undefined)
                })
              })
            }),
        ),
      )
    },
    many(context, kind, patch, write) {
      const behaviour = context.plan.behaviour as Behaviour
      const before: Phase = `before${kind}`
      const after: Phase = `after${kind}`
      if (!behaviour[before] && !behaviour[after]) return write(patch ?? {})
      const name = kind === 'UpdateMany' ? 'update' : 'delete'
      const hooks = new HookContext(host, before, { object: context.plan.name, operation: name, data: patch }, { session: context.session })
      const run = (): Maybe<number> =>
        whenReady(runPhase(behaviour, before, hooks), () =>
          whenReady(write(hooks.data), (count) => {
            hooks.result = count
            return whenReady(runPhase(behaviour, after, hooks), () => count)
          }),
        )
      return behaviour.waits ? host.deeper(context.plan.name, run) : run()
    },
  }
}
