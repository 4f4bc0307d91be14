import { code, type Hole, lines, NOTHING, raw, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { namesFrom, sourceText } from '../../code/source-text.ts'
import type { AppIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { warningRules } from '../warning-rules.ts'
import { TYPES_MODULE } from './declarations.ts'
import { type TypeNames, typeNames } from './type-names.ts'

/** Name of the type of `app.objects`: `Objects`, unless an object has taken that. */
export const objectsTypeName = (app: AppIr): string =>
  app.objects.some(({ names }) => names.pascal === 'Objects') ? 'Objects$1' : 'Objects'

/** `objects/index.d.ts`: the types of all objects in one place, and the type of `app.objects`. */
export function objectsIndex(app: AppIr): string {
  const namesByObject = typeNames(app)
  const objects = app.objects.flatMap((object) => {
    const names = namesByObject.get(object.name)
    return names ? [{ object, names, from: `./${object.names.file}.js` }] : []
  })
  return sourceText({
    header: `${fileHeader()}\nimport type * as ql from '${TYPES_MODULE}'`,
    body: code`
${lines(objects.map(({ names, from }) => raw(namesFrom('export type ', exportedTypes(names), from))))}

/** Every object, in process: the type of \`app.objects\`. */
export interface ${raw(objectsTypeName(app))} {
  ${lines(objects.map(({ object, names, from }) => code`readonly ${raw(propertyKey(object.name))}: ql.${raw(warningRules(object).length > 0 ? 'ToldCalls' : 'ObjectCalls')}<${typeSym(names.model, from)}${callsOf(names, from)}>`))}
}
`,
  })
}

/** Types of its queries and actions, where it has some. */
function callsOf({ queryCalls, actionCalls }: TypeNames, from: string): Hole {
  const queries = queryCalls === '' ? undefined : typeSym(queryCalls, from)
  if (actionCalls === '') return queries === undefined ? NOTHING : code`, ${queries}`
  return code`, ${queries ?? raw('ql.NoQueries')}, ${typeSym(actionCalls, from)}`
}

function exportedTypes({
  client: _,
  clientQueries: __,
  clientActions: ___,
  queryCalls,
  actionCalls,
  optionByField,
  queries,
  actions,
  ...names
}: TypeNames): readonly string[] {
  const ofQueries = [...queries.values()].flatMap(({ params, item }) => [...(params ? [params] : []), ...(item ? [item] : [])])
  const ofActions = [...actions.values()].flatMap(({ params, optionByParam }) => [...(params ? [params] : []), ...optionByParam.values()])
  const calls = [queryCalls, actionCalls].filter((name) => name !== '')
  return [...Object.values(names), ...optionByField.values(), ...ofQueries, ...ofActions, ...calls].sort()
}
