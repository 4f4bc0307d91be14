import type { FieldDefinition, FieldOptions, FieldTypeName, OptionDefinition } from './definitions.ts'

type Options = readonly OptionDefinition[]

const field =
  <const Type extends FieldTypeName>(type: Type) =>
  (options: FieldOptions = {}): FieldDefinition & { readonly type: Type } => ({ ...options, type })

/** Options first, or everything in one object. */
const choice =
  <const Type extends FieldTypeName>(type: Type) =>
  (
    first: Options | (FieldOptions & { readonly options?: Options }) = {},
    rest: FieldOptions = {},
  ): FieldDefinition & { readonly type: Type } =>
    isList(first) ? { ...rest, type, options: first } : { ...first, type }

/** Target object first, or everything in one object. */
const relation =
  <const Type extends FieldTypeName>(type: Type) =>
  (first: string | readonly string[] | FieldOptions, rest: FieldOptions = {}): FieldDefinition & { readonly type: Type } =>
    typeof first === 'string' || isList(first) ? { ...rest, type, reference: first } : { ...first, type }

/** `Array.isArray` does not narrow readonly lists. */
const isList = <Item, Other>(value: readonly Item[] | Other): value is readonly Item[] => Array.isArray(value)

const masterDetail = relation('master_detail')

/**
 * Builders of fields. Each keeps exactly what it is given and adds the type: option values are neither lower-cased nor
 * otherwise changed.
 */
export const Field = {
  text: field('text'),
  textarea: field('textarea'),
  markdown: field('markdown'),
  html: field('html'),
  richtext: field('richtext'),
  email: field('email'),
  url: field('url'),
  phone: field('phone'),
  password: field('password'),
  secret: field('secret'),
  color: field('color'),
  signature: field('signature'),
  qrcode: field('qrcode'),
  number: field('number'),
  currency: field('currency'),
  percent: field('percent'),
  slider: field('slider'),
  progress: field('progress'),
  boolean: field('boolean'),
  toggle: field('toggle'),
  date: field('date'),
  datetime: field('datetime'),
  time: field('time'),
  tags: field('tags'),
  user: field('user'),
  image: field('image'),
  file: field('file'),
  avatar: field('avatar'),
  video: field('video'),
  audio: field('audio'),
  location: field('location'),
  address: field('address'),
  json: field('json'),
  array: field('array'),
  repeater: field('repeater'),
  composite: field('composite'),
  record: field('record'),
  formula: field('formula'),
  summary: field('summary'),
  autonumber: field('autonumber'),
  select: choice('select'),
  radio: choice('radio'),
  multiselect: choice('multiselect'),
  checkboxes: choice('checkboxes'),
  lookup: relation('lookup'),
  masterDetail,
  master_detail: masterDetail,
  tree: relation('tree'),
  /** `Field.code('sql', { … })` */
  code: (first: string | FieldOptions = {}, rest: FieldOptions = {}): FieldDefinition =>
    typeof first === 'string' ? { ...rest, type: 'code', language: first } : { ...first, type: 'code' },
  /** `Field.rating(10, { … })`; five stars unless said otherwise. */
  rating: (first: number | FieldOptions = {}, rest: FieldOptions = {}): FieldDefinition =>
    typeof first === 'number' ? { ...rest, type: 'rating', max: first } : { max: 5, ...first, type: 'rating' },
  /** `Field.vector(1536, { … })` */
  vector: (first: number | FieldOptions = {}, rest: FieldOptions = {}): FieldDefinition =>
    typeof first === 'number' ? { ...rest, type: 'vector', dimensions: first } : { ...first, type: 'vector' },
}
