import { AsyncLocalStorage } from 'node:async_hooks'
import { type Around, createAround } from '../behaviour/around.ts'
import { createBehavedStore } from '../behaviour/behaved-store.ts'
import type { BehaviourHost, Clock, DataAccess } from '../behaviour/behaviour.ts'
import { createHookQueue, type HookQueue } from '../behaviour/hook-queue.ts'
import { asking, asSystem, currentContext } from '../context/request-context.ts'
import { trusting } from '../context/trusted.ts'
import { beyondLimits } from '../database/call-limit.ts'
import type { Behaviours } from '../object/database.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Asking } from '../validators/asking.ts'
import type { AppCore } from './app-core.ts'
import { createDataAccess } from './data-access.ts'
import type { TransactionRunner } from './transaction-scope.ts'

export interface RunningBehaviours extends Required<Behaviours> {
  readonly host: BehaviourHost
  readonly queue: HookQueue
}

/** Hooks whose writes have hooks whose writes have hooks …: deeper than this they go around in a circle. */
const MAX_DEPTH = 10

const systemClock: Clock = {
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Loaded with the first object that has hooks or actions. */
export function createBehaviourHost(core: AppCore): RunningBehaviours {
  const { maxDepth = MAX_DEPTH, clock = systemClock, ...limits } = core.hooks
  const depths = new AsyncLocalStorage<readonly string[]>()
  const queue = createHookQueue({ ...limits, onError: core.report })
  let systemAccess: DataAccess | undefined
  const host: BehaviourHost = {
    access: createDataAccess(core, trusting),
    get systemAccess() {
      systemAccess ??= createDataAccess(core, asSystem)
      return systemAccess
    },
    clock,
    handlerNamed: (name) => core.registry.handlerNamed(name),
    report: core.report,
    now: core.now,
    wake() {
      const scope = core.transactions?.current()
      if (scope) scope.onSettled((error) => error === undefined && core.wakeWorkflows())
      else core.wakeWorkflows()
    },
    onSettled(settled) {
      const scope = core.transactions?.current()
      if (!scope) throw new Error('Hooks that wait run in a transaction.')
      const context = currentContext()
      scope.onSettled(context ? (error) => asking(context, () => settled(error)) : settled)
    },
    later(name, work) {
      // What it does later belongs to no transaction, but still to the operation that caused it.
      const path = depths.getStore() ?? []
      const context = currentContext()
      const outside = (): unknown => beyondLimits(() => (core.transactions ? core.transactions.outside(work) : work()))
      const asked = context ? (): unknown => asking(context, outside) : outside
      if (!queue.push(() => depths.run(path, asked))) core.report(new Error(`The hook "${name}" was not run: too many wait already.`))
    },
    deeper(object, work) {
      const path = [...(depths.getStore() ?? []), object]
      if (path.length <= maxDepth) return depths.run(path, work)
      const problem = new ObjectQLError(500, 'INTERNAL_ERROR', 'Hooks write to each other without end.')
      problem.cause = new Error(`Hooks are nested more than ${maxDepth} deep: ${path.join(' → ')}. Give one of them a condition.`)
      throw problem
    },
  }
  const around: Around = createAround(host)
  let loaded: Promise<Asking> | undefined
  const asker: Asking = async (...given) => {
    loaded ??= import('../validators/create-asking.ts').then(({ createAsking }) =>
      createAsking({
        host,
        validators: core.registry.validators,
        options: core.validators,
        within: (session, work) => (core.transactions as TransactionRunner).within(session, work),
      }),
    )
    return (await loaded)(...given)
  }
  return { host, queue, around, wrap: (plain, database) => createBehavedStore(plain, database, host, around), asking: asker }
}
