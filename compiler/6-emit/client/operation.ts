import type { ApiMethod, ObjectIr } from '../../ir/object.ts'

/** A call that a client can make: which function of the runtime makes it, what it is called, and the type of that function. */
export interface Operation {
  /** `listAccounts`: also the operation id in OpenAPI. */
  readonly name: string
  /** Export of `objectql/client`. */
  readonly factory: 'list' | 'get' | 'create' | 'update' | 'remove' | 'count'
  /** Method of `client.account`. */
  readonly method: 'list' | 'get' | 'create' | 'update' | 'delete' | 'count'
  readonly type: 'ListFunction' | 'GetFunction' | 'CreateFunction' | 'UpdateFunction' | 'DeleteFunction' | 'CountFunction'
}

/** What the API of an object offers, in a fixed order. Who may list may count. */
export function operationsOf({ names, methods }: ObjectIr): readonly Operation[] {
  const { pascal, pascalPlural } = names
  const offers = (method: ApiMethod, operation: Operation): readonly Operation[] => (methods.includes(method) ? [operation] : [])
  return [
    ...offers('list', { name: `list${pascalPlural}`, factory: 'list', method: 'list', type: 'ListFunction' }),
    ...offers('get', { name: `get${pascal}`, factory: 'get', method: 'get', type: 'GetFunction' }),
    ...offers('create', { name: `create${pascal}`, factory: 'create', method: 'create', type: 'CreateFunction' }),
    ...offers('update', { name: `update${pascal}`, factory: 'update', method: 'update', type: 'UpdateFunction' }),
    ...offers('delete', { name: `delete${pascal}`, factory: 'remove', method: 'delete', type: 'DeleteFunction' }),
    ...offers('list', { name: `count${pascalPlural}`, factory: 'count', method: 'count', type: 'CountFunction' }),
  ]
}

/** How many operations an object has when its API leaves none out. */
export const ALL_OPERATIONS = 6

/** Path of an object's collection on the server: `/api/crm_account`. */
export const collectionPath = (basePath: string, object: ObjectIr): string => `${basePath}/${encodeURIComponent(object.name)}`
