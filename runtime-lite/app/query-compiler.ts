import { frozen } from '../frozen.ts'
import { notFound, queryError } from '../problem/problem.ts'
import { parseQueryDocument } from '../query/parse/query-document.ts'
import type { CompiledQuery, QueryCompiler } from '../types/compiled-query.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { AppCore } from './app-core.ts'
import type { ObjectApi } from './object-api.ts'

/** `app.queries` over the objects of an application. */
export function createQueryCompiler<Objects>(core: AppCore, objects: Readonly<Record<string, ObjectApi>>): QueryCompiler<Objects> {
  const compile = (name: string, template: unknown): CompiledQuery<string, unknown> => {
    const api = Object.hasOwn(objects, name) ? objects[name] : undefined
    if (!api) throw notFound(`There is no object "${name.slice(0, 64)}".`)
    if (!isPlainObject(template))
      throw queryError('INVALID_QUERY', 'query', 'A query is an object such as { "where": { "status": "$status" } }.')
    // Whatever becomes of the caller's object, the query stays what it was.
    const document = frozen(structuredClone(template)) as Readonly<Record<string, unknown>>
    parseQueryDocument(document, {
      limits: core.manifest.api,
      object: name,
      parameters: [],
      addParameter: (name) => (name.includes('.') ? undefined : 0),
    })
    return {
      execute: (values: object = {}) => api.findTemplate(document, { ...values }) as ReturnType<CompiledQuery<string, unknown>['execute']>,
    }
  }
  return { compile } as unknown as QueryCompiler<Objects>
}
