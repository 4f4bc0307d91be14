import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
const pages = ['README.md', 'ARCHITECTURE.md', ...docs.map((path) => join('docs', path))]

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, (code) => code.slice(1, -1).replaceAll(/[[\]()]/g, ''))

/** Anchors as GitHub makes them of headings. */
const anchorsOf = (path: string): readonly string[] =>
  [...withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe.each(pages)('%s', (page) => {
  const path = join(ROOT, page)
  const links = [...withoutCode(readFileSync(path, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)

  test('its links lead somewhere', () => {
    for (const link of links.filter((link) => !/^[a-z]+:/.test(link))) {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      expect(existsSync(target), `${link} in ${page}`).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(target), `${link} in ${page}`).toContain(anchor)
    }
  })
})

test('every page of docs/ is in its index', () => {
  const index = readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8')
  for (const page of docs.filter((path) => path !== 'README.md')) expect(index).toContain(`(${page.replaceAll('\\', '/')})`)
})
