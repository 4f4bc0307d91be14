import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from '../../compiler/1-load/load.ts'
import { parse } from '../../compiler/2-parse/parse.ts'
import { link } from '../../compiler/3-link/link.ts'
import type { CompileResult } from '../../compiler/compile-result.ts'
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts'
import { sortDiagnostics } from '../../compiler/diagnostics/sort-diagnostics.ts'
import type { Host } from '../../compiler/host/host.ts'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { fromProjectPath } from '../../compiler/host/project-path.ts'
import { check } from '../../compiler/index.ts'
import { validatePlugin } from '../../compiler/plugin-validate/validate-plugin.ts'
import { createLineIndex } from '../../compiler/source/line-index.ts'

/** One problem as `expected.json` lists it. */
export interface ExpectedDiagnostic {
  readonly code: string
  readonly path: string
  readonly line: number
  readonly column: number
  /** Title of the first fix. */
  readonly fix?: string
}

export interface ErrorFixture {
  readonly name: string
  readonly folder: string
  /** Input texts by relative path. */
  readonly files: { readonly [path: string]: string }
  readonly expected: readonly ExpectedDiagnostic[]
  /** Paths that exist but cannot be read. */
  readonly unreadable: readonly string[]
  /** What `objectql plugin validate` is asked about, in place of a compile. */
  readonly validates?: string
}

type FixtureInput = Pick<ErrorFixture, 'files' | 'unreadable' | 'validates'>

export const FIXTURES_FOLDER = join(import.meta.dirname, '../errors')

/** `expected.json` and `host.json` steer the test; everything else is input. */
export function readErrorFixture(name: string): ErrorFixture {
  const folder = join(FIXTURES_FOLDER, name)
  const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): [string, string] => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')])
  const { 'expected.json': expected = '[]', 'host.json': host = '{}', ...files } = Object.fromEntries(texts)
  const { unreadable = [], validates } = JSON.parse(host) as { readonly unreadable?: readonly string[]; readonly validates?: string }
  return { name, folder, files, expected: JSON.parse(expected), unreadable, ...(validates === undefined ? {} : { validates }) }
}

export async function checkFixture(fixture: FixtureInput): Promise<Pick<CompileResult, 'diagnostics'>> {
  const host = fixtureHost(fixture, 'posix')
  return fixture.validates === undefined ? check({ host }) : { diagnostics: await validated(host, fixture.validates) }
}

/** @throws TypeError when there is nothing at the path. */
async function validated(host: Host, path: string): Promise<readonly Diagnostic[]> {
  const validation = await validatePlugin({ path: fromProjectPath(host.cwd, path), host })
  if (!validation) throw new TypeError(`There is nothing at "${path}".`)
  return validation.diagnostics
}

/** Load, parse and link alone, or the validation of a plugin, on a file system of either style. */
export async function linkFixture(fixture: FixtureInput, style: 'posix' | 'win32'): Promise<readonly Diagnostic[]> {
  const host = fixtureHost(fixture, style)
  if (fixture.validates !== undefined) return validated(host, fixture.validates)
  const input = ['schemas', 'objectstack.config.ts'].filter((name) => host.exists(fromProjectPath(host.cwd, name)))
  const loaded = await load({ root: host.cwd, config: { input } }, host)
  const parsed = parse(loaded.documents)
  return sortDiagnostics([...loaded.diagnostics, ...parsed.diagnostics, ...link(parsed.syntax).diagnostics])
}

function fixtureHost({ files, unreadable }: FixtureInput, style: 'posix' | 'win32'): Host {
  const memory = createMemoryHost(files, { style })
  const isUnreadable = (path: string): boolean => unreadable.some((name) => path.replaceAll('\\', '/').endsWith(name))
  return {
    ...memory,
    readText(path) {
      if (isUnreadable(path)) throw new Error('EACCES: permission denied')
      return memory.readText(path)
    },
  }
}

export function describeDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: { readonly [path: string]: string },
): readonly ExpectedDiagnostic[] {
  return diagnostics.map(({ code, span, fixes }) => {
    const { line, column } = createLineIndex(files[span.path] ?? '').positionAt(span.start)
    const [fix] = fixes
    return { code, path: span.path, line, column, ...(fix === undefined ? {} : { fix: fix.title }) }
  })
}
