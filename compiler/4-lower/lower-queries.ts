import { compareText } from '../3-link/compare.ts'
import type { LinkedObject, LinkedQuery } from '../3-link/model.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { NamedQueryIr } from '../ir/object.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { lowerField } from './lower-field.ts'
import type { ValueContext } from './lower-value.ts'

/** The named queries of an object, sorted by name. */
export function lowerQueries({ queries }: LinkedObject, context: ValueContext): readonly NamedQueryIr[] {
  return [...queries]
    .sort((a, b) => compareText(a.name.value, b.name.value))
    .map(({ name, description, params, document, spanOf, span }) => {
      const spans = Object.fromEntries(pointersIn(document).map((pointer) => [pointer, spanOf(pointer)]))
      return Object.freeze({
        name: name.value,
        ...(description === undefined ? {} : { description }),
        // A parameter is a value of a field's type; there is no column behind it.
        params: Object.freeze(params.map((param) => lowerField(param, undefined, context))),
        optional: Object.freeze(params.filter(isOptional).map((param) => param.name)),
        document: freezeDeep(structuredClone(document)),
        spans: Object.freeze<{ [pointer: string]: Span }>(spans),
        span,
      })
    })
}

/** Fields need no value unless they say so, parameters do. */
const isOptional = ({ attributes }: LinkedQuery['params'][number]): boolean => attributes.get('required')?.value === false

/** JSON pointers of all values inside one, the value itself excluded. */
function pointersIn(value: Json, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const pointer = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return [pointer, ...pointersIn(inner as Json, pointer)]
  })
}
