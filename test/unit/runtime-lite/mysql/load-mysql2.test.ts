import { expect, test } from 'vitest'
import { loadMysql2 } from '../../../../runtime-lite/mysql/load-mysql2.ts'

const missing = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from somewhere`), { code: 'ERR_MODULE_NOT_FOUND' })

test('says what to install when the package is missing', async () => {
  await expect(loadMysql2(() => Promise.reject(missing('mysql2')))).rejects.toThrow('Run: npm install mysql2')
  await expect(loadMysql2(() => Promise.reject(missing('long')))).rejects.toThrow("Cannot find package 'long'")
  expect(typeof (await loadMysql2()).createConnection).toBe('function')
})
