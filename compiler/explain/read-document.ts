import { parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import type { Node } from '../1-load/node.ts'
import { readJson } from '../1-load/read-json.ts'
import { type Question, QuestionError, type QuestionText } from './question.ts'
import { objectNamed, type QuestionRequest } from './question-request.ts'

/** A query as JSON. @throws QuestionError, ObjectQLError */
export function readDocument(text: string, { object, app, limits }: QuestionRequest): Question {
  const document: unknown = parsedJson(text)
  const named = (document as { readonly object?: unknown }).object
  if (object === undefined && typeof named !== 'string')
    throw new QuestionError({
      code: 'INVALID_QUERY',
      message: 'Which object is asked? Add "object" to the document, or --object.',
      text,
      offset: 0,
    })
  const place = documentText(text).offsetOf('object', undefined)
  const { name } = objectNamed(object ?? String(named), app, text, object === undefined ? place : undefined)
  const { query, values } = parseQueryDocument(document, { limits, object: name })
  return { object: name, operation: 'list', query, values }
}

function parsedJson(text: string): unknown {
  const { diagnostics } = readJson('query', text)
  const [first] = diagnostics
  if (first) throw new QuestionError({ code: 'INVALID_JSON', message: first.message, text, offset: first.span.start })
  return JSON.parse(text)
}

/** Places of a JSON document are named by the keys that lead there. */
export function documentText(text: string, start = 0, under = ''): QuestionText {
  const [root] = readJson('query', text).roots
  const offsets = new Map<string, Place>()
  if (root) collect(root, under, offsets)
  return {
    text,
    offsetOf(parameter, position) {
      const place = offsets.get(parameter)
      if (!place) return undefined
      return start + (position === undefined || place.value === undefined ? place.key : place.value + position)
    },
  }
}

interface Place {
  /** Where the key stands; of an item of a list the item. */
  readonly key: number
  /** Where the text of a string begins. */
  readonly value: number | undefined
}

/** `where.$or[1].amount`: as the parsers of the language put it. */
function collect(node: Node, path: string, places: Map<string, Place>): void {
  const add = (inner: string, value: Node, key: number): void => {
    places.set(inner, { key, value: value.kind === 'scalar' && typeof value.value === 'string' ? value.span.start : undefined })
    collect(value, inner, places)
  }
  if (node.kind === 'list') for (const [index, item] of node.items.entries()) add(`${path}[${index}]`, item, item.span.start)
  if (node.kind === 'map')
    for (const { key, keySpan, value } of node.entries) add(path === '' ? key : `${path}.${key}`, value, keySpan.start)
}
