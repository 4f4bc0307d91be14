import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { main } from '../../../compiler/cli/main.ts'
import type { Terminal } from '../../../compiler/cli/terminal.ts'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder of its own, with files in it; removed by `remove`. */
export interface Folder {
  readonly path: string
  write(files: { readonly [path: string]: string }): void
  copy(from: string): void
  run(...words: string[]): Promise<Outcome>
  /** As `run`, with environment variables. */
  runWith(env: Terminal['env'], ...words: string[]): Promise<Outcome>
  remove(): void
}

export function createFolder(files: { readonly [path: string]: string } = {}): Folder {
  const path = mkdtempSync(join(tmpdir(), 'objectql-cli-'))
  const folder: Folder = {
    path,
    write(more) {
      for (const [name, text] of Object.entries(more)) {
        mkdirSync(dirname(join(path, name)), { recursive: true })
        writeFileSync(join(path, name), text)
      }
    },
    copy: (from) => cpSync(from, path, { recursive: true }),
    run: (...words) => folder.runWith({}, ...words),
    async runWith(env, ...words) {
      let out = ''
      let err = ''
      const terminal: Terminal = {
        out: (text) => {
          out += text
        },
        err: (text) => {
          err += text
        },
        hasColor: false,
        isInteractive: false,
        cwd: path,
        env,
      }
      const code = await main(words, terminal)
      return { code, out, err }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
  folder.write(files)
  return folder
}

export const ACCOUNT = `name: account
label: Account
fields:
  name: { type: text, required: true, max_length: 80 }
  status: { type: select, options: [open, closed], default: open }
`

export const CONTACT = `name: contact
label: Contact
fields:
  name: { type: text, required: true }
  account: { type: lookup, reference_to: account }
`
