import { propertyKey } from '../../code/literal.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from './js-doc.ts'
import { typeNames } from './type-names.ts'

/**
 * A file of types for functions that users write, a few names for each object. What nobody mentions is never looked at.
 *
 * @param kind What the functions are: `Hook` leads to `HookRecords` and `HookApi`.
 * @param typesOf The types of one object, by the name of the type of its records.
 */
export function functionTypes(app: AppIr, kind: string, typesOf: (object: ObjectIr, record: string) => readonly string[]): string {
  const namesByObject = typeNames(app)
  const named = app.objects.map((object) => ({ object, record: namesByObject.get(object.name)?.record ?? 'never' }))
  const types = named.flatMap(({ object, record }) => [
    `/** What ${kind.toLowerCase()}s of ${inComment(object.label)} are called with, and what they are. */`,
    ...typesOf(object, record),
    '',
  ])
  return `${fileHeader()}
import type * as ql from 'objectql/spec'
import type * as objects from './objects/index.js'

/** The records of each object, as \`ctx.api\` reads and writes them. */
export interface ${kind}Records {
${named.map(({ object, record }) => `  ${propertyKey(object.name)}: objects.${record}`).join('\n')}
}

export type ${kind}Api = ql.TypedApi<${kind}Records>

${types.join('\n').trimEnd()}
`
}
