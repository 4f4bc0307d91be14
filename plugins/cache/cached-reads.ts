import { AsyncLocalStorage } from 'node:async_hooks'
import type { Maybe, RunResult, Session, Statement } from 'objectql/plugin-sdk'
import type { SqlValue } from 'objectql/runtime'
import type { StatementFacts } from './statement-facts.ts'
import type { Found, Rows, Store, Wanted } from './store.ts'

export type ReadStatement = (statement: Statement) => StatementFacts

/** What became of a read. `stale`: given, and asked for anew behind it. `collapsed`: somebody else was asking the same already. */
export type Outcome = 'hit' | 'stale' | 'miss' | 'collapsed' | 'bypass'

/** Reads of a remote database, through a store that may have to be asked. */
export interface CachedReads {
  run(inner: Session, statement: Statement, facts: StatementFacts, values: readonly SqlValue[]): Maybe<RunResult>
}

/** Hands out copies of nothing: rows are never written to. */
const resultOf = (rows: Rows): RunResult => ({ rows, changes: rows.length })

/** What somebody else's call was given up for says nothing about this one. */
const isOthers = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return code === 'CANCELLED' || code === 'TIMEOUT'
}

export function createCachedReads(
  store: Store,
  wantedOf: (facts: StatementFacts, values: readonly SqlValue[]) => Wanted | undefined,
  told: (outcome: Outcome | 'failed') => void,
): CachedReads {
  // Whoever gave up on a call, or took too long for it, does not end what is asked for everybody.
  const byItself = AsyncLocalStorage.snapshot()
  /** Reads that are under way, by key and the versions that they began with: whoever comes after a commit joins none from before it. */
  const flights = new Map<string, Promise<RunResult>>()

  function bypass(inner: Session, statement: Statement, values: readonly SqlValue[]): Maybe<RunResult> {
    told('bypass')
    return inner.run(statement, values)
  }

  function fly(inner: Session, statement: Statement, values: readonly SqlValue[], name: string, keep: (rows: Rows) => void) {
    const flight = (async () => {
      try {
        const result = await inner.run(statement, values)
        keep(result.rows)
        return result
      } finally {
        flights.delete(name)
      }
    })()
    flights.set(name, flight)
    return flight
  }

  function answer(
    found: Found<Rows>,
    { key }: Wanted,
    inner: Session,
    statement: Statement,
    values: readonly SqlValue[],
  ): Maybe<RunResult> {
    if (found.kind === 'hit') {
      told('hit')
      return resultOf(found.value)
    }
    if (found.kind === 'bypass') return bypass(inner, statement, values)
    const name = `${found.stamp}\0${key}`
    const flight = flights.get(name)
    if (found.kind === 'stale') {
      told('stale')
      // What fails is asked for again by whoever comes next.
      if (!flight) byItself(() => fly(inner, statement, values, name, found.keep)).catch(() => told('failed'))
      return resultOf(found.value)
    }
    if (!flight) {
      told('miss')
      return fly(inner, statement, values, name, found.keep)
    }
    told('collapsed')
    return flight.catch((error: unknown) => {
      if (isOthers(error)) return inner.run(statement, values)
      throw error
    })
  }

  return {
    run(inner, statement, facts, values) {
      const wanted = wantedOf(facts, values)
      if (!wanted) return bypass(inner, statement, values)
      const found = store.rows(wanted)
      if (!(found instanceof Promise)) return answer(found, wanted, inner, statement, values)
      return found.then((asked) => answer(asked, wanted, inner, statement, values))
    },
  }
}
