import type { LayerTurn, RunResult, Session, Statement, StatementLayer } from 'objectql/plugin-sdk'
import type { SqlValue } from 'objectql/runtime'
import type { Outcome, ReadStatement } from './cached-reads.ts'
import type { ProcessStore } from './process-store.ts'
import { gather } from './record-slots.ts'
import { watchedTransaction } from './remote-layer.ts'
import type { Rows } from './store.ts'
import { valueKey } from './value-key.ts'

/** Changes whenever another connection has committed: another process, or a transaction of this one. */
const DATA_VERSION: Statement = { sql: 'pragma data_version', kinds: [], isRead: true }

export interface TurnOptions {
  readonly turn: LayerTurn
  /** Other connections may write. */
  readonly isShared: boolean
  readonly told: (outcome: Outcome) => void
}

/** Between an application and a database in this process. Nothing waits. */
export function turnLayer(store: ProcessStore, factsOf: ReadStatement, { turn, isShared, told }: TurnOptions): StatementLayer {
  let dataVersion: unknown
  let isChecked = false
  /** What this turn ends once it commits. */
  let written: Set<string> | undefined

  const forgetCheck = (): void => {
    isChecked = false
  }

  /** All reads of one turn share a snapshot: once is enough. */
  function check(inner: Session): void {
    isChecked = true
    setImmediate(forgetCheck)
    const [version] = inner.row(DATA_VERSION, []) as readonly unknown[]
    if (version !== dataVersion && dataVersion !== undefined) store.clear()
    dataVersion = version
  }

  function note(names: readonly string[]): void {
    if (!turn.isWriting || names.length === 0) return
    if (!written) {
      const collected = new Set<string>()
      written = collected
      // Registered before the answer of the write, which so comes later.
      turn.afterCommit(() => {
        written = undefined
        store.announce([...collected]).over()
      })
    }
    gather(written, names)
  }

  /** Writes are noted also where they failed: the turn may have done something before. */
  function writing<Result>(statement: Statement, values: readonly SqlValue[], work: () => Result): Result {
    try {
      return work()
    } finally {
      note(factsOf(statement).names(values))
    }
  }

  function read(inner: Session, statement: Statement, values: readonly SqlValue[], isRow: boolean): Rows {
    const all = (): Rows => {
      if (!isRow) return (inner.run(statement, values) as RunResult).rows
      const row = inner.row(statement, values) as Rows[number] | undefined
      return row === undefined ? NO_ROWS : [row]
    }
    const facts = factsOf(statement)
    const key = facts.isCacheable && !turn.isWriting ? valueKey(values) : undefined
    if (key === undefined) {
      told('bypass')
      return all()
    }
    if (isShared && !isChecked) check(inner)
    const name = `${isRow ? '1' : '*'}${facts.id}:${key}`
    const hit = store.hit(name)
    if (hit !== undefined) {
      told('hit')
      return hit as Rows
    }
    const found = store.rows({ key: name, names: facts.names(values), ttl: facts.ttl, stale: 0 })
    told(found.kind === 'bypass' ? 'bypass' : 'miss')
    const rows = all()
    if (found.kind === 'miss') found.keep(rows)
    return rows
  }

  function session(inner: Session): Session {
    const own: Session = {
      dialect: inner.dialect,
      isTransaction: false,
      row(statement, values) {
        if (statement.isRead) return statement.describes ? inner.row(statement, values) : read(inner, statement, values, true)[0]
        return writing(statement, values, () => inner.row(statement, values))
      },
      run(statement, values) {
        if (!statement.isRead) return writing(statement, values, () => inner.run(statement, values))
        if (statement.describes) return inner.run(statement, values)
        const rows = read(inner, statement, values, false)
        return { rows, changes: rows.length }
      },
      atomically: (work) => inner.atomically(() => work(own)),
    }
    return own
  }

  return {
    session,
    transaction: (inner) => watchedTransaction(inner, store, factsOf),
    everythingChanged: () => store.clear(),
  }
}

const NO_ROWS: Rows = Object.freeze([])
