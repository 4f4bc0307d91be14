import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../generated/index.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/index.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)

if (!hasChromium && process.env['CI'] === 'true') {
  test('Swagger UI in Chromium', () => expect.fail(`There is no Chromium at ${CHROMIUM}. Install it, or name another one in CHROMIUM.`))
} else if (!hasChromium) {
  test.skip(`Swagger UI in Chromium: there is none at ${CHROMIUM}; install it, or name another one in CHROMIUM`, () => {})
} else {
  describe('Swagger UI in Chromium', () => {
    let server: RunningServer
    let browser: Browser
    let page: Page
    /** Whatever the browser complains about: errors of scripts, refused by the content security policy, requests that failed. */
    const complaints: string[] = []
    const hosts = new Set<string>()

    beforeAll(async () => {
      server = await serve(await createApp({ datasource: ':memory:' }), { port: 0 })
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
      page = await browser.newPage()
      page.on('console', (message) => {
        const isAnswer = message.text().startsWith('Failed to load resource: the server responded with a status of 404')
        if (!isAnswer && (message.type() === 'error' || message.type() === 'warning')) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).host)
      })
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })

    test.each(['/docs', '/docs/'])(
      '%s shows every object',
      async (path) => {
        await page.goto(server.url + path)
        await page.waitForSelector('.opblock-tag')
        const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
          readonly tags: readonly { readonly name: string }[]
        }
        const shown = await page.locator('.opblock-tag').evaluateAll((tags) => tags.map((tag) => tag.getAttribute('data-tag')))
        expect(shown.sort()).toEqual(document.tags.map((tag) => tag.name).sort())
        expect(complaints).toEqual([])
      },
      60_000,
    )

    test('operations open and run', async () => {
      await page.goto(`${server.url}/docs`)
      await page.locator('.opblock-tag[data-tag="account"] button').first().click()
      for (const [id, status, text] of [
        ['countAccounts', '200', '"count"'],
        ['listAccounts', '200', '"items"'],
        ['getAccount', '404', '"NOT_FOUND"'],
        ['createAccount', '201', '"created_at"'],
      ] as const) {
        const operation = page.locator(`#operations-account-${id}`)
        await operation.locator('.opblock-summary').click()
        await operation.locator('button.execute').click()
        const answer = operation.locator('.live-responses-table')
        await answer.locator('tbody .response-col_status').first().waitFor()
        expect(await answer.innerText(), id).toContain(text)
        expect(await answer.locator('tbody .response-col_status').first().innerText(), id).toContain(status)
      }
      expect(complaints).toEqual([])
    }, 60_000)

    test('nothing comes from elsewhere', () => {
      expect([...hosts]).toEqual([new URL(server.url).host])
    })
  })
}

describe('assets over HTTP', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await serve(await createApp({ datasource: ':memory:' }), { port: 0 })
  })
  afterAll(() => server.close())

  test.each(['/docs', '/docs/swagger-ui-bundle.js', '/docs/start.js', '/openapi.json'])(
    '%s is sent once and then confirmed',
    async (path) => {
      const first = await fetch(server.url + path)
      expect(first.status).toBe(200)
      const etag = first.headers.get('etag') ?? ''
      expect(etag).not.toBe('')
      if (path.startsWith('/docs')) expect(first.headers.get('content-type')).toMatch(/; charset=utf-8$/)
      if (path.startsWith('/docs')) expect(first.headers.get('content-security-policy')).toContain("default-src 'none'")
      const second = await fetch(server.url + path, { headers: { 'if-none-match': etag } })
      expect(second.status).toBe(304)
      expect(await second.text()).toBe('')
    },
  )
})
