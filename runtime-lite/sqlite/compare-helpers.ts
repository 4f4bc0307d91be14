import { foldName, type TableShape } from './database-shape.ts'
import { dropHelpers, fillHelpers, type HelperShape } from './helper-shape.ts'
import type { MigrationDraft, TouchedColumns } from './migration-draft.ts'

/**
 * Plans the triggers and the full-text index of a table. Columns can neither be dropped nor renamed under a trigger, so what stands in the way is
 * made again afterwards.
 */
export function compareHelpers(draft: MigrationDraft, wanted: TableShape, actual: TableShape | undefined, touched?: TouchedColumns): void {
  const needed = wanted.helpers
  const present = actual?.helpers ?? []
  const isTouched = touched !== undefined && touched.replaced.size + touched.dropped.size > 0
  if (needed.length === 0 && present.length === 0) return
  if (!isTouched && needed.length === present.length && needed.every((helper) => present.some((other) => isSame(helper, other)))) return
  const taken = needed.find((helper) => isTaken(draft, helper))
  if (taken) {
    draft.refused.push({
      kind: 'not-a-table',
      table: wanted.name,
      message: `The table "${wanted.name}" needs a ${taken.kind} "${taken.name}" for full-text search, and there is another one of that name. Rename it.`,
      isBlocking: true,
    })
    return
  }
  // An index that stays as it is need not be filled again.
  const isKept = (helper: HelperShape, others: readonly HelperShape[]): boolean =>
    helper.kind === 'table' && !isTouched && isSameIndex(needed, present) && others.some((other) => isSame(helper, other))
  draft.steps.dropHelpers.push(...dropHelpers(present.filter((helper) => !isKept(helper, needed))))
  const created = needed.filter((helper) => !isKept(helper, present))
  draft.steps.createHelpers.push(...created.filter(({ kind }) => kind === 'table').map(({ sql }) => sql))
  const key = [...wanted.columns.values()].find((column) => column.keyPosition > 0)
  if (actual && key && created.some(({ kind }) => kind === 'table'))
    draft.steps.createHelpers.push(...fillHelpers(wanted.name, key.name, needed))
  draft.steps.createHelpers.push(...created.filter(({ kind }) => kind === 'trigger').map(({ sql }) => sql))
}

const isSame = (a: HelperShape, b: HelperShape): boolean => a.kind === b.kind && a.name === b.name && a.sql === b.sql

/** The tables and the triggers of the index are the same: the numbered columns of FTS5 alone do not say which texts they hold. */
const isSameIndex = (a: readonly HelperShape[], b: readonly HelperShape[]): boolean => {
  const ofIndex = (helpers: readonly HelperShape[]): readonly HelperShape[] => helpers.filter(({ name }) => /_fts(?:_\w+)?$/.test(name))
  return ofIndex(a).length === ofIndex(b).length && ofIndex(a).every((helper) => b.some((other) => isSame(helper, other)))
}

const isTaken = ({ actual }: MigrationDraft, { kind, name }: HelperShape): boolean =>
  kind === 'table' && (actual.tables.has(foldName(name)) || actual.others.has(foldName(name)))
