import { diagnose } from '../../diagnostics/diagnose.ts'
import { spanOfAttribute, textAttribute } from '../attributes.ts'
import type { LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { isLegalName } from './legal-name.ts'

/** Path segments that mean something else in the REST API. */
const RESERVED_OBJECT_NAMES: ReadonlySet<string> = new Set(['metadata'])

/** Tables that belong to the database or to the runtime, and functions of SQLite that statements read rows from: a table of that name would hide them. */
const RESERVED_TABLE = /^(?:sqlite_.*|_objectql.*|jsonb?_(?:each|tree)|generate_series|pragma_\w+|dual)$/i

/** Every object needs a name that works in a URL and a table of its own on databases that fold case. */
export function checkObjectNames(objects: readonly LinkedObject[], report: Report): void {
  const objectByFold = new Map<string, LinkedObject>()
  const objectByTable = new Map<string, LinkedObject>()
  for (const object of objects) {
    checkName(object, report)
    const twin = claim(objectByFold, object.name.toLowerCase(), object)
    if (twin !== undefined) reportTwin('link/duplicate-object', object, twin, report)
    else checkTable(object, objectByTable, report)
  }
}

function checkName({ name, span }: LinkedObject, report: Report): void {
  if (!isLegalName(name)) report(diagnose('link/illegal-name', span, { what: 'object', name }))
  else if (RESERVED_OBJECT_NAMES.has(name.toLowerCase())) report(diagnose('link/reserved-object-name', span, { name }))
}

function checkTable(object: LinkedObject, objectByTable: Map<string, LinkedObject>, report: Report): void {
  const table = textAttribute(object.attributes, 'tableName') ?? object.name
  const span = spanOfAttribute(object.attributes, 'tableName', object.span)
  if (RESERVED_TABLE.test(table)) report(diagnose('link/reserved-table', span, { table }))
  const datasource = textAttribute(object.attributes, 'datasource') ?? 'default'
  const twin = claim(objectByTable, `${datasource}\0${table.toLowerCase()}`, object)
  if (twin === undefined) return
  const notes = [{ message: `"${twin.name}" is declared here.`, span: twin.span }]
  report(diagnose('link/shared-table', span, { name: object.name, other: twin.name, table }, { notes }))
}

function claim(owners: Map<string, LinkedObject>, key: string, object: LinkedObject): LinkedObject | undefined {
  const owner = owners.get(key)
  if (owner === undefined) owners.set(key, object)
  return owner
}

function reportTwin(code: 'link/duplicate-object', object: LinkedObject, twin: LinkedObject, report: Report): void {
  const notes = [{ message: `"${twin.name}" is declared here.`, span: twin.span }]
  report(diagnose(code, object.span, { name: object.name, other: twin.name }, { notes }))
}
