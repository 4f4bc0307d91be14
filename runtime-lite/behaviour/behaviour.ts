import type { MiddlewareOperation, Nest } from '../middleware/middleware.ts'

type HookContext = import('./hook-context.ts').HookContext
type RelatedPlan = import('../related/related-plan.ts').RelatedPlan

/** The hooks of one object and one event, in order. Gives a promise when one of them waits. */
export type Pipeline = (context: HookContext) => unknown

/**
 * What the hooks of one object do, by phase. Before- and after-hooks belong to the transaction of the operation: what they throw undoes it.
 * Every member is there only when some hook is.
 */
export interface Behaviour {
  /**
   * Some hook of a write waits, or has to know how the transaction ended: every write gets a transaction, or a savepoint, of its own. Absent:
   * all are proven not to wait, and on an embedded database they run inside the open turn.
   */
  readonly waits?: true
  /** Where some hook waits: those of these phases are proven not to, nor to look at other records. Writes of many records run them before one write. */
  readonly independent?: readonly ('beforeUpdate' | 'beforeDelete')[]
  /**
   * Of the pipelines behind a write those that are proven to come to their end, looking at nothing but what is written: they run once the statement is
   * done, which is a transaction by itself then. The functions themselves: what takes the place of one of them is not proven.
   */
  readonly harmless?: readonly Pipeline[]
  /** Some hook of a read waits. */
  readonly readsWait?: true
  /** That record is read under a lock: what follows from it may happen only once. */
  readonly locksPrevious?: true
  /** Some hook of an update or a deletion looks at the record as it was. */
  readonly needsPrevious?: true
  /** Conditions before an update look at these fields: the record is read where a patch does not give all of them. */
  readonly readsOnUpdate?: readonly string[]
  /** Conditions of a deletion look at the record. */
  readonly readsOnDelete?: true
  /** What conditions of a phase look at beyond lookups. */
  readonly related?: RelatedOfPhases
  /** What is read of related records is held until the transaction ends. */
  readonly locksRelated?: true
  /** State machines, for events that are sent. */
  readonly machines?: readonly import('../workflow/machine-plan.ts').MachinePlan[]
  /** Those of them with several states at once, histories or times. */
  readonly charts?: readonly import('../workflow/chart/chart-plan.ts').ChartPlan[]
  /** The middleware of each operation, nested. */
  readonly around?: { readonly [Operation in MiddlewareOperation]?: Nest }
  /** Some middleware of a write may go on after an error: each write has a savepoint. */
  readonly recovers?: true
  readonly beforeCreate?: Pipeline
  readonly afterCreate?: Pipeline
  readonly beforeUpdate?: Pipeline
  readonly afterUpdate?: Pipeline
  readonly beforeDelete?: Pipeline
  readonly afterDelete?: Pipeline
  /** Around records that are taken out of the trash. */
  readonly beforeRestore?: Pipeline
  readonly afterRestore?: Pipeline
  /** Around records of an object with a trash that are deleted for good. */
  readonly beforePurge?: Pipeline
  readonly afterPurge?: Pipeline
  /** Once for each `updateMany`, besides what runs for each record. */
  readonly beforeUpdateMany?: Pipeline
  readonly afterUpdateMany?: Pipeline
  readonly beforeDeleteMany?: Pipeline
  readonly afterDeleteMany?: Pipeline
  readonly beforeFind?: Pipeline
  readonly afterFind?: Pipeline
  readonly beforeFindOne?: Pipeline
  readonly afterFindOne?: Pipeline
  readonly beforeCount?: Pipeline
  readonly afterCount?: Pipeline
  readonly beforeAggregate?: Pipeline
  readonly afterAggregate?: Pipeline
  /** Once the transaction is committed. Nobody waits for it; what it throws is reported. */
  readonly afterCommit?: Pipeline
  /** Once the transaction is undone; `context.error` says why. */
  readonly afterRollback?: Pipeline
}

export type Phase = Exclude<
  keyof Behaviour,
  | 'waits'
  | 'independent'
  | 'harmless'
  | 'readsWait'
  | 'needsPrevious'
  | 'readsOnUpdate'
  | 'readsOnDelete'
  | 'locksPrevious'
  | 'related'
  | 'locksRelated'
  | 'machines'
  | 'charts'
  | 'around'
  | 'recovers'
>

export type RelatedOfPhases = { readonly [Of in Phase]?: readonly RelatedPlan[] }

/** How the transaction ended: with an error, nothing was kept. */
export type Settled = (error: unknown) => void

/** What hooks need of the application around them. One for each application. */
export interface BehaviourHost {
  /** Reading and writing any object. Inside of a transaction it takes part. */
  readonly access: DataAccess
  /** The same, as the application itself. */
  readonly systemAccess: DataAccess
  /** Called once, after the transaction the calling code runs in has ended. */
  onSettled(settled: Settled): void
  /** Runs work that nobody waits for, outside of any transaction. */
  later(name: string, work: () => unknown): void
  /** Takes what an operator has to see. */
  report(error: unknown): void
  /**
   * Runs the hooks of one operation, one level deeper than whatever started the operation.
   * @throws ObjectQLError 500 when hooks that write to each other's objects go around in a circle.
   */
  deeper<Result>(object: string, work: () => Result): Result
  /** A function that the program registered. @throws ObjectQLError 500 when it did not. */
  handlerNamed(name: string): (context: HookContext) => unknown
  /** Milliseconds since 1970, by the clock of workflows. */
  now(): number
  /** A workflow was started: its first step is due once the open transaction has committed. */
  wake(): void
  /** Milliseconds of the clock that retries and timeouts go by. */
  readonly clock: Clock
}

export interface Clock {
  /** Calls back after so many milliseconds; the result calls it off. */
  after(milliseconds: number, call: () => void): () => void
}

type Row = { [field: string]: unknown }

/** One object, as `api.object(name)` gives it. */
export interface ObjectAccess {
  find(query?: object): Promise<Row[]>
  /** Null when there is none. */
  findOne(idOrQuery: string | object): Promise<Row | null>
  get(id: string): Promise<Row | null>
  count(filter?: object): Promise<number>
  create(record: object): Promise<Row>
  insert(record: object): Promise<Row>
  update(id: string, record: object): Promise<Row>
  updateMany(filter: object, record: object): Promise<number>
  /** Changes the record with the same unique key (default: id), or creates it. */
  upsert(record: object, options?: { readonly on?: readonly string[] }): Promise<Row>
  delete(id: string): Promise<boolean>
  deleteMany(filter: object): Promise<number>
  /** Runs an action of the object. */
  execute(action: string, id: string | undefined, params?: object): Promise<unknown>
}

/** Reading and writing by name of the object, in every spelling hooks and actions use. */
export interface DataAccess {
  object(name: string): ObjectAccess
  find(object: string, query?: object): Promise<Row[]>
  findOne(object: string, idOrQuery: string | object): Promise<Row | null>
  count(object: string, filter?: object): Promise<number>
  create(object: string, record: object): Promise<Row>
  insert(object: string, record: object): Promise<Row>
  update(object: string, id: string, record: object): Promise<Row>
  delete(object: string, id: string): Promise<boolean>
  /** All or nothing; inside of a transaction a savepoint. */
  transaction<Result>(work: (api: DataAccess) => Promise<Result> | Result): Promise<Result>
  readonly doc: {
    get(object: string, id: string): Promise<Row | null>
    create(object: string, record: object): Promise<Row>
    update(object: string, id: string, record: object): Promise<Row>
    delete(object: string, id: string): Promise<boolean>
  }
}
