import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphHtml } from '../../compiler/graph/graph-html.ts'
import type { PluginGraph } from '../../compiler/graph/plugin-graph.ts'
import { flatGraph, HOSTILE, largeGraph, SMALL_GRAPH } from '../support/plugin-graphs.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)

if (!hasChromium && process.env['CI'] === 'true') {
  test('pages of graphs', () => expect.fail(`There is no Chromium at ${CHROMIUM}. Install it, or name another one in CHROMIUM.`))
} else if (!hasChromium) {
  test.skip(`pages of graphs: there is no Chromium at ${CHROMIUM}; install it, or name another one in CHROMIUM`, () => {})
} else {
  describe('the page of objectql graph, opened from a file', () => {
    let folder = ''
    let browser: Browser
    let page: Page
    const complaints: string[] = []
    const requests: string[] = []

    const open = async (graph: PluginGraph): Promise<void> => {
      const path = join(folder, 'graph.html')
      writeFileSync(path, graphHtml(graph))
      await page.goto(pathToFileURL(path).href)
      await page.waitForSelector('.node')
    }
    const node = (label: string) => page.locator('.node', { has: page.locator('title', { hasText: label }) })
    const classed = (name: string) => page.locator(`.node.${name} > title`).allTextContents()

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'objectql-graph-'))
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
      page = await browser.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => requests.push(request.url()))
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test('draws every plugin and object, whatever their names', async () => {
      await open(SMALL_GRAPH)
      const labels = await page.locator('.node > title').allTextContents()
      expect(labels.sort()).toEqual([HOSTILE, 'audit', 'charts', 'entry', 'report', 'spy'].sort())
      expect(await page.locator('#graph .edge').count()).toBe(5)
      expect(await page.evaluate('window.hacked')).toBeUndefined()
      expect(await page.title()).toContain('</script>')
      expect(await page.locator('img').count()).toBe(0)
    }, 60_000)

    test('a click shows what a plugin needs and who needs it', async () => {
      await open(SMALL_GRAPH)
      await node('</script>').click()
      expect(await classed('needs')).toEqual(['audit'])
      expect(await classed('needed')).toEqual(['report'])
      expect((await classed('dim')).sort()).toEqual(['charts', 'entry', 'spy'])
      expect(await page.locator('aside').innerText()).toContain('report → ')
      await page.keyboard.press('Escape')
      expect(await classed('dim')).toEqual([])
    }, 60_000)

    test('an object shows its hooks in order', async () => {
      await open(SMALL_GRAPH)
      await node('entry').click()
      const steps = await page.locator('aside ol li').allTextContents()
      expect(steps).toEqual([
        'number: audit, priority 10, audit.plugin.ts:7',
        `${HOSTILE}: application, priority 100, schemas/entry.hook.ts:2`,
      ])
    }, 60_000)

    test('is used by keyboard, and moves', async () => {
      await open(SMALL_GRAPH)
      const place = () => page.locator('#graph > g').getAttribute('transform')
      await page.keyboard.press('/')
      await page.keyboard.type('REP')
      expect(await classed('found')).toEqual(['report'])
      expect(await page.locator('#found').innerText()).toBe('1 of 6')
      await page.keyboard.press('Enter')
      expect(await classed('chosen')).toEqual(['report'])
      await node('audit').focus()
      await page.keyboard.press('Space')
      expect(await classed('chosen')).toEqual(['audit'])
      expect(await node('audit').getAttribute('aria-pressed')).toBe('true')
      for (const act of [
        () => page.keyboard.press('ArrowLeft'),
        () => page.keyboard.press('+'),
        () => page.locator('#farther').click(),
        () =>
          page
            .locator('#graph')
            .hover({ position: { x: 300, y: 300 } })
            .then(() => page.mouse.wheel(0, 300)),
        () => page.keyboard.press('0'),
      ]) {
        const before = await place()
        await act()
        await expect.poll(place).not.toBe(before)
      }
    }, 60_000)

    test('draws two hundred plugins', async () => {
      await open(largeGraph(200))
      expect(await page.locator('.node').count()).toBe(200)
      expect(await page.locator('#graph .edge').count()).toBe(570)
      await page.locator('#search').fill('plugin-199')
      await page.keyboard.press('Enter')
      expect(await classed('chosen')).toEqual(['plugin-199'])
      expect((await classed('needs')).length).toBeGreaterThan(100)
    }, 60_000)

    test('lists plugins in the order they start, and what is searched for', async () => {
      await open(SMALL_GRAPH)
      const shown = () => page.locator('nav li:visible .name').allTextContents()
      expect(await shown()).toEqual(['audit', HOSTILE, 'report', 'charts', 'spy', 'entry'])
      expect(await page.locator('nav h2').allTextContents()).toEqual([
        ...['Start first (group 1)', 'Start behind group 1 (group 2)', 'Start behind group 2 (group 3)', 'Not there', 'Objects'],
      ])
      await page.locator('#search').fill('audit.plugin')
      expect(await shown()).toEqual(['audit'])
      expect(await page.locator('nav h2:visible').allTextContents()).toEqual(['Start first (group 1)'])
      // A conflict is told on both sides.
      await page.locator('#search').fill('spy')
      await page.keyboard.press('Enter')
      expect(await page.locator('aside').innerText()).toContain('Must not be there, say')
      await page.locator('aside button', { hasText: 'audit' }).click()
      expect(await classed('chosen')).toEqual(['audit'])
      expect(await page.locator('aside').innerText()).toContain('Does not go with')
    }, 60_000)

    test('the list is one stop of the tab key, and arrows lead through it', async () => {
      await open(largeGraph(200))
      await page.locator('#fit').focus()
      await page.keyboard.press('Tab')
      const focused = () => page.evaluate('document.activeElement.textContent')
      expect(await focused()).toBe('1.plugin-0')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      expect(await focused()).toBe('3.plugin-2')
      await page.keyboard.press('Enter')
      expect(await classed('chosen')).toEqual(['plugin-2'])
      expect(await page.locator('nav button[aria-current="true"]').textContent()).toBe('3.plugin-2')
      await page.keyboard.press('End')
      expect(await focused()).toBe('200.plugin-199')
      await page.keyboard.press('Home')
      await page.keyboard.press('ArrowUp')
      expect(await focused()).toBe('1.plugin-0')
      await page.keyboard.press('Shift+Tab')
      expect(await page.evaluate('document.activeElement.id')).toBe('fit')
    }, 60_000)

    test('two hundred plugins that need little of each other fill the screen, and what is chosen can be read', async () => {
      await page.setViewportSize({ width: 1400, height: 850 })
      await open(flatGraph(200))
      const size = async () => {
        const box = await node('plugin-77').locator('rect').boundingBox()
        return box ? box.width : 0
      }
      // As one column it would be as wide as a letter.
      expect(await size()).toBeGreaterThan(30)
      await page.locator('#search').fill('plugin-77')
      await page.keyboard.press('Enter')
      await expect.poll(size).toBeGreaterThan(70)
      const box = await node('plugin-77').boundingBox()
      expect(box?.x).toBeGreaterThan(260)
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(1060)
    }, 60_000)

    test('nothing was fetched, and nothing complained', () => {
      expect(requests.filter((url) => !url.startsWith('file://'))).toEqual([])
      expect(complaints).toEqual([])
    })
  })
}
