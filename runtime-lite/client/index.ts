/** The client SDK's runtime (`objectql/client`) and the types that generated declarations refer to. It needs only `fetch`. */
export type { Problem, ProblemCode, ProblemEntry } from '../problem/problem.ts'
export type * from '../types/index.ts'
export type { CallOptions, Connection, HeaderMap, WriteOptions } from './connection.ts'
export { type ObjectClient, objectClient } from './object-client.ts'
export type { CountFunction, CreateFunction, DeleteFunction, GetFunction, ListFunction, UpdateFunction } from './operation-types.ts'
export { count, create, get, list, remove, update } from './operations.ts'
export { type ErrorCode, isProblem, ProblemError } from './problem-error.ts'
