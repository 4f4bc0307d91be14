import { copyPath } from '../../behaviour/copy-path.ts'
import { relativePath } from '../../behaviour/relative-path.ts'
import { type Code, code, raw, type Sym } from '../../code/code.ts'
import { quote } from '../../code/literal.ts'
import type { PluginIr } from '../../ir/plugin.ts'
import { camelCase } from '../../ir/words.ts'
import { importStatement } from '../import-statement.ts'

/** The plugins a generated module calls, each under a name of its own. */
export interface PluginImports {
  nameOf(plugin: PluginIr): string
  /** `import audit1 from '…'`. Once all names are known. */
  statements(): readonly string[]
  /** `const audit = pluginOf(audit1, 'plugins', 0)` */
  constants(pluginOf: Sym): readonly Code[]
}

const RESERVED = [
  'kernel',
  'call',
  'together',
  'context',
  'pluginOf',
  'KernelPlan',
  'default',
  'delete',
  'import',
  'new',
  'package',
  'export',
]

/** `folder`: where the generated module stands, from the root of the project. */
export function createPluginImports(folder: string): PluginImports {
  const used = new Set(RESERVED)
  const nameByPlugin = new Map<string, { readonly name: string; readonly local: string; readonly keys: readonly string[] }>()
  const importByRoot = new Map<string, { readonly local: string; readonly statement: string }>()

  function free(name: string): string {
    let candidate = name
    for (let number = 2; used.has(candidate); number++) candidate = `${name}${number}`
    used.add(candidate)
    return candidate
  }

  function imported(from: string, root: string, stem: string): string {
    const key = `${from}\0${root}`
    const known = importByRoot.get(key)
    if (known) return known.local
    const local = free(`${stem}Export`)
    const statement = root === '' ? `import * as ${local} from ${quote(from)}` : importStatement([{ exported: root, local }], from)
    importByRoot.set(key, { local, statement })
    return local
  }

  return {
    nameOf({ name, place }) {
      const known = nameByPlugin.get(name)
      if (known) return known.name
      const { module = '', exportPath = '', specifier, isCopied } = place ?? {}
      const [root = '', ...keys] = [...exportPath.matchAll(/\[("(?:[^"\\]|\\.)*"|\d+)\]|([^.[\]]+)/g)].map(
        ([, index, plain]) => index ?? plain ?? '',
      )
      const stem = camelCase(name.replace(/^@[^/]+\/(?=.)/, '')).replace(/^(?=\d)|^$/, 'plugin')
      const own = free(stem)
      const relative = isCopied ? copyPath(module) : relativePath(folder, module)
      const local = imported(specifier ?? (relative.startsWith('.') ? relative : `./${relative}`), root, own)
      nameByPlugin.set(name, { name: own, local, keys: keys.map((step) => (/^["\d]/.test(step) ? step : quote(step))) })
      return own
    },
    statements: () => [...importByRoot.values()].map(({ statement }) => statement),
    constants: (pluginOf) =>
      [...nameByPlugin.values()].map(
        ({ name, local, keys }) => code`const ${raw(name)} = ${pluginOf}(${raw([local, ...keys].join(', '))})`,
      ),
  }
}
