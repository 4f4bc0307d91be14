import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Handlebars from 'handlebars'

/** What templates may name. */
export type ScaffoldValues = { readonly [name: string]: string }

export interface ScaffoldFile {
  /** Relative to the new project, forward slashes. */
  readonly path: string
  readonly text: string
}

/** Every file of a template folder, filled in. A value that is missing is an error, never an empty text. */
export function renderTemplates(folder: string, values: ScaffoldValues): readonly ScaffoldFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const template = Handlebars.compile<ScaffoldValues>(readFileSync(path, 'utf8'), { strict: true, noEscape: true })
      return { path: targetOf(path.slice(folder.length + 1).replaceAll('\\', '/')), text: template(values) }
    })
}

/** npm leaves `.gitignore` out of packages, so the template has no dot. */
const targetOf = (path: string): string => path.replace(/\.hbs$/, '').replace(/^gitignore$/, '.gitignore')
