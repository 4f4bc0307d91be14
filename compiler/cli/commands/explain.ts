import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIAGNOSTIC_CODES, findCode } from '../../diagnostics/catalog.ts'
import { closestNames } from '../../diagnostics/suggest.ts'
import { packageRoot } from '../../package-identity.ts'
import type { ExitCode } from '../main.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

/** `objectql explain [code]` */
export async function runExplain({ json }: CommonOptions, terminal: Terminal, [code]: readonly string[]): Promise<ExitCode> {
  if (code === undefined) {
    terminal.out(json === true ? listAsJson() : listForPeople())
    return 0
  }
  const entry = findCode(code)
  if (entry === undefined) {
    const [first] = closestNames(code, DIAGNOSTIC_CODES)
    terminal.err(`error: no diagnostic has the code '${code}'${first === undefined ? '' : `\n(Did you mean ${first}?)`}\n`)
    return 2
  }
  const page = readFileSync(join(packageRoot, 'compiler', 'diagnostics', 'docs', `${code}.md`), 'utf8')
  terminal.out(json === true ? `${JSON.stringify({ schemaVersion: 1, code, ...entry, page })}\n` : page)
  return 0
}

const listAsJson = (): string =>
  DIAGNOSTIC_CODES.map((code) => `${JSON.stringify({ schemaVersion: 1, code, ...findCode(code) })}\n`).join('')

function listForPeople(): string {
  const width = Math.max(...DIAGNOSTIC_CODES.map((code) => code.length))
  return DIAGNOSTIC_CODES.map((code) => `${code.padEnd(width)}  ${findCode(code)?.severity.padEnd(7)}  ${findCode(code)?.message}\n`).join(
    '',
  )
}
