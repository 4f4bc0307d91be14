import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../../database/session.ts'
import type { Database } from '../database.ts'
import { listValues } from '../id-list.ts'
import type { ObjectPlan } from '../object-plan.ts'
import { printIdsAfter } from './print-summary.ts'
import { loaded, type Rollup, rollupsOf } from './rollup.ts'

export interface RebuiltPage {
  /** Records whose roll-ups were wrong. */
  readonly changed: number
  /** The last id that was looked at. Undefined when there are no more. */
  readonly last: string | undefined
}

/** Records looked at together. */
const PAGE = 500

/**
 * Works out the roll-ups of the next records after an id. Those that are right stay as they are, with their version.
 * @throws MissingPlan
 */
export function rebuildPage(plan: ObjectPlan, home: Database, session: Session, after: string): Maybe<RebuiltPage> {
  const rollups = rollupsInto(plan, home)
  if (rollups.length === 0) return { changed: 0, last: undefined }
  return session.atomically((inner) =>
    whenReady(inner.run(printIdsAfter(plan, home.dialect, PAGE), [after]), ({ rows }) => {
      const ids = rows.map(([id]) => String(id))
      if (ids.length === 0) return { changed: 0, last: undefined }
      const changes = inOrder(rollups, ({ lock, rebuild }) =>
        whenReady(lock && inner.run(lock, listValues(lock, ids)), () =>
          whenReady(inner.run(rebuild, listValues(rebuild, ids)), (result) => result.changes),
        ),
      )
      return whenReady(changes, (all) => ({ changed: Math.max(...all), last: ids.length < PAGE ? undefined : ids.at(-1) }))
    }),
  )
}

/** All of an object's roll-ups, in the transaction of a session. Gives how many records had wrong ones. */
export function rebuildAll(plan: ObjectPlan, home: Database, session: Session): Maybe<number> {
  const next = (after: string, before: number): Maybe<number> =>
    whenReady(rebuildPage(plan, home, session, after), ({ changed, last }) =>
      last === undefined ? before + changed : next(last, before + changed),
    )
  return next('', 0)
}

function rollupsInto(plan: ObjectPlan, home: Database): readonly Rollup[] {
  const children = new Set(Object.values(plan.summaries ?? {}).map(({ object }) => object))
  return [...children].flatMap((child) => rollupsOf(loaded(child, home), home).filter(({ parent }) => parent.name === plan.name))
}

/**
 * Objects with roll-ups, each behind those that its own count.
 * `sources`: what each sums up.
 */
export function inSummaryOrder(names: readonly string[], sources: (name: string) => readonly string[]): readonly string[] {
  const ordered = new Set<string>()
  const visiting = new Set<string>()
  const visit = (name: string): void => {
    if (ordered.has(name) || visiting.has(name)) return
    visiting.add(name)
    for (const source of sources(name)) if (names.includes(source)) visit(source)
    ordered.add(name)
  }
  for (const name of names) visit(name)
  return [...ordered]
}
