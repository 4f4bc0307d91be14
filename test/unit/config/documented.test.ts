import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveConfig } from '../../../compiler/config/resolve-config.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'configuration.md'), 'utf8')
const config = resolveConfig({}, { folderName: 'app', exists: () => false })

test.each([...Object.keys(config), ...Object.keys(config.api)].filter((key) => key !== 'api'))('%s is documented', (key) => {
  expect(page).toMatch(new RegExp(`\\| \`${key}[\`.]`))
})

test.each(Object.entries(config.api).filter(([, value]) => typeof value === 'number'))('the default of %s is %d', (key, value) => {
  expect(page).toContain(`| \`${key}\` | ${value.toLocaleString('en-US')} |`)
})
