import { isolatedDeclarationSync, transformSync } from 'oxc-transform'
import type { OutputFile } from './target.ts'

/** `emit.module: 'js'`: a TypeScript module becomes JavaScript and, where a program would import its types, declarations. */
export function toJavaScript(file: OutputFile): readonly OutputFile[] {
  if (!file.path.endsWith('.ts') || file.path.endsWith('.d.ts')) return [file]
  const stem = file.path.slice(0, -3)
  const { code, errors } = transformSync(file.path, file.text, { typescript: { onlyRemoveTypeImports: true }, target: 'es2024' })
  if (errors.length > 0) throw new Error(`Generated code of "${file.path}" does not parse: ${errors[0]?.message ?? ''}`)
  const script = { path: `${stem}.js`, text: withJsImports(code), ...(file.trace ? { trace: file.trace } : {}) }
  if (stem.startsWith('plans/')) return [script]
  const declarations = isolatedDeclarationSync(file.path, file.text, { stripInternal: false })
  return [script, { path: `${stem}.d.ts`, text: withJsImports(declarations.code) }]
}

/** Relative imports of `.ts` modules point at the `.js` beside the declarations. */
const withJsImports = (text: string): string => text.replaceAll(/((?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+)\.ts(["'])/g, '$1$2.js$3')
