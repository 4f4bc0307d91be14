import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDocsAsset } from '../../../../runtime-lite/rest/docs.ts'

const PATHS = [
  '/docs',
  '/docs/',
  '/docs/index.html',
  '/docs/start.js',
  '/docs/page.css',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
]

const textOf = (path: string): string => new TextDecoder().decode(readDocsAsset(path)?.body)

test.each(PATHS)('%s says its type, its charset and what it may load', (path) => {
  const asset = readDocsAsset(path)
  expect(asset?.contentType).toMatch(/^text\/(html|css|javascript); charset=utf-8$/)
  expect(asset?.etag).toMatch(/^"[\w-]+"$/)
  expect(asset?.body.length).toBeGreaterThan(50)
  expect(asset?.headers.join('\n')).toContain("script-src 'self';")
  expect(asset?.headers.join('\n')).not.toContain('unsafe-inline')
  expect(readDocsAsset(path)).toBe(asset)
})

test('etags tell files apart', () => {
  expect(new Set(PATHS.map((path) => readDocsAsset(path)?.etag)).size).toBe(PATHS.length - 1)
})

test.each([
  '/docs/..%2fpackage.json',
  '/docs/../package.json',
  '/docs/swagger-ui.js',
  '/docs/package.json',
  '/docs//',
  '/docs/swagger-ui.css/',
  '/other',
])('%s is nothing', (path) => {
  expect(readDocsAsset(path)).toBeUndefined()
})

test('pages have no inline script or style and link to what exists', () => {
  for (const [path, folder] of [
    ['/docs', '/docs/'],
    ['/docs/', '/docs/'],
  ] as const) {
    const html = textOf(path)
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|onload=/)
    const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)]
      .map((match) => match[1] as string)
      .filter((link) => !link.startsWith('data:'))
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect(readDocsAsset(new URL(link, `http://host${path}`).pathname), link).toBeDefined()
    expect(links.every((link) => new URL(link, `http://host${path}`).pathname.startsWith(folder))).toBe(true)
  }
})

test('without swagger-ui-dist the page says what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'objectql-docs-'))
  try {
    copyFileSync(new URL('../../../../runtime-lite/rest/docs.ts', import.meta.url), join(folder, 'docs.ts'))
    const script = `import { readDocsAsset } from './docs.ts'
const text = (path) => new TextDecoder().decode(readDocsAsset(path)?.body)
console.log(JSON.stringify([text('/docs'), text('/docs/'), readDocsAsset('/docs/swagger-ui.css') === undefined]))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toBe('')
    const [page, below, isAbsent] = JSON.parse(stdout) as [string, string, boolean]
    expect(page).toContain('npm install swagger-ui-dist')
    expect(page).toContain('href="openapi.json"')
    expect(below).toContain('href="../openapi.json"')
    expect(page).not.toContain('<script')
    expect(isAbsent).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
