import type { ApiMethod, ObjectIr } from '../../ir/object.ts'
import { isClonable, trackedFields } from '../tracked-fields.ts'
import { warningRules } from '../warning-rules.ts'

/** A call that a client can make: which function of the runtime makes it, what it is called, and the type of that function. */
export interface Operation {
  /** `listAccounts`: also the operation id in OpenAPI. */
  readonly name: string
  /** Export of `objectql/client`. */
  readonly factory: string
  /** Method of `client.account`. */
  readonly method: string
  /** Type of the function. */
  readonly type: string
}

/** Its former values can be read. */
export const keepsHistory = (object: ObjectIr): boolean => trackedFields(object).length > 0

/** Deleted records stay until they are purged. */
const hasTrash = ({ trash }: ObjectIr): boolean => trash !== undefined

/** Calls by what an object's API has to offer for them. `many`: the function is named after several records. */
const CALLS: readonly {
  readonly needs: readonly ApiMethod[]
  readonly verb: string
  readonly many?: true
  readonly factory: string
  readonly method: string
  readonly type: string
  /** What of the object has to be so besides. */
  readonly when?: (object: ObjectIr) => boolean
}[] = [
  { needs: ['list'], verb: 'list', many: true, factory: 'list', method: 'list', type: 'ListCall' },
  { needs: ['list'], verb: 'each', factory: 'each', method: 'each', type: 'EachCall' },
  { needs: ['get'], verb: 'get', factory: 'get', method: 'get', type: 'GetCall' },
  { needs: ['list'], verb: 'find', factory: 'getBy', method: 'getBy', type: 'GetByCall' },
  { needs: ['create'], verb: 'create', factory: 'create', method: 'create', type: 'CreateCall' },
  { needs: ['create'], verb: 'create', many: true, factory: 'createMany', method: 'createMany', type: 'CreateManyCall' },
  { needs: ['update'], verb: 'update', factory: 'update', method: 'update', type: 'UpdateCall' },
  { needs: ['create', 'get'], verb: 'clone', factory: 'clone', method: 'clone', type: 'CloneCall', when: isClonable },
  { needs: ['get'], verb: 'historyOf', factory: 'history', method: 'history', type: 'HistoryCall', when: keepsHistory },
  { needs: ['list', 'update'], verb: 'update', many: true, factory: 'updateMany', method: 'updateMany', type: 'UpdateManyCall' },
  { needs: ['list', 'update'], verb: 'updateFirst', factory: 'updateFirst', method: 'findOneAndUpdate', type: 'UpdateFirstCall' },
  { needs: ['create', 'update'], verb: 'upsert', factory: 'upsert', method: 'upsert', type: 'UpsertCall' },
  { needs: ['create', 'update'], verb: 'upsert', many: true, factory: 'upsertMany', method: 'upsertMany', type: 'UpsertManyCall' },
  { needs: ['delete'], verb: 'delete', factory: 'remove', method: 'delete', type: 'DeleteCall' },
  { needs: ['list', 'delete'], verb: 'delete', many: true, factory: 'removeMany', method: 'deleteMany', type: 'DeleteManyCall' },
  { needs: ['delete'], verb: 'restore', factory: 'restore', method: 'restore', type: 'RestoreCall', when: hasTrash },
  {
    needs: ['list', 'delete'],
    verb: 'restore',
    many: true,
    factory: 'restoreMany',
    method: 'restoreMany',
    type: 'DeleteManyCall',
    when: hasTrash,
  },
  { needs: ['delete'], verb: 'purge', factory: 'purge', method: 'purge', type: 'PurgeCall', when: hasTrash },
  {
    needs: ['list', 'delete'],
    verb: 'purge',
    many: true,
    factory: 'purgeMany',
    method: 'purgeMany',
    type: 'DeleteManyCall',
    when: hasTrash,
  },
  { needs: ['list'], verb: 'count', many: true, factory: 'count', method: 'count', type: 'CountCall' },
  { needs: ['list'], verb: 'aggregate', many: true, factory: 'aggregate', method: 'aggregate', type: 'AggregateCall' },
]

/** What the API of an object offers, in a fixed order. Who may list may count; what finds records by conditions takes a list, too. */
export function operationsOf(object: ObjectIr): readonly Operation[] {
  const { names, methods } = object
  const isTold = warningRules(object).length > 0
  return CALLS.filter(({ needs, when }) => needs.every((method) => methods.includes(method)) && when?.(object) !== false).map(
    ({ verb, many, factory, method, type }) => ({
      name: `${verb}${many ? names.pascalPlural : names.pascal}`,
      factory,
      method,
      type: isTold && TELLING.has(type) ? `Told${type}` : type,
    }),
  )
}

/** Calls that resolve to what was written. */
const TELLING: ReadonlySet<string> = new Set(
  ['Create', 'CreateMany', 'Update', 'Clone', 'UpdateFirst', 'Upsert', 'UpsertMany'].map((name) => `${name}Call`),
)

/** Methods of objects that keep more than their records. */
const BESIDES: ReadonlySet<string> = new Set(['history', 'restore', 'restoreMany', 'purge', 'purgeMany'])

/** Methods of a client whose API leaves none out. Those of histories and of the trash are added where there are some. */
export const ALL_METHODS: readonly string[] = CALLS.map(({ method }) => method).filter((method) => !BESIDES.has(method))

/** Path of an object's collection on the server: `/api/crm_account`. */
export const collectionPath = (basePath: string, object: ObjectIr): string => `${basePath}/${encodeURIComponent(object.name)}`
