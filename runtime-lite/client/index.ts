/** The client SDK's runtime (`objectql/client`) and the types that generated declarations refer to. It needs only `fetch`. */
export type { Problem, ProblemCode, ProblemEntry } from '../problem/problem.ts'
export type * from '../types/index.ts'
export { actionClient, globalAction, globalActionWithout, recordAction, recordActionWithout } from './actions.ts'
export type { CallOptions, Connection, HeaderMap, WriteOptions } from './connection.ts'
export { type ClientQueryCall, named, namedWithout, type QueryOperation, queryClient } from './named-queries.ts'
export { type HistoryCalls, type ObjectClient, objectClient, type ToldClient, type TrashCalls } from './object-client.ts'
export type {
  AggregateCall,
  CloneCall,
  CountCall,
  CreateCall,
  CreateManyCall,
  DeleteCall,
  DeleteManyCall,
  EachCall,
  GetByCall,
  GetCall,
  HistoryCall,
  ListCall,
  PurgeCall,
  RestoreCall,
  ToldCloneCall,
  ToldCreateCall,
  ToldCreateManyCall,
  ToldUpdateCall,
  ToldUpdateFirstCall,
  ToldUpsertCall,
  ToldUpsertManyCall,
  UpdateCall,
  UpdateFirstCall,
  UpdateManyCall,
  UpsertCall,
  UpsertManyCall,
} from './operation-types.ts'
export {
  aggregate,
  clone,
  count,
  create,
  createMany,
  each,
  get,
  getBy,
  history,
  list,
  pages,
  purge,
  purgeMany,
  remove,
  removeMany,
  restore,
  restoreMany,
  update,
  updateFirst,
  updateMany,
  upsert,
  upsertMany,
} from './operations.ts'
export { type ErrorCode, isProblem, ProblemError } from './problem-error.ts'
export type { EventCalls, SendEventCall, WorkflowCall, WorkflowCalls } from './workflow-types.ts'
export {
  sendEvent,
  type WorkflowInstanceQuery,
  type WorkflowListQuery,
  type WorkflowPage,
  type WorkflowStart,
  type WorkflowTaskQuery,
  workflowAct,
  workflowCancel,
  workflowClient,
  workflowInstances,
  workflowReassign,
  workflowRetry,
  workflowStart,
  workflowSteps,
  workflowTasks,
} from './workflows.ts'
