import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { MiddlewareOperation } from '../middleware/middleware.ts'
import type { Database } from '../object/database.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { type AskedQuery, type Operation, type QueryStore, type Row, readUrl } from '../object/query-store.ts'
import { missingRecord } from '../object/write-context.ts'
import type { Query } from '../query/ast.ts'
import { MissingPlan } from '../query/bind/bind-scope.ts'
import { EMPTY_QUERY } from '../query/empty-query.ts'
import { parseQueryDocument } from '../query/parse/query-document.ts'
import { runPhase } from './around.ts'
import type { Behaviour, BehaviourHost, Phase } from './behaviour.ts'
import { HookContext } from './hook-context.ts'
import { READ_PHASES } from './read-phases.ts'
import { type Seen, throughMiddleware } from './through-middleware.ts'

type Kind = keyof typeof READ_PHASES

const METHODS: Readonly<Record<Kind, MiddlewareOperation>> = { Find: 'find', FindOne: 'get', Count: 'count', Aggregate: 'aggregate' }

/** Middleware sees one record as this phase does: as itself, or null. */
const SEEN: Phase = 'afterFindOne'

/** Gives the hooks of a phase what was found, and takes what they make of it. */
interface Answer<Result> {
  shown(result: Result, phase: Phase): unknown
  changed(result: Result, shown: unknown, phase: Phase): Result
  /** What was found where nobody looked. */
  readonly none: Result
}

/**
 * Reads with the hooks of their object around them; nothing where it has none. Whatever way records are read (lists, pages, groups, counts, by id, by key,
 * named queries, history), what a `beforeFind` hook asks for besides holds for all of them.
 */
export function behavedReads(plain: ObjectStore, database: Database, host: BehaviourHost): Partial<ObjectStore> {
  const { plan } = plain
  const behaviour = plan.behaviour as Behaviour
  const isHooked = (kind: Kind): boolean =>
    behaviour.around?.[METHODS[kind]] !== undefined ||
    [...READ_PHASES[kind].before, ...READ_PHASES[kind].after].some((phase) => behaviour[phase] !== undefined)
  const kinds: readonly Kind[] = ['Find', 'FindOne', 'Count', 'Aggregate']
  if (!kinds.some(isHooked)) return {}

  function around<Result>(
    kind: Kind,
    id: string | undefined,
    work: (hooks: HookContext) => Maybe<Result>,
    answer: Answer<Result>,
  ): Maybe<Result> {
    const { before, after }: { readonly before: readonly Phase[]; readonly after: readonly Phase[] } = READ_PHASES[kind]
    const method = METHODS[kind]
    const operation = kind === 'Count' ? 'count' : 'find'
    const hooks = new HookContext(host, before[0] as Phase, { object: plan.name, operation, method, id })
    hooks.query = id === undefined ? {} : { id, _id: id }
    const finish = (result: Result, at: number): Maybe<Result> => {
      const phase = after[at]
      if (phase === undefined) return result
      if (!behaviour[phase]) return finish(result, at + 1)
      hooks.result = answer.shown(result, phase)
      return whenReady(runPhase(behaviour, phase, hooks), () => finish(answer.changed(result, hooks.result, phase), at + 1))
    }
    const read = (): Maybe<Result> =>
      whenReady(
        inOrder(before, (phase) => runPhase(behaviour, phase, hooks)),
        () => whenReady(work(hooks), (result) => finish(result, 0)),
      )
    const nest = behaviour.around?.[method]
    const { readsWait: waits = false } = behaviour
    const run = (): Maybe<Result> =>
      nest ? throughMiddleware(nest, hooks, { waits, savepoint: undefined }, () => planned(waits, read), seenAs(answer)) : read()
    return waits ? host.deeper(plan.name, run) : run()
  }

  /** Middleware that waits is called once, also where plans have to be loaded first. */
  function planned<Result>(waits: boolean, read: () => Maybe<Result>): Maybe<Result> {
    if (!waits) return read()
    return recovering(read, async (error) => {
      if (!(error instanceof MissingPlan)) throw error
      await database.loadPlans([error.objectName])
      return planned(waits, read)
    })
  }

  /** What middleware sees of an answer: a list, a number, or a record, which may be null. */
  const seenAs = <Result>(answer: Answer<Result>): Seen<Result> => ({
    shown: (result) => answer.shown(result, SEEN),
    changed: (result, shown) => answer.changed(result ?? answer.none, shown, SEEN),
  })

  /** The query with what hooks said about it. Only lists of records take more than a filter. */
  function narrowed(kind: Kind, hooks: HookContext, asked: AskedQuery): AskedQuery {
    const { id: _id, _id: _older, ...said } = hooks.query ?? {}
    if (Object.keys(said).length === 0) return asked
    const { query, values } = asked
    const added = parseQueryDocument(said, { limits: database.limits, object: plan.name, firstSlot: values.length })
    const { where, orderBy, select, limit, offset } = added.query
    const narrow: Query = where === undefined ? query : { ...query, narrowedBy: where }
    if (kind !== 'Find') return { query: narrow, values: [...values, ...added.values] }
    return {
      query: {
        ...narrow,
        ...(orderBy.length === 0 ? {} : { orderBy }),
        ...(select === undefined ? {} : { select }),
        ...(limit === undefined ? {} : { limit }),
        ...(offset === undefined ? {} : { offset }),
      },
      values: [...values, ...added.values],
    }
  }

  const isNarrowed = (hooks: HookContext): boolean => Object.keys(hooks.query ?? {}).some((key) => key !== 'id' && key !== '_id')

  const fromQuery: QueryStore['fromQuery'] = (operation, query, values, id) => {
    const kind = kindOf(operation, query)
    if (!isHooked(kind)) return plain.queries.fromQuery(operation, query, values, id)
    return around(
      kind,
      id,
      (hooks) => {
        const asked = narrowed(kind, hooks, { query, values })
        return plain.queries.fromQuery(operation, asked.query, asked.values, id)
      },
      operation === 'list' ? PAGE : operation === 'count' ? NUMBER : ROW,
    )
  }

  /** Planned ahead where no hook adds anything. */
  const fromAsked = (ask: () => AskedQuery, run: () => Maybe<Row>): Maybe<Row> => {
    const kind = kindOf('list', ask().query)
    if (!isHooked(kind)) return run()
    return around(
      kind,
      undefined,
      (hooks) => {
        if (!isNarrowed(hooks)) return run()
        const asked = narrowed(kind, hooks, ask())
        return plain.queries.fromQuery('list', asked.query, asked.values)
      },
      PAGE,
    )
  }

  const fromUrl: QueryStore['fromUrl'] = (operation, url, start, id) => {
    const { query, values } = readUrl(url, start, database.limits)
    return fromQuery(operation, query, values, id)
  }

  /** The record of an id, as far as hooks let it be seen. */
  const visible = (hooks: HookContext, id: string): Maybe<StoredRecord | undefined> => {
    const { query, values } = narrowed('FindOne', hooks, { query: EMPTY_QUERY, values: [] })
    return whenReady(plain.queries.fromQuery('get', query, values, id), (row) =>
      row[0] === undefined ? undefined : (row as unknown as StoredRecord),
    )
  }

  const getHooked: ObjectStore['get'] = (id) =>
    around<StoredRecord | undefined>('FindOne', id, (hooks) => (isNarrowed(hooks) ? visible(hooks, id) : plain.get(id)), STORED)

  const ofClients: QueryStore['ofClients'] = {
    fromQuery(operation, query, values, id) {
      plain.queries.checkAllowed?.(operation, query)
      return fromQuery(operation, query, values, id)
    },
    fromUrl(operation, url, start, id) {
      const { query, values } = readUrl(url, start, database.limits)
      return ofClients.fromQuery(operation, query, values, id)
    },
  }

  return {
    queries: {
      ...plain.queries,
      ofClients,
      fromName: (name, given, isText) =>
        fromAsked(
          () => plain.queries.queryOf(name, given, isText),
          () => plain.queries.fromName(name, given, isText),
        ),
      fromTemplate: (document, given) =>
        fromAsked(
          () => plain.queries.queryOf(document, given),
          () => plain.queries.fromTemplate(document, given),
        ),
      fromQuery,
      fromUrl,
    },
    ...(isHooked('FindOne')
      ? {
          get: getHooked,
          getBy: (key) =>
            around<StoredRecord | undefined>(
              'FindOne',
              undefined,
              (hooks) =>
                whenReady(plain.getBy(key), (found) => {
                  if (!found || !isNarrowed(hooks)) return found
                  return visible(hooks, String((JSON.parse(found[0]) as RawRecord)['id']))
                }),
              STORED,
            ),
          // Who may not see a record may not see what it was.
          history: (id, options) =>
            whenReady(getHooked(id), (found) => {
              if (!found) throw missingRecord(plan, id)
              return plain.history(id, options)
            }),
        }
      : {}),
  }
}

