import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { clientTarget } from '../../compiler/6-emit/client/client-target.ts'
import { objectsTarget } from '../../compiler/6-emit/objects/objects-target.ts'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { ObjectIr } from '../../compiler/ir/object.ts'
import { appIr } from './ir.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** The compilers a user may have: the last one written in JavaScript, and the native one. */
export const COMPILERS = {
  '5.9': join(ROOT, 'node_modules', 'typescript', 'lib', 'tsc.js'),
  '7': join(ROOT, 'node_modules', '@ts', 'native', 'bin', 'tsc'),
} as const

export type CompilerName = keyof typeof COMPILERS

/** Path → text of everything a program that uses these objects sees: declarations, and the client's scripts. */
export function generatedTypes(objects: readonly ObjectIr[]): ReadonlyMap<string, string> {
  const app = appIr(objects)
  const config = resolveConfig({}, { folderName: 'test', exists: () => false })
  const files = [objectsTarget, clientTarget].flatMap((target) => target.emit(app, config, { lineOf: () => 1 }))
  return new Map(files.filter(({ path }) => path.endsWith('.d.ts') || path.startsWith('client/')).map(({ path, text }) => [path, text]))
}

/**
 * A project of a user in `folder`: the generated types in `generated/` and this package as npm would install it, that is with
 * declarations in place of sources.
 */
export function writeTypeProject(folder: string, objects: readonly ObjectIr[]): void {
  installTypes(folder)
  for (const [path, text] of generatedTypes(objects)) writeText(join(folder, 'generated', path), text)
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
}

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Declarations of `objectql/client`, made by the compiler that makes the published ones. */
export function installTypes(folder: string): void {
  const target = join(folder, 'node_modules', 'objectql')
  rmSync(target, { recursive: true, force: true })
  const options =
    '--declaration --emitDeclarationOnly --target es2024 --module nodenext --strict --rewriteRelativeImportExtensions --types'.split(' ')
  const entry = join(ROOT, 'runtime-lite', 'client', 'index.ts')
  const args = [COMPILERS['7'], ...options, '', '--ignoreConfig', '--rootDir', join(ROOT, 'runtime-lite'), '--outDir', target, entry]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: ROOT })
  if (status !== 0) throw new Error(`The declarations of the runtime could not be made:\n${stdout}`)
  for (const file of readdirSync(target, { withFileTypes: true, recursive: true })) {
    if (!file.isFile()) continue
    const path = join(file.parentPath, file.name)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(from ['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'))
  }
  const exported = { './client': { types: './client/index.d.ts', default: './client/index.js' } }
  writeText(join(target, 'package.json'), JSON.stringify({ name: 'objectql', type: 'module', exports: exported }))
}

export interface CheckOptions {
  /** Files of the program; default all `.ts` files of the project's root. */
  readonly files: readonly string[]
  readonly skipLibCheck?: boolean
  /** Further compiler options. */
  readonly options?: Readonly<Record<string, unknown>>
}

export interface CheckResult {
  readonly problems: readonly TypeProblem[]
  readonly instantiations: number
  readonly output: string
}

export interface TypeProblem {
  readonly file: string
  readonly line: number
  readonly code: string
  readonly message: string
}

/** Type-checks files of the project as a strict user would. */
export function checkTypes(
  folder: string,
  compiler: CompilerName,
  { files, skipLibCheck = true, options = {} }: CheckOptions,
): CheckResult {
  const config = join(folder, `tsconfig.${compiler}.json`)
  writeText(config, JSON.stringify({ compilerOptions: { ...STRICT, skipLibCheck, ...options }, files }))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [COMPILERS[compiler], '-p', config, '--pretty', 'false', '--extendedDiagnostics'],
    {
      encoding: 'utf8',
      cwd: folder,
    },
  )
  if (status === null || !/Instantiations:/.test(stdout)) throw new Error(`TypeScript ${compiler} did not run:\n${stdout}${stderr}`)
  return { problems: problemsOf(stdout), instantiations: Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]), output: stdout }
}

const STRICT = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022', 'dom'],
  types: [],
  strict: true,
  noEmit: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: false,
}

/** A problem and the indented lines that explain it. */
function problemsOf(output: string): readonly TypeProblem[] {
  const found: TypeProblem[] = []
  for (const line of output.split('\n')) {
    const match = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line)
    const last = found.at(-1)
    if (match) found.push({ file: match[1] ?? '', line: Number(match[2]), code: match[3] ?? '', message: match[4] ?? '' })
    else if (last && line.startsWith('  ')) found[found.length - 1] = { ...last, message: `${last.message}\n${line}` }
    else if (/^error TS/.test(line)) found.push({ file: '', line: 0, code: line.slice(6, 12), message: line })
  }
  return found
}
