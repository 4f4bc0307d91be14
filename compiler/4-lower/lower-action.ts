import { findFieldType } from '../2-parse/tables/field-types.ts'
import { textAttribute } from '../3-link/attributes.ts'
import type { LinkedAction } from '../3-link/model.ts'
import type { ActionResultIr } from '../ir/action-result.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { ActionIr } from '../ir/object.ts'
import { titleCase } from '../ir/words.ts'
import { annotationsOf, lowerField } from './lower-field.ts'
import type { ValueContext } from './lower-value.ts'

export interface ActionContext extends ValueContext {
  readonly isObject: (name: string) => boolean
}

export function lowerAction(action: LinkedAction, context: ActionContext): ActionIr {
  const { name, scope, params, attributes, module, exportPath, span } = action
  const description = textAttribute(attributes, 'description')
  const returns = actionResult(textAttribute(attributes, 'returnType') ?? textAttribute(attributes, 'returns'), context)
  return Object.freeze({
    name: name.value,
    label: textAttribute(attributes, 'label') ?? titleCase(name.value),
    ...(description === undefined ? {} : { description }),
    scope,
    // A parameter is a value of a field's type; there is no column behind it.
    params: Object.freeze(params.map((param) => lowerField(param, undefined, context))),
    ...(returns === undefined ? {} : { returns }),
    ...(module === undefined ? {} : { module }),
    ...(exportPath === undefined ? {} : { exportPath }),
    annotations: annotationsOf(attributes, ACTION_ATTRIBUTES),
    span,
  })
}

const ACTION_ATTRIBUTES: ReadonlySet<string> = new Set(['name', 'label', 'description'])

/** `text`, `number[]`, `account`, `void` … Undefined for what is none of those: then nothing is known about the answer. */
function actionResult(written: string | undefined, { isObject }: ActionContext): ActionResultIr | undefined {
  if (written === undefined) return undefined
  const [, name = '', list] = /^\s*(.*?)\s*(\[\])?\s*$/.exec(written) ?? []
  const isList = list !== undefined
  if (isObject(name)) return Object.freeze({ kind: 'record', object: name, isList })
  const type = findFieldType(name)
  const kind = PLAIN[name.toLowerCase()] ?? (type === undefined ? undefined : kindOf(type))
  if (kind === undefined) return undefined
  return Object.freeze(LISTS.has(name.toLowerCase()) ? { kind: 'json', isList: true } : { kind, isList })
}

/** Words of programming languages, where they are no field type or mean something else there. */
const PLAIN: { readonly [name: string]: ActionResultIr['kind'] } = {
  void: 'nothing',
  none: 'nothing',
  null: 'nothing',
  undefined: 'nothing',
  object: 'object',
  map: 'object',
  any: 'json',
  unknown: 'json',
  array: 'json',
  list: 'json',
  id: 'string',
}

const LISTS: ReadonlySet<string> = new Set(['array', 'list'])

function kindOf(type: FieldType): ActionResultIr['kind'] {
  switch (type) {
    case 'number':
    case 'currency':
    case 'percent':
    case 'rating':
    case 'slider':
    case 'progress':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'multiselect':
    case 'checkboxes':
    case 'tags':
    case 'array':
    case 'json':
    case 'vector':
    case 'formula':
    case 'summary':
      return 'json'
    case 'image':
    case 'file':
    case 'avatar':
    case 'video':
    case 'audio':
    case 'location':
    case 'address':
    case 'composite':
      return 'object'
    default:
      return 'string'
  }
}
