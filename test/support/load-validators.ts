import { validators } from '../../compiler/6-emit/objects/validators.ts'
import { sourceText } from '../../compiler/code/source-text.ts'
import type { ObjectIr } from '../../compiler/ir/object.ts'
import type { Issue } from '../../runtime-lite/problem/issue.ts'
import * as helpers from '../../runtime-lite/validate/index.ts'

export type Validate = (input: unknown, at?: string) => readonly Issue[] | undefined

/** The module a compile would write for the object's validators. */
export const validatorText = (object: ObjectIr): string => sourceText({ header: '// Generated for a test.', body: validators(object) })

/** Runs the printed code with its import bound to the helpers of this process: thousands of modules a second. */
export function loadValidators(object: ObjectIr): { readonly create: Validate; readonly update: Validate } {
  const body = validatorText(object)
    .replace(/^import \{([^}]*)\} from 'objectql\/validate'$/m, 'const {$1} = helpers')
    .replaceAll(/^export function/gm, 'function')
  const { pascal } = object.names
  const load = new Function('helpers', `'use strict'\n${body}\nreturn { create: validate${pascal}Create, update: validate${pascal}Update }`)
  return load(helpers) as { create: Validate; update: Validate }
}
