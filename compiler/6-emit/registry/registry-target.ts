import { code, list, raw, sym, typeSym } from '../../code/code.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr, MetadataIr } from '../../ir/object.ts'
import { described, type Plain } from '../described.ts'
import { fileHeader } from '../file-header.ts'
import { metadataName } from '../objects/type-names.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import type { OutputFile, Target } from '../target.ts'

const RUNTIME = 'objectql/runtime'

/** `registry.ts`: everything that was defined, as constants. */
export const registryTarget: Target = { name: 'registry', emit: emitRegistry }

function emitRegistry(app: AppIr): readonly OutputFile[] {
  const objects = app.objects.map((object) => sym(metadataName(object), `./objects/${object.names.file}.js`))
  const items = app.metadata.map(
    (item) => code`${sym('frozen', RUNTIME)}(${raw(prettyLiteral(itemOf(item), { used: 'frozen('.length + 2, margin: 2 }))})`,
  )
  const text = sourceText({
    header: fileHeader(),
    body: code`
/** Objects, apps, workflows and everything else the schemas define: \`registry.get('object', 'account')\`, \`registry.list('object')\`. */
export const registry: ${typeSym('Registry', RUNTIME)} = /* @__PURE__ */ ${sym('createRegistry', RUNTIME)}(${list([...objects, ...items], { tail: 1 })})
`,
  })
  return [{ path: 'registry.ts', text }]
}

function itemOf({ type, name, object, package: from, tags, body }: MetadataIr) {
  const attributes = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Plain) : { body }
  return { ...described({ type, name, object }, attributes), package: from, tags: tags.length > 0 ? tags : undefined }
}
