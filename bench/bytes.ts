import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { bundle, writeFiles } from '../test/support/bundle.ts'
import { generatedTypes } from '../test/support/type-project.ts'
import type { Row } from './row.ts'
import { tempFolder } from './support/temp-folder.ts'
import { twentyFieldObjects } from './support/twenty-fields.ts'

const OBJECTS = 50
const KINDS = ['list', 'get', 'create', 'update', 'delete', 'count'] as const

/** What the SDK adds to a front end, and what a server takes along: esbuild, minified, gzip −9. */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('bytes')
  const objects = twentyFieldObjects(OBJECTS)
  writeFiles(folder, generatedTypes(objects))
  const names = objects.map((object) => object.names)
  const operation = (kind: (typeof KINDS)[number], index: number): string =>
    `${kind}${kind === 'list' || kind === 'count' ? names[index]?.pascalPlural : names[index]?.pascal}`
  const size = async (program: string): Promise<number> => (await bundle(program, folder)).gzip
  const using = (...operations: readonly string[]): Promise<number> =>
    size(`import { ${operations.join(', ')} } from './client/operations.js'\nexport const calls = [${operations.join(', ')}]`)

  const first = operation('list', 0)
  const one = await size(
    `import { isProblem, ${first} } from './client/operations.js'
     try { console.log((await ${first}({ baseUrl: '' }, { where: { status: 'open' } })).items) }
     catch (error) { if (isProblem(error, 'NOT_FOUND')) console.log(error.errors); else throw error }`,
  )
  const lists = await using(operation('list', 0))
  const allKinds = await using(...KINDS.map((kind) => operation(kind, 0)))
  const manyLists = await using(...Array.from({ length: 21 }, (_, index) => operation('list', index)))
  const client = await size(`import { createClient } from './client/index.js'\nexport const client = createClient({ baseUrl: '' })`)
  return [
    {
      name: 'REST client core, one call, typed errors',
      value: one / 1024,
      unit: 'KB',
      target: 1.5,
      stretch: 1,
      note: 'listX + isProblem, from client/operations.js',
    },
    {
      name: 'each further kind of operation',
      value: (allKinds - lists) / 5,
      unit: 'B',
      target: 100,
      stretch: 40,
      note: 'get, create, update, delete, count after list',
    },
    { name: 'the same operation of a further object', value: (manyLists - lists) / 20, unit: 'B', target: 100, stretch: 40 },
    {
      name: `createClient with ${OBJECTS} objects`,
      value: client / 1024,
      unit: 'KB',
      note: 'all operations of all objects, from client/index.js',
    },
    ...(await serverRuntime()),
  ]
}

const SERVER = `export { serve } from 'objectql/rest'\nexport { createAppFrom } from 'objectql/runtime'\n`

/** The runtime of a REST server on SQLite, without drivers: what it loads at its start, and with its first request. */
async function serverRuntime(): Promise<readonly Row[]> {
  const root = join(import.meta.dirname, '..')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: SERVER, resolveDir: root, sourcefile: 'server.js', loader: 'js' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    outdir: 'tmp',
    write: false,
    metafile: true,
    external: ['kysely', 'pg', 'mysql2', 'better-sqlite3', 'swagger-ui-dist'],
    tsconfigRaw: {},
    logLevel: 'error',
  })
  const textByPath = new Map(outputFiles.map(({ path, text }) => [path.slice(root.length + 1), text]))
  const paths = Object.keys(metafile.outputs)
  const size = (wanted: RegExp): number => {
    const found = new Set(paths.filter((path) => wanted.test(path)))
    for (const path of found)
      for (const { path: imported, kind, external } of metafile.outputs[path]?.imports ?? [])
        if (kind === 'import-statement' && !external) found.add(imported)
    return gzipSync([...found].map((path) => textByPath.get(path)).join(''), { level: 9 }).length / 1024
  }
  const note = 'what is published, without drivers'
  return [
    { name: 'server runtime, loaded at start', value: size(/stdin/), unit: 'KB', note },
    { name: 'server runtime, with the first request', value: size(/stdin|open-stores/), unit: 'KB', target: 25, stretch: 15, note },
  ]
}
