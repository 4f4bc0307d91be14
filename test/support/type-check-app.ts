import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const COMPILERS = { '5.9': 'typescript/lib/tsc.js', '7': '@ts/native/bin/tsc' } as const

/** Errors of generated code under the flags that published packages use. The folder must lie inside this repository. */
export function typeCheckApp(generated: string, version: keyof typeof COMPILERS): readonly string[] {
  const project = join(generated, '..', `tsconfig.${version}.json`)
  const from = relative(join(generated, '..'), ROOT).replaceAll('\\', '/')
  const entry = (path: string): readonly string[] => [`${from}/${path}`]
  writeFileSync(
    project,
    JSON.stringify({
      extends: `${from}/tsconfig.json`,
      compilerOptions: {
        declaration: true,
        isolatedDeclarations: true,
        // Our own sources are checked by the repository itself; here they only lend their types.
        noUnusedLocals: false,
        skipLibCheck: false,
        paths: {
          objectql: entry('compiler/index.ts'),
          'objectql/runtime': entry('runtime-lite/index.ts'),
          'objectql/runtime/behaviour': entry('runtime-lite/behaviour/index.ts'),
          'objectql/runtime/expression': entry('runtime-lite/expression/functions.ts'),
          'objectql/runtime/kernel': entry('runtime-lite/kernel/index.ts'),
          'objectql/runtime/rules': entry('runtime-lite/rules/index.ts'),
          'objectql/runtime/workflow': entry('runtime-lite/workflow/index.ts'),
          'objectql/runtime/sqlite': entry('runtime-lite/sqlite/migrate.ts'),
          'objectql/rest': entry('runtime-lite/rest/index.ts'),
          'objectql/client': entry('runtime-lite/client/index.ts'),
          'objectql/spec': entry('compiler/spec/index.ts'),
          '@objectql/types': entry('compiler/spec/index.ts'),
          'objectql/validate': entry('runtime-lite/validate/index.ts'),
        },
        typeRoots: [`${from}/node_modules/@types`],
      },
      include: ['generated'],
      exclude: [],
    }),
  )
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', COMPILERS[version]), '-p', project, '--pretty', 'false'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return stdout
    .split('\n')
    .filter((line) => /error TS/.test(line) && !/^(\.\.\/)*(runtime-lite|compiler|node_modules)\//.test(line))
    .slice(0, 20)
}
