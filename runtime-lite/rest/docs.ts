import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A file of the documentation pages, ready to send. */
export interface DocsAsset {
  readonly contentType: string
  readonly body: Uint8Array
  /** A strong ETag, quotes included. */
  readonly etag: string
  /** Security headers, a flat name-value list. */
  readonly headers: readonly string[]
}

/**
 * A file below `/docs`, or undefined when there is none of that name. Swagger UI comes from the optional package `swagger-ui-dist`; nothing
 * is loaded from other hosts. Files are read on first use and kept.
 */
export function readDocsAsset(path: string): DocsAsset | undefined {
  const known = assetByPath.get(path)
  if (known !== undefined) return known
  const asset = createAsset(path)
  if (asset !== undefined) assetByPath.set(path, asset)
  return asset
}

const assetByPath = new Map<string, DocsAsset>()

function createAsset(path: string): DocsAsset | undefined {
  switch (path) {
    case '/docs':
      return textAsset('text/html', indexPage('docs/'))
    case '/docs/':
    case '/docs/index.html':
      return textAsset('text/html', indexPage(''))
    case '/docs/start.js':
      return textAsset('text/javascript', START_SCRIPT)
    case '/docs/page.css':
      return textAsset('text/css', PAGE_STYLE)
    case '/docs/swagger-ui.css':
      return packageAsset('text/css', 'swagger-ui.css')
    case '/docs/swagger-ui-bundle.js':
      return packageAsset('text/javascript', 'swagger-ui-bundle.js')
    default:
      return undefined
  }
}

/** Scripts and styles from this server only, none inline; what Swagger UI draws itself are data: images. */
const SECURITY_HEADERS = [
  'content-security-policy',
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'no-referrer',
]

function textAsset(type: string, text: string): DocsAsset {
  const body = new TextEncoder().encode(text)
  return { contentType: `${type}; charset=utf-8`, body, etag: `"${checksum(body)}"`, headers: SECURITY_HEADERS }
}

/** The bundle holds characters outside ASCII: without a charset Chromium reads it in the wrong one and refuses it. */
function packageAsset(type: string, name: string): DocsAsset | undefined {
  const folder = swaggerFolder()
  if (folder === undefined) return undefined
  const body = readFileSync(join(folder, name))
  return { contentType: `${type}; charset=utf-8`, body, etag: `"${checksum(body)}"`, headers: SECURITY_HEADERS }
}

/** Where `swagger-ui-dist` is installed: beside this package, or in the application. */
function swaggerFolder(): string | undefined {
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return join(createRequire(base).resolve('swagger-ui-dist/package.json'), '..')
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

/** FNV-1a in two lanes and the length: tells versions of a file apart, proves nothing. */
function checksum(bytes: Uint8Array): string {
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 16777619)
    high = Math.imul(high ^ byte, 2246822519)
  }
  return `${(low >>> 0).toString(36)}-${(high >>> 0).toString(36)}-${bytes.length.toString(36)}`
}

/** Links are relative, so that the pages work below any prefix; `folder` leads from the page to its files. */
function indexPage(folder: string): string {
  const isInstalled = swaggerFolder() !== undefined
  const head = isInstalled
    ? `<link rel="stylesheet" href="${folder}swagger-ui.css">
    <script src="${folder}swagger-ui-bundle.js" defer></script>
    <script src="${folder}start.js" defer></script>`
    : ''
  const body = isInstalled
    ? '<div id="swagger-ui"></div>\n    <noscript>This page needs JavaScript.</noscript>'
    : `<main>
      <h1>API documentation</h1>
      <p>This page shows the API once the package <code>swagger-ui-dist</code> is installed beside the application:</p>
      <pre>npm install swagger-ui-dist</pre>
      <p>Then restart the server. The document itself is at <a href="${folder === '' ? '../' : ''}openapi.json">openapi.json</a>.</p>
    </main>`
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API documentation</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${folder}page.css">
    ${head}
  </head>
  <body>
    ${body}
  </body>
</html>
`
}

const START_SCRIPT = `// Starts Swagger UI on the document of this server.
const openapi = new URL('../openapi.json', document.currentScript.src)
SwaggerUIBundle({
  url: openapi.href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
})
`

const PAGE_STYLE = `body { margin: 0; background: #fff; color: #222; font-family: system-ui, sans-serif; }
main { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; line-height: 1.5; }
pre { padding: 1rem; background: #f2f2f2; overflow-x: auto; }
`
