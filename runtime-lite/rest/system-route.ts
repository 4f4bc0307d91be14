import type { AppCore } from '../app/app-core.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { decoded, requireJson } from './negotiate.ts'
import { JSON_TYPE, jsonReply, type Reply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'

/** Health, metadata, OpenAPI and documentation: all of it read-only. */
export function systemRoute(core: AppCore, request: ServerRequest): Reply | Promise<Reply> {
  const { target, method } = request
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const answer = resourceAt(core, request, path)
  // `OPTIONS *` asks about the server as a whole (RFC 9110, 9.3.7).
  if (method === 'OPTIONS' && (answer || path === '*')) return { status: 204, headers: ['allow', READ_ONLY], body: undefined }
  if (!answer) throw notFound(`There is nothing at "${path.slice(0, 100)}".`)
  if (method === 'GET' || method === 'HEAD') return answer()
  throw new ObjectQLError(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${READ_ONLY}.`, undefined, ['allow', READ_ONLY])
}

const READ_ONLY = 'GET, HEAD, OPTIONS'

function resourceAt(core: AppCore, request: ServerRequest, path: string): (() => Reply | Promise<Reply>) | undefined {
  const { basePath, docs } = core.manifest.api
  const metadata = `${basePath}/metadata`
  if (path === metadata || path.startsWith(`${metadata}/`)) return () => metadataRoute(core, request, path.slice(metadata.length + 1))
  if (path === '/livez') return () => jsonReply(200, '{"status":"ok"}')
  if (path === '/readyz') return () => readiness(core, request.target.slice(path.length))
  if (!docs) return undefined
  if (path === '/openapi.json') return () => core.manifest.openapi().then((text) => cached(request, JSON_TYPE, text))
  return path === '/docs' || path.startsWith('/docs/') ? () => docsRoute(request, path) : undefined
}

/** Swagger UI from disk. Loaded on first use: production traffic never pays for it. */
async function docsRoute(request: ServerRequest, path: string): Promise<Reply> {
  const { readDocsAsset } = await import('./docs.ts')
  const asset = readDocsAsset(path)
  if (!asset) throw notFound(`There is nothing at "${path.slice(0, 100)}".`)
  return revalidated(request, asset.contentType, asset.body, asset.etag, asset.headers)
}

/** 503 when the database gives no connection in the time that requests wait for one. */
function readiness(core: AppCore, query: string): Reply | Promise<Reply> {
  if (!core.isReady) return notReady('draining')
  try {
    core.embedded?.db.prepare('select 1').get()
  } catch {
    return notReady('database unavailable')
  }
  const hasDetail = core.manifest.api.healthDetail === true && /[?&]detail=true(?:&|$)/.test(query)
  const ready = (plugins?: readonly object[]): Reply =>
    jsonReply(200, JSON.stringify({ status: 'ready', ...(hasDetail ? { ...core.statistics(), plugins } : {}) }))
  const { kernel } = core
  const asked = kernel ? () => pluginsReady(core, kernel, ready) : () => ready()
  if (!core.driver) return asked()
  return core.driver.check().then(asked, () => notReady('database unavailable'))
}

/** One plugin that cannot work keeps the whole application from being ready; one that works badly does not. */
async function pluginsReady(core: AppCore, kernel: Kernel, ready: (plugins: readonly object[]) => Reply): Promise<Reply> {
  const all = await kernel.health()
  for (const { name, error } of all)
    if (error !== undefined) core.report(new Error(`The plugin "${name}" does not say how it is.`, { cause: error }))
  // What somebody threw may name anything, and is for the log.
  const plugins = all.map(({ name, status, detail, error }) => ({ name, status, ...(error === undefined ? { detail } : {}) }))
  const failed = plugins.filter(({ status }) => status === 'failed')
  return failed.length === 0 ? ready(plugins) : notReady('plugins unavailable', { plugins: failed })
}

const notReady = (status: string, more: object = {}): Reply => ({
  status: 503,
  headers: ['content-type', JSON_TYPE, 'retry-after', '1'],
  body: JSON.stringify({ status, ...more }),
})

type Kernel = NonNullable<AppCore['kernel']>

/** `/api/metadata`, `/api/metadata/<type>`, `/api/metadata/<type>/<name>`. Types may be given in the plural. */
async function metadataRoute(core: AppCore, request: ServerRequest, path: string): Promise<Reply> {
  requireJson(request)
  const registry = await core.announcements.metadata()
  const [type = '', name, ...rest] = path.split('/').map(decoded)
  if (rest.length > 0) throw notFound('There is no such metadata.')
  if (type === '') return cached(request, JSON_TYPE, JSON.stringify({ types: registry.types() }))
  const known = registry.types().find((one) => one === type || `${one}s` === type)
  if (known === undefined) throw notFound(`There is no metadata of type "${type.slice(0, 64)}".`)
  if (name === undefined || name === '') return cached(request, JSON_TYPE, JSON.stringify({ items: registry.list(known) }))
  const item = registry.get(known, name)
  if (!item) throw notFound(`There is no ${known} "${name.slice(0, 64)}".`)
  return cached(request, JSON_TYPE, JSON.stringify(item))
}

/** An answer that changes only with a new build: the ETag is a hash of its text. */
function cached(request: ServerRequest, type: string, text: string): Reply {
  return revalidated(request, type, text, `"${fingerprint(text)}"`)
}

function revalidated(request: ServerRequest, type: string, body: string | Uint8Array, etag: string, extra: readonly string[] = []): Reply {
  const headers = ['content-type', type, 'etag', etag, 'cache-control', 'no-cache', ...extra]
  const known = header(request, 'if-none-match')
  if (known !== undefined && (known === '*' || known.includes(etag))) return { status: 304, headers: ['etag', etag], body: undefined }
  return { status: 200, headers, body }
}

/** FNV-1a over the text, 53 bits: identity of a build's constant answers, not a signature. */
function fingerprint(text: string): string {
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 16777619)
    high = Math.imul(high ^ code, 2246822519)
  }
  return `${(low >>> 0).toString(36)}${(high >>> 0).toString(36)}${text.length.toString(36)}`
}
