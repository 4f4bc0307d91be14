import type { ObjectPlan } from '../../object/object-plan.ts'
import { queryError } from '../../problem/problem.ts'
import { bindQuery } from '../bind/bind-query.ts'
import type { BindLimits, LoadedPlan } from '../bind/bind-scope.ts'
import { parseQueryDocument } from '../parse/query-document.ts'
import type { Dialect } from '../print/dialect.ts'
import { inferParameter, kindInWords } from './infer-parameter.ts'
import type { NamedQuery } from './named-query.ts'
import { parameterUses } from './parameter-uses.ts'
import type { QueryParameter } from './query-parameter.ts'

/**
 * A document with `'$name'` in place of values: each parameter is what it is compared with, and none has a default.
 * @throws ObjectQLError 400 for what the object does not have, and for a parameter that no value fits.
 */
export function readTemplate(
  document: Readonly<Record<string, unknown>>,
  plan: ObjectPlan,
  { dialect, limits, loadedPlan }: { readonly dialect: Dialect; readonly limits: BindLimits; readonly loadedPlan: LoadedPlan },
): NamedQuery {
  const names: string[] = []
  const addParameter = (name: string): number | undefined =>
    name.includes('.') ? undefined : names.includes(name) ? names.indexOf(name) : names.push(name) - 1
  const { query } = parseQueryDocument(document, { limits, object: plan.name, parameters: names, addParameter })
  const uses = parameterUses(query, bindQuery(query, plan, { operation: 'list', dialect, limits, loadedPlan }))
  const params = names.map((name, slot): [string, QueryParameter] => {
    const inferred = inferParameter(uses.filter((use) => use.slot === slot))
    if (inferred !== undefined && 'clash' in inferred) {
      const [first, second] = inferred.clash.map(kindInWords)
      throw queryError('INVALID_QUERY', name, `"$${name}" is ${first} in one place and ${second} in another. Use two parameters.`)
    }
    return [name, { ...(inferred?.parameter ?? { kind: 'text' }), isRequired: true }]
  })
  return { params: Object.fromEntries(params), document }
}
