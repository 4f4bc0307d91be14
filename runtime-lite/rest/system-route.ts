import type { AppCore } from '../app/create-app.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { decoded, requireJson } from './negotiate.ts'
import { jsonReply, type Reply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'

/** Health, metadata, OpenAPI and documentation. */
export function systemRoute(core: AppCore, request: ServerRequest): Reply | Promise<Reply> {
  const { target, method } = request
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const { basePath, docs } = core.manifest.api
  const metadata = `${basePath}/metadata`
  if (path === metadata || path.startsWith(`${metadata}/`)) {
    readOnly(method)
    return metadataRoute(core, request, path.slice(metadata.length + 1))
  }
  switch (path) {
    case '/livez':
      readOnly(method)
      return jsonReply(200, '{"status":"ok"}')
    case '/readyz':
      readOnly(method)
      return readiness(core)
    case '/openapi.json':
      if (!docs) break
      readOnly(method)
      return core.manifest.openapi().then((text) => cached(request, 'application/json', text))
    default:
      if (docs && (path === '/docs' || path.startsWith('/docs/'))) {
        readOnly(method)
        return docsRoute(request, path)
      }
  }
  throw notFound(`There is nothing at "${path.slice(0, 100)}".`)
}

/** Swagger UI from disk. Loaded on first use: production traffic never pays for it. */
async function docsRoute(request: ServerRequest, path: string): Promise<Reply> {
  const { readDocsAsset } = await import('./docs.ts')
  const asset = readDocsAsset(path)
  if (!asset) throw notFound(`There is nothing at "${path.slice(0, 100)}".`)
  return revalidated(request, asset.contentType, asset.body, asset.etag, asset.headers)
}

function readOnly(method: string): void {
  if (method !== 'GET' && method !== 'HEAD')
    throw new ObjectQLError(405, 'METHOD_NOT_ALLOWED', 'Allowed here: GET, HEAD.', undefined, ['allow', 'GET, HEAD'])
}

function readiness(core: AppCore): Reply {
  if (!core.isReady)
    return { status: 503, headers: ['content-type', 'application/json', 'retry-after', '1'], body: '{"status":"draining"}' }
  try {
    core.database.db.prepare('select 1').get()
    return jsonReply(200, '{"status":"ready"}')
  } catch {
    return { status: 503, headers: ['content-type', 'application/json', 'retry-after', '1'], body: '{"status":"database unavailable"}' }
  }
}

/** `/api/metadata`, `/api/metadata/<type>`, `/api/metadata/<type>/<name>`. Types may be given in the plural. */
async function metadataRoute(core: AppCore, request: ServerRequest, path: string): Promise<Reply> {
  requireJson(request)
  const { registry } = await core.manifest.registry()
  const [type = '', name, ...rest] = path.split('/').map(decoded)
  if (rest.length > 0) throw notFound('There is no such metadata.')
  if (type === '') return cached(request, 'application/json', JSON.stringify({ types: registry.types() }))
  const known = registry.types().find((one) => one === type || `${one}s` === type)
  if (known === undefined) throw notFound(`There is no metadata of type "${type.slice(0, 64)}".`)
  if (name === undefined || name === '') return cached(request, 'application/json', JSON.stringify({ items: registry.list(known) }))
  const item = registry.get(known, name)
  if (!item) throw notFound(`There is no ${known} "${name.slice(0, 64)}".`)
  return cached(request, 'application/json', JSON.stringify(item))
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
