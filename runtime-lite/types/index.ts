/** Types that generated declarations refer to. No code, and no types of any platform. */
export type { Issue, IssueCode } from '../problem/issue.ts'
export type { RecordWarning, RuleWarning } from '../problem/rule-warning.ts'
export type { Address, Attachment, GeoPoint, ImageAttachment, JsonObject, JsonValue } from '../values.ts'
export type { AggregateQuery, AggregateRow, Aggregation, Aggregations, GroupItem } from './aggregate.ts'
export type { CompiledQuery, QueryCompiler, QueryTemplate, QueryValue } from './compiled-query.ts'
export type {
  BooleanFilter,
  ChildrenFilter,
  DateFilter,
  DatetimeFilter,
  IdFilter,
  JsonPathFilter,
  ListFilter,
  LocationFilter,
  Logic,
  NumberFilter,
  OptionFilter,
  RelationFilter,
  RelationListFilter,
  StructureFilter,
  TextFilter,
  VectorFilter,
} from './filter.ts'
export type { FieldMetadata, ObjectMetadata, OptionMetadata } from './metadata.ts'
export type { AnyModel, Expand, ExpandMany, NoExpand, NoRelations } from './model.ts'
export type { QueryCall } from './named-query.ts'
export type { CallOptions, NoActions, NoQueries, ObjectCalls, ToldCalls } from './object-calls.ts'
export type { CountQuery, GetQuery, ListQuery, MatchQuery, Page, SearchQuery } from './query.ts'
export type { Result } from './result.ts'
export type { Direction, Order, Sort } from './sort.ts'
export type { Validate } from './validate.ts'
export type { NewAssignee, WorkflowInstance, WorkflowStep, WorkflowTask } from './workflow.ts'
export type {
  Changes,
  ChangesOfMany,
  CloneOptions,
  CreateResult,
  CreateValues,
  FirstOptions,
  HistoryEntry,
  HistoryPage,
  Increment,
  ManyOptions,
  RowError,
  Told,
  UpsertOptions,
} from './write.ts'
