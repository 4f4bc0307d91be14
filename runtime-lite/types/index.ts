/** Types that generated declarations refer to. No code, and no types of any platform. */
export type { Issue, IssueCode } from '../problem/issue.ts'
export type { Address, Attachment, GeoPoint, ImageAttachment, JsonObject, JsonValue } from '../values.ts'
export type {
  BooleanFilter,
  DateFilter,
  DatetimeFilter,
  Direction,
  IdFilter,
  ListFilter,
  Logic,
  NumberFilter,
  OptionFilter,
  Sort,
  StructureFilter,
  TextFilter,
} from './filter.ts'
export type { FieldMetadata, ObjectMetadata, OptionMetadata } from './metadata.ts'
export type { AnyModel, Expand, ExpandQuery, NoRelations } from './model.ts'
export type { ObjectCalls } from './object-calls.ts'
export type { CountQuery, GetQuery, ListQuery, Page } from './query.ts'
export type { Result } from './result.ts'
