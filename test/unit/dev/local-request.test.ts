import { expect, test } from 'vitest'
import { devUser } from '../../../compiler/dev/dev-user.ts'
import { isLocalRequest } from '../../../compiler/dev/local-request.ts'

const local = (remoteAddress: string | undefined, headers: Readonly<Record<string, string>>): boolean =>
  isLocalRequest({ socket: { remoteAddress }, headers })

test('a request of this machine', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
    for (const host of ['localhost', 'localhost:3000', 'app.localhost:80', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST'])
      expect(local(address, { host }), `${address} ${host}`).toBe(true)
})

test('others, also those that come through this machine', () => {
  for (const address of ['10.0.0.4', '192.168.1.2', '::2', '128.0.0.1', 'fe80::1', '::ffff:10.0.0.1', '', undefined])
    expect(local(address, { host: 'localhost' }), String(address)).toBe(false)
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil-localhost', '0x7f.1', ''])
    expect(local('127.0.0.1', { host }), host).toBe(false)
  expect(local('127.0.0.1', {})).toBe(false)
  for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'])
    expect(local('127.0.0.1', { host: 'localhost', [name]: 'x' }), name).toBe(false)
})

test('a user in a header', () => {
  const named = (text: string) => devUser({ header: () => Buffer.from(text).toString('latin1') })
  expect(named('ada')).toEqual({ id: 'ada' })
  expect(named('  {"id":"bøb","roles":["a"]} ')).toEqual({ id: 'bøb', roles: ['a'] })
  for (const wrong of ['', '{', '{}', '{"id":""}', '{"id":7}', '{"id":null}', '{]']) expect(() => named(wrong), wrong).toThrow(/X-Dev-User/)
  // Bytes that are no UTF-8 are characters of Latin 1.
  expect(devUser({ header: () => 'b\u00f8b' })).toEqual({ id: 'bøb' })
})
