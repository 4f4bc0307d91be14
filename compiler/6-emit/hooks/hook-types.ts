import { propertyKey } from '../../code/literal.ts'
import type { AppIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { typeNames } from '../objects/type-names.ts'

const KINDS: readonly string[] = ['Hook', 'Create', 'Update', 'Delete', 'Find']

/** `hooks.d.ts`: what hooks are called with, a few names for each object. What nobody mentions is never looked at. */
export function hookTypes(app: AppIr): string {
  const namesByObject = typeNames(app)
  const named = app.objects.map(({ name, label, trash }) => ({
    ...{ name, label, kinds: trash ? [...KINDS, 'Restore', 'Purge'] : KINDS },
    record: namesByObject.get(name)?.record ?? 'never',
  }))
  const contexts = named.flatMap(({ label, record, kinds }) => [
    `/** What hooks of ${inComment(label)} are called with, and what they are. */`,
    ...kinds.map((kind) => `export type ${record}${kind}Context = ql.${kind}ContextOf<objects.${record}, HookApi>`),
    `export type ${record}Hook = ql.HookOf<${record}HookContext>`,
    '',
  ])
  return `${fileHeader()}
import type * as ql from 'objectql/spec'
import type * as objects from './objects/index.js'

/** The records of each object, as \`ctx.api\` reads and writes them. */
export interface HookRecords {
${named.map(({ name, record }) => `  ${propertyKey(name)}: objects.${record}`).join('\n')}
}

export type HookApi = ql.TypedApi<HookRecords>

${contexts.join('\n').trimEnd()}
`
}
