import { copyPath } from '../../behaviour/copy-path.ts'
import { relativePath } from '../../behaviour/relative-path.ts'
import { type Code, code, raw, type Sym } from '../../code/code.ts'
import { quote } from '../../code/literal.ts'
import { camelCase } from '../../ir/words.ts'
import { type ImportBinding, importStatement } from '../import-statement.ts'

/** A function of the schemas: the module that has it, and the way to it from the exports. */
export interface HandlerPlace {
  readonly name: string
  readonly module: string
  readonly exportPath: string
  /** The module is called from its copy in the output. */
  readonly isCopied?: true
}

/** The functions a generated module calls, each under a name of its own. */
export interface Imports {
  nameOf(place: HandlerPlace): string
  /** The name, or with a number behind where it is taken. */
  free(name: string): string
  /** `import { audit as audit1 } from '…'`. Once all names are known. */
  statements(): readonly string[]
  /** `const audit = handlerOf(audit1, 'handler')` */
  constants(helper: (name: string) => Sym): readonly Code[]
}

const RESERVED = [
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'export', 'extends'],
  ...[
    'false',
    'finally',
    'for',
    'function',
    'if',
    'import',
    'in',
    'instanceof',
    'new',
    'null',
    'return',
    'super',
    'switch',
    'this',
    'throw',
  ],
  ...[
    'true',
    'try',
    'typeof',
    'var',
    'void',
    'while',
    'with',
    'let',
    'static',
    'yield',
    'await',
    'async',
    'eval',
    'arguments',
    'undefined',
  ],
  ...[
    'interface',
    'package',
    'private',
    'protected',
    'public',
    'implements',
    'context',
    'error',
    'attempt',
    'enqueue',
    'handlerOf',
    'logged',
  ],
  ...['together', 'registeredHandler', 'valuesOf', 'Behaviour', 'HookContext', 'StepPolicy', 'ActionPlans', 'actions'],
]

/** `folder`: where the generated module stands, from the root of the project. */
export function createHandlerImports(folder: string, taken: readonly string[]): Imports {
  const used = new Set([...RESERVED, ...taken])
  const localByRoot = new Map<string, string>()
  const bindingsByModule = new Map<string, ImportBinding[]>()
  const handlers = new Map<string, { readonly name: string; readonly local: string; readonly keys: readonly string[] }>()

  function free(name: string): string {
    let candidate = name
    for (let number = 2; used.has(candidate); number++) candidate = `${name}${number}`
    used.add(candidate)
    return candidate
  }

  function rootOf({ module, isCopied }: HandlerPlace, root: string, stem: string): string {
    const key = `${module}\0${root}`
    const known = localByRoot.get(key)
    if (known) return known
    const local = free(`${stem}Export`)
    const relative = isCopied ? `../${copyPath(module)}` : relativePath(folder, module)
    const from = relative.startsWith('.') ? relative : `./${relative}`
    localByRoot.set(key, local)
    bindingsByModule.set(from, [...(bindingsByModule.get(from) ?? []), { exported: root, local }])
    return local
  }

  return {
    free,
    nameOf(place) {
      const { name, module, exportPath } = place
      const key = `${module}\0${exportPath}`
      const known = handlers.get(key)
      if (known) return known.name
      const [root = '', ...keys] = [...exportPath.matchAll(/\[("(?:[^"\\]|\\.)*"|\d+)\]|([^.[\]]+)/g)].map(
        ([, index, plain]) => index ?? plain ?? '',
      )
      const stem = camelCase(name).replace(/^(?=\d)/, 'hook')
      const own = free(stem === '' ? 'hook' : stem)
      handlers.set(key, {
        name: own,
        local: rootOf(place, root, own),
        keys: keys.map((step) => (/^\d/.test(step) ? step : quote(step.startsWith('"') ? (JSON.parse(step) as string) : step))),
      })
      return own
    },
    statements: () => [...bindingsByModule].map(([from, bindings]) => importStatement(bindings, from)),
    constants: (helper) =>
      [...handlers.values()].map(
        ({ name, local, keys }) => code`const ${raw(name)} = ${helper('handlerOf')}(${raw([local, ...keys].join(', '))})`,
      ),
  }
}
