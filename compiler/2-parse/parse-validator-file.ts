import type { ModuleDocument } from '../1-load/document.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { type Exported, exportsOf, isClass, membersOf } from './exports.ts'
import type { ValidatorSyntax } from './syntax.ts'

/** `*.validator.ts`: functions by name, alone or in a map. Rules of the object the file is called after ask them. */
export function parseValidatorFile(document: ModuleDocument, context: ParseContext): Part {
  const object = { value: document.stem, span: Span.file(document.path) }
  const toValidator = ({ name, keySpan, path, exportPath }: Exported): ValidatorSyntax => ({
    // An unnamed default export is called like its object.
    ...{ name: name === 'default' ? document.stem : name, object, module: path, exportPath, span: keySpan },
  })
  const exported = exportsOf(document)
  const validators = exported.flatMap((one) => [one, ...(one.node.kind === 'map' ? membersOf(one) : [])]).filter(isFunction)
  if (validators.length === 0) context.report(diagnose('parse/no-validator', Span.file(document.path), {}))
  return { validators: validators.map(toValidator) }
}

const isFunction = ({ node }: Exported): boolean => node.kind === 'function' && !isClass(node)
