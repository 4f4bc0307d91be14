import { code } from '../../code/code.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { noMemory } from '../print-memory.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { type DeclarationContext, objectDeclarations } from './declarations.ts'
import { metadataConstant } from './metadata.ts'
import { objectsIndex } from './objects-index.ts'
import { RUNTIME } from './runtime.ts'
import { typeNames } from './type-names.ts'
import { validators } from './validators.ts'

/** `objects/<object>.js` (validators, metadata constant) and its `.d.ts` (types a user's program sees). */
export const objectsTarget: Target = { name: 'objects', emit: emitObjects }

function emitObjects(app: AppIr, _config: unknown, { lineOf, memory = noMemory }: EmitContext): readonly OutputFile[] {
  const objectByName = memory.map('object', new Map(app.objects.map((object) => [object.name, object])))
  const namesByObject = memory.map('type names', typeNames(app))
  const noted = { lineOf: memory.lookup('line', lineOf), objectByName, namesByObject }
  const printObject = (object: ObjectIr): readonly OutputFile[] => {
    const header = fileHeader(object.span.path)
    const context: DeclarationContext = { header, ...noted }
    return [
      {
        path: `objects/${object.names.file}.js`,
        text: sourceText({ header, body: code`${validators(object)}\n\n${metadataConstant(object, RUNTIME)}` }),
      },
      { path: `objects/${object.names.file}.d.ts`, ...declarations(object, context) },
    ]
  }
  const files = app.objects.flatMap((object) => memory.forObject('objects', object, () => printObject(object)))
  return [...files, { path: 'objects/index.d.ts', text: objectsIndex(app) }]
}

function declarations(object: ObjectIr, context: DeclarationContext): Pick<OutputFile, 'text' | 'trace'> {
  const text = objectDeclarations(object, context)
  const line = text.slice(0, text.indexOf(`export interface ${object.names.pascal} {`)).split('\n').length
  return { text, trace: [{ line, path: object.span.path, start: object.span.start }] }
}
