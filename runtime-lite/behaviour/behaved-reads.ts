import { type Maybe, whenReady } from '../database/session.ts'
import type { Database } from '../object/database.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { type Operation, type QueryStore, type Row, readUrl } from '../object/query-store.ts'
import type { Query, SlotValue } from '../query/ast.ts'
import { parseQueryDocument } from '../query/parse/query-document.ts'
import { runPhase } from './around.ts'
import type { Behaviour, BehaviourHost, Phase } from './behaviour.ts'
import { HookContext } from './hook-context.ts'

type Kind = 'Find' | 'FindOne' | 'Count' | 'Aggregate'

/** Reads with the hooks of their object around them; nothing where it has none. */
export function behavedReads(plain: ObjectStore, database: Database, host: BehaviourHost): Partial<ObjectStore> {
  const { plan } = plain
  const behaviour = plan.behaviour as Behaviour
  const kinds: readonly Kind[] = ['Find', 'FindOne', 'Count', 'Aggregate']
  const isHooked = (kind: Kind): boolean => behaviour[`before${kind}`] !== undefined || behaviour[`after${kind}`] !== undefined
  if (!kinds.some(isHooked)) return {}

  function around<Result>(
    kind: Kind,
    id: string | undefined,
    work: (hooks: HookContext) => Maybe<Result>,
    answer: (hooks: HookContext, result: Result) => Result,
  ): Maybe<Result> {
    const before: Phase = `before${kind}`
    const after: Phase = `after${kind}`
    const hooks = new HookContext(host, before, { object: plan.name, operation: kind === 'Count' ? 'count' : 'find', id })
    hooks.query = id === undefined ? {} : { id, _id: id }
    const run = (): Maybe<Result> =>
      whenReady(runPhase(behaviour, before, hooks), () =>
        whenReady(work(hooks), (result) => {
          if (!behaviour[after]) return result
          hooks.result = undefined
          answer(hooks, result)
          return whenReady(runPhase(behaviour, after, hooks), () => answer(hooks, result))
        }),
      )
    return behaviour.readsWait ? host.deeper(plan.name, run) : run()
  }

  /** The query with what hooks said about it. */
  function narrowed(hooks: HookContext, query: Query, values: readonly SlotValue[]): { query: Query; values: readonly SlotValue[] } {
    const { id: _id, _id: _older, ...said } = hooks.query ?? {}
    if (Object.keys(said).length === 0) return { query, values }
    const added = parseQueryDocument(said, { limits: database.limits, object: plan.name, firstSlot: values.length })
    const { where, orderBy, select, limit, offset } = added.query
    return {
      query: {
        ...query,
        ...(where === undefined ? {} : { where: query.where ? { kind: 'and', parts: [query.where, where] } : where }),
        ...(orderBy.length === 0 ? {} : { orderBy }),
        ...(select === undefined ? {} : { select }),
        ...(limit === undefined ? {} : { limit }),
        ...(offset === undefined ? {} : { offset }),
      },
      values: [...values, ...added.values],
    }
  }

  const fromQuery: QueryStore['fromQuery'] = (operation, query, values, id) => {
    const kind = kindOf(operation, query)
    if (!isHooked(kind)) return plain.queries.fromQuery(operation, query, values, id)
    return around(
      kind,
      id,
      (hooks) => {
        const asked = narrowed(hooks, query, values)
        return plain.queries.fromQuery(operation, asked.query, asked.values, id)
      },
      operation === 'list' ? pageAnswer : operation === 'count' ? countAnswer : rowAnswer,
    )
  }

  return {
    queries: {
      ...plain.queries,
      // What a query of the schema asks for is settled: hooks see its answer, and add nothing to it.
      fromName: (name, values, ...rest) =>
        isHooked('Find')
          ? around('Find', undefined, () => plain.queries.fromName(name, values, ...rest), pageAnswer)
          : plain.queries.fromName(name, values, ...rest),
      fromQuery,
      fromUrl(operation, url, start, id) {
        const { query, values } = readUrl(url, start, database.limits)
        return fromQuery(operation, query, values, id)
      },
    },
    get: (id) => (isHooked('FindOne') ? around<StoredRecord | undefined>('FindOne', id, () => plain.get(id), storedAnswer) : plain.get(id)),
    getBy: (key) =>
      isHooked('FindOne') ? around<StoredRecord | undefined>('FindOne', undefined, () => plain.getBy(key), storedAnswer) : plain.getBy(key),
  }
}

const kindOf = (operation: Operation, { group }: Query): Kind => {
  if (operation === 'get') return 'FindOne'
  if (operation === 'count') return 'Count'
  return group ? 'Aggregate' : 'Find'
}

const textOf = (json: unknown): string => (typeof json === 'string' ? json : new TextDecoder().decode(json as Uint8Array))

/** The first call shows the hooks what was found, the second gives what they made of it. */
function pageAnswer(hooks: HookContext, row: Row): Row {
  const page = JSON.parse(textOf(row[0])) as { items: unknown }
  if (hooks.result !== undefined) return [JSON.stringify({ ...page, items: hooks.result }), ...row.slice(1)]
  hooks.result = page.items
  return row
}

function countAnswer(hooks: HookContext, row: Row): Row {
  if (hooks.result !== undefined) return [Number(hooks.result)]
  hooks.result = Number(row[0] ?? 0)
  return row
}

function rowAnswer(hooks: HookContext, row: Row): Row {
  if (row[0] === undefined) return row
  if (hooks.result !== undefined) return [JSON.stringify(hooks.result), ...row.slice(1)]
  hooks.result = JSON.parse(textOf(row[0])) as RawRecord
  return row
}

function storedAnswer(hooks: HookContext, record: StoredRecord | undefined): StoredRecord | undefined {
  if (record === undefined) return undefined
  if (hooks.result !== undefined) return [JSON.stringify(hooks.result), record[1]]
  hooks.result = JSON.parse(record[0]) as RawRecord
  return record
}
