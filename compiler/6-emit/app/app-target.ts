import { copyPath } from '../../behaviour/copy-path.ts'
import { relativePath } from '../../behaviour/relative-path.ts'
import { type Code, code, type Hole, lines, list, NOTHING, type Raw, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { ResolvedConfig } from '../../config/config.ts'
import type { ActionIr, AppIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { hasRestMiddleware } from '../hooks/rest-middleware-target.ts'
import { hasKernel } from '../kernel/kernel-target.ts'
import { objectsTypeName } from '../objects/objects-index.ts'
import { typeNames } from '../objects/type-names.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { hasTimers } from '../state-events.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { workflowName } from '../workflows/workflow-name.ts'
import { CONTRACT } from './contract.ts'
import { queriesModule } from './queries-module.ts'

const RUNTIME = 'objectql/runtime'

/** `index.ts` (createApp), `seeds.ts` and `server/` (ready-made entry points). */
export const appTarget: Target = { name: 'app', emit: emitApp }

function emitApp(app: AppIr, config: ResolvedConfig, { output = 'generated' }: EmitContext): readonly OutputFile[] {
  return [
    { path: 'index.ts', text: indexModule(app, config, output) },
    { path: 'seeds.ts', text: seedsModule(app) },
    ...(app.calls === undefined ? [] : [{ path: 'queries.ts', text: queriesModule(app.calls) }]),
    { path: 'server/node.ts', text: nodeModule() },
    { path: 'server/fetch.ts', text: fetchModule() },
  ]
}

function indexModule(app: AppIr, config: ResolvedConfig, output: string): string {
  const Objects = typeSym(objectsTypeName(app), './objects/index.js')
  const Database = typeSym('Database', './database.js')
  return sourceText({
    header: fileHeader(),
    body: code`
export type * from './objects/index.js'

/** The application as createKernel() takes it. */
export const manifest: ${typeSym('AppManifest', RUNTIME)} = {
  contract: ${CONTRACT},
  name: ${config.name},
  version: ${config.version},
  ids: ${config.ids},
  api: ${raw(prettyLiteral(apiSettings(config), { used: 6, margin: 2 }))},
  objects: {
    ${lines(app.objects.map(({ name, names: { file } }) => raw(`${propertyKey(name)}: () => import(${literal(`./plans/${file}.ts`)}),`)))}
  },
  ${sym('schema', './schema.ts')},
  ${lines(remoteSchemas(config))}
  ${lines(queryCalls(app))}
  ${lines(actionCalls(app))}
  ${app.calls === undefined ? NOTHING : raw("planned: () => import('./queries.ts'),")}
  ${lines(workflowModules(app))}
  ${lines(retainedObjects(app))}
  registry: () => import('./registry.ts'),
  ${hasKernel(app) ? raw("kernel: () => import('./kernel.ts'),") : NOTHING}
  ${app.auth === undefined ? NOTHING : code`${authenticate(app.auth, output)},`}
  ${hasRestMiddleware(app) ? raw("aroundRest: () => import('./middleware.ts'),") : NOTHING}
  seeds: () => import('./seeds.ts'),
  openapi: () => import('node:fs/promises').then(({ readFile }) => readFile(new URL('./openapi.json', import.meta.url), 'utf8')),
}

/**
 * Starts the application.
 *
 * \`datasource\`: 'sqlite:./file.db', ':memory:' (default), 'better-sqlite3:./file.db', 'postgres://…', 'mysql://…', an open database or a
 * driver. Missing tables, columns and indexes are created.
 * Rejects when the database cannot be opened or differs in a way that would lose data.
 ${app.auth === undefined ? raw('*/') : raw(`*\n* \`${app.auth.module}\` says who sends a request, unless \`authenticate\` is given.\n*/`)}
export function createApp(options?: ${typeSym('AppOptions', RUNTIME)}): Promise<${typeSym('App', RUNTIME)}<${Objects}, ${Database}>> {
  return ${sym('createAppFrom', RUNTIME)}<${Objects}, ${Database}>(manifest, options${app.auth === undefined ? NOTHING : code`, { ${authenticate(app.auth, output)} }`})
}
`,
  })
}

/** The configured function, from where it is. */
function authenticate({ module, exportName, isCopied }: NonNullable<AppIr['auth']>, output: string): Hole {
  const relative = isCopied ? `./${copyPath(module)}` : relativePath(output, module)
  const from = relative.startsWith('.') ? relative : `./${relative}`
  return sym('authenticate', from, exportName)
}

function remoteSchemas({ dialects }: ResolvedConfig): readonly Code[] {
  const remote = (['postgres', 'mysql'] as const).filter((dialect) => dialects.includes(dialect))
  if (remote.length === 0) return []
  const schemas = remote.map((dialect) => raw(`${dialect}: () => import('./schema.${dialect}.ts'),`))
  return [
    code`
remoteSchemas: {
  ${lines(schemas)}
},`,
  ]
}

/** What was left at "any query" is not said. */
const apiSettings = ({ api: { lockdown, allowedQueries, ...api } }: ResolvedConfig): object =>
  lockdown ? { ...api, lockdown, allowedQueries } : api

/** Workflows by name; nothing for an application without any. */
function workflowModules({ workflows = [], objects }: AppIr): readonly Hole[] {
  if (workflows.length === 0) return hasTimers({ objects }) ? [raw('hasTimers: true,')] : []
  const modules = workflows.map(({ name, file }) => {
    const load = `import(${literal(`./workflows/${file}.ts`)}).then((module) => ({ workflow: module.${workflowName(file)} }))`
    return raw(`${propertyKey(name)}: () => ${load},`)
  })
  const priorities = workflows.flatMap(({ name, priority }) => (priority === undefined ? [] : [[name, priority] as const]))
  const scheduled = workflows.filter(({ schedule }) => schedule).map(({ name }) => name)
  return [
    code`
workflows: {
  ${lines(modules)}
},`,
    ...(priorities.length === 0 ? [] : [raw(`priorities: ${literal(Object.fromEntries(priorities))},`)]),
    ...(scheduled.length === 0 ? [] : [code`schedules: ${list(scheduled, { tail: 1 })},`]),
  ]
}

/** Objects whose trash is purged by itself; nothing for an application without any. */
function retainedObjects({ objects }: AppIr): readonly Hole[] {
  const names = objects.filter(({ trash }) => trash?.retentionDays !== undefined).map(({ name }) => name)
  return names.length === 0 ? [] : [code`retained: ${list(names, { tail: 1 })},`]
}

/** Which queries the objects have, for the calls in process. */
function queryCalls(app: AppIr): readonly Raw[] {
  const names = typeNames(app)
  const calls = app.objects.flatMap(({ name }): [string, object][] => {
    const queries = [...(names.get(name)?.queries ?? [])].map(([query, { call }]): [string, string] => [call, query])
    return queries.length === 0 ? [] : [[name, Object.fromEntries(queries)]]
  })
  if (calls.length === 0) return []
  return [raw(`queries: ${prettyLiteral(Object.fromEntries(calls), { used: 'queries: ,'.length, margin: 2 })},`)]
}

/** Which actions the objects have, for the calls in process. */
function actionCalls(app: AppIr): readonly Raw[] {
  const names = typeNames(app)
  const objects = app.objects.flatMap((object): [string, object][] => {
    const own = names.get(object.name)?.actions ?? new Map()
    const ofScope = (scope: ActionIr['scope']): [string, object][] => {
      const calls = object.actions.filter((action) => action.scope === scope && own.has(action.name))
      return calls.length === 0 ? [] : [[scope, Object.fromEntries(calls.map(({ name }) => [own.get(name)?.call, name]))]]
    }
    return own.size === 0 ? [] : [[object.name, Object.fromEntries([...ofScope('record'), ...ofScope('global')])]]
  })
  if (objects.length === 0) return []
  return [raw(`actions: ${prettyLiteral(Object.fromEntries(objects), { used: 'actions: ,'.length, margin: 2 })},`)]
}

function seedsModule(app: AppIr): string {
  const seeds = app.seeds.map(({ object, mode, key, records }) => ({ object, mode, key, records }))
  return sourceText({
    header: fileHeader(),
    body: code`
/** Records that the schemas bring along, in the order of their files. */
export const seeds: readonly ${typeSym('SeedSet', RUNTIME)}[] = ${raw(prettyLiteral(seeds, { used: 'export const seeds: readonly SeedSet[] = '.length }))}
`,
  })
}

function nodeModule(): string {
  return sourceText({
    header: fileHeader(),
    body: code`
// Serves the application over REST: run this file with Node. PORT, HOST and DATABASE_URL say where and on what.
// Node keeps the compiled form of what is imported from here on: later starts take half the time.
${sym('enableCompileCache', 'node:module')}()
const [{ createApp }, { serve }] = await Promise.all([import('../index.ts'), import('objectql/rest')])
const app = await createApp({ datasource: process.env['DATABASE_URL'] ?? 'sqlite:./app.db' })
const server = await serve(app, {
  port: Number(process.env['PORT'] ?? 3000),
  host: process.env['HOST'] ?? '127.0.0.1',
  handleSignals: true,
})
console.error(\`\${app.name} listens on \${server.url}\`)
`,
  })
}

function fetchModule(): string {
  return sourceText({
    header: fileHeader(),
    body: code`
/** The application as a web-standard handler, to mount in Hono, Next.js, Bun or Deno: \`app.mount('/', await createFetch({ datasource }))\`. */
export async function createFetch(options?: ${typeSym('AppOptions', RUNTIME)}): Promise<(request: Request) => Promise<Response>> {
  return ${sym('createFetchHandler', 'objectql/rest')}(await ${sym('createApp', '../index.ts')}(options))
}
`,
  })
}
