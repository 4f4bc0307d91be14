import type { Attributes, OptionSyntax } from '../2-parse/syntax.ts'
import { memberAttribute, numberAttribute, textAttribute, textsAttribute } from '../3-link/attributes.ts'
import type { LinkedField } from '../3-link/model.ts'
import type { FieldType } from '../ir/field-type.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { OptionIr, ValueIr, VectorMetric } from '../ir/object.ts'
import { lowerNumber } from './lower-number.ts'

export interface ValueContext {
  /** Every choice field also takes values outside its list. */
  readonly areOptionsOpen: boolean
  /** The field a roll-up adds up. */
  readonly summedField: (field: LinkedField) => LinkedField | undefined
  /** The fields of the same object. */
  readonly fieldsBeside?: readonly LinkedField[]
}

/** What one value of the field is; a list field holds several of them. */
export function lowerValue(field: LinkedField, context: ValueContext): ValueIr {
  const { type, attributes } = field
  switch (type) {
    case 'text':
    case 'textarea':
    case 'markdown':
    case 'html':
    case 'richtext':
    case 'code':
    case 'email':
    case 'url':
    case 'phone':
    case 'password':
    case 'secret':
    case 'color':
    case 'signature':
    case 'qrcode':
      return lowerText(type, attributes)
    case 'autonumber':
      return { kind: 'string' }
    case 'number':
    case 'currency':
    case 'percent':
    case 'rating':
    case 'slider':
    case 'progress':
      return lowerNumber(type, attributes)
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
    case 'location':
    case 'address':
    case 'json':
      return { kind: type }
    case 'select':
    case 'radio':
    case 'multiselect':
    case 'checkboxes':
    case 'tags':
      return lowerOptions(field, context)
    case 'lookup':
    case 'master_detail':
    case 'tree':
    case 'user':
      return { kind: 'id' }
    case 'image':
    case 'avatar':
    case 'file':
    case 'video':
    case 'audio':
      return lowerAttachment(type, attributes)
    case 'array':
      return { kind: 'records' }
    case 'composite':
      return { kind: 'record' }
    case 'vector': {
      const dimensions = numberAttribute(attributes, 'dimensions')
      const metric = vectorMetric(attributes)
      return { kind: 'vector', ...(dimensions === undefined ? {} : { dimensions }), ...(metric === undefined ? {} : { metric }) }
    }
    case 'formula':
      return lowerFormula(field)
    case 'summary':
      return lowerSummary(field, context)
    default:
      return type satisfies never
  }
}

function lowerText(type: FieldType, attributes: Attributes): ValueIr {
  const minLength = numberAttribute(attributes, 'minLength')
  const maxLength = numberAttribute(attributes, 'maxLength')
  const pattern = textAttribute(attributes, 'pattern')
  const patternMessage = textAttribute(attributes, 'patternMessage')
  const wanted = [type, textAttribute(attributes, 'validationFormat'), textAttribute(attributes, 'format')]
  const format = TEXT_FORMATS.find((name) => wanted.includes(name))
  const protocols = textsAttribute(attributes, 'protocols')
  return {
    kind: 'string',
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(pattern === undefined || patternMessage === undefined ? {} : { patternMessage }),
    ...(format === undefined ? {} : { format }),
    ...(format !== 'url' || protocols.length === 0 ? {} : { protocols: [...protocols] }),
  }
}

const TEXT_FORMATS = ['email', 'url', 'phone'] as const

function lowerOptions({ type, options = [] }: LinkedField, { areOptionsOpen }: ValueContext): ValueIr {
  const usable = options.filter((option) => option.value.value !== '')
  const isNumeric = options.length > 0 && options.every((option) => typeof option.value.value === 'number')
  return {
    kind: 'option',
    base: isNumeric ? 'number' : 'string',
    options: options.map(lowerOption),
    // A list with nothing to choose from was never meant to refuse everything.
    isOpen: areOptionsOpen || type === 'tags' || usable.length < 2,
  }
}

const lowerOption = ({ value, label, annotations }: OptionSyntax): OptionIr => ({
  value: value.value,
  label,
  annotations: freezeDeep(annotations),
})

function lowerAttachment(type: FieldType, attributes: Attributes): ValueIr {
  const maxSize = numberAttribute(attributes, 'maxSize')
  const accept = textsAttribute(attributes, 'accept')
  return {
    kind: 'attachment',
    isImage: type === 'image' || type === 'avatar',
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(accept.length === 0 ? {} : { accept: [...accept] }),
  }
}

/** What the author says it is, else what it turned out to be. */
function lowerFormula({ attributes, formula }: LinkedField): ValueIr {
  const type = textAttribute(attributes, 'dataType') ?? formula?.type
  switch (type) {
    case 'number':
    case 'currency':
    case 'percent':
      return lowerNumber(type, attributes)
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return { kind: type }
    default:
      return { kind: 'string' }
  }
}

/** A count is whole; a smallest, largest or total is like what it is taken from; an average may have any decimals. */
function lowerSummary(field: LinkedField, context: ValueContext): ValueIr {
  const operation = field.summary?.function ?? memberAttribute(field.attributes, 'summaryOperations', 'function')
  if (operation === 'count') return { kind: 'number', isInteger: true, scale: 0 }
  const summed = context.summedField(field)
  if (summed === undefined || operation === 'avg' || summed.type === 'summary') return { kind: 'number', isInteger: false }
  const value = lowerValue(summed, context)
  if (value.kind === 'number')
    return { kind: 'number', isInteger: value.isInteger, ...(value.scale === undefined ? {} : { scale: value.scale }) }
  const isComparable = value.kind === 'date' || value.kind === 'datetime' || value.kind === 'time'
  return isComparable && operation !== 'sum' ? value : { kind: 'number', isInteger: false }
}

/** `vectorConfig.distanceMetric`, in any spelling of the four. */
function vectorMetric(attributes: Attributes): VectorMetric | undefined {
  const authored = memberAttribute(attributes, 'vectorConfig', 'distanceMetric') ?? memberAttribute(attributes, 'vectorConfig', 'metric')
  return typeof authored === 'string' ? METRICS.get(authored.toLowerCase().replace(/[^a-z0-9]/g, '')) : undefined
}

const METRICS: ReadonlyMap<string, VectorMetric> = new Map([
  ['cosine', 'cosine'],
  ['euclidean', 'euclidean'],
  ['l2', 'euclidean'],
  ['dot', 'dot'],
  ['dotproduct', 'dot'],
  ['innerproduct', 'dot'],
  ['manhattan', 'manhattan'],
  ['l1', 'manhattan'],
])
