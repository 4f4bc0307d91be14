import { propertyKey } from '../../code/literal.ts'
import type { AppIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { typeNames } from '../objects/type-names.ts'

/** `validators.d.ts`: what functions of `*.validator.ts` are called with, for each object. */
export function validatorTypes(app: AppIr): string {
  const namesByObject = typeNames(app)
  const named = app.objects.map(({ name, label }) => ({ name, label, record: namesByObject.get(name)?.record ?? 'never' }))
  const types = named.flatMap(({ label, record }) => [
    `/** What validators of ${inComment(label)} are called with, and what they are. */`,
    `export type ${record}ValidatorContext = ql.ValidatorContextOf<objects.${record}, ValidatorApi>`,
    `export type ${record}Validator = ql.ValidatorOf<${record}ValidatorContext>`,
    '',
  ])
  return `${fileHeader()}
import type * as ql from 'objectql/spec'
import type * as objects from './objects/index.js'

/** The records of each object, as \`ctx.api\` reads and writes them. */
export interface ValidatorRecords {
${named.map(({ name, record }) => `  ${propertyKey(name)}: objects.${record}`).join('\n')}
}

export type ValidatorApi = ql.TypedApi<ValidatorRecords>

${types.join('\n').trimEnd()}
`
}