const kindOf = (operation: Operation, { group }: Query): Kind => {
  if (operation === 'get') return 'FindOne'
  if (operation === 'count') return 'Count'
  return group ? 'Aggregate' : 'Find'
}

const textOf = (json: unknown): string => (typeof json === 'string' ? json : new TextDecoder().decode(json as Uint8Array))

const PAGE: Answer<Row> = {
  none: ['{"items":[]}'],
  shown: (row) => (JSON.parse(textOf(row[0])) as { items: unknown }).items,
  changed: (row, items) => [JSON.stringify({ ...(JSON.parse(textOf(row[0])) as object), items }), ...row.slice(1)],
}

const NUMBER: Answer<Row> = {
  none: [0],
  shown: (row) => Number(row[0] ?? 0),
  changed: (_row, count) => [Number(count)],
}

/** `afterFind` sees lists, so one of one record or of none; what it takes out is not found. `afterFindOne` sees the record, or null. */
const one = (json: string | undefined, phase: Phase): unknown => {
  const record = json === undefined ? undefined : (JSON.parse(json) as RawRecord)
  if (phase === 'afterFindOne') return record ?? null
  return record === undefined ? [] : [record]
}

function jsonOf(shown: unknown): string | undefined {
  const record: unknown = Array.isArray(shown) ? shown[0] : shown
  return record === null || record === undefined ? undefined : JSON.stringify(record)
}

const ROW: Answer<Row> = {
  none: ['null', 0],
  shown: (row, phase) => one(row[0] === undefined ? undefined : textOf(row[0]), phase),
  changed(row, shown) {
    const json = jsonOf(shown)
    return json === undefined ? [] : [json, ...row.slice(1)]
  },
}

const STORED: Answer<StoredRecord | undefined> = {
  none: ['null', 0],
  shown: (record, phase) => one(record?.[0], phase),
  changed(record, shown) {
    const json = jsonOf(shown)
    return json === undefined || record === undefined ? undefined : [json, record[1]]
  },
}
