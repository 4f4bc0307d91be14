import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres as openPostgres } from '../../../../runtime-lite/postgres/index.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { HOST, numberOf, read, until, urlOf } from './support.ts'

const LABEL = 'pg_tls'

/** What a client of PostgreSQL sends to ask for encryption. */
const SSL_REQUEST = 80_877_103

/** Encrypts in front of a server that need not know how to. `requests`: what came unencrypted after all. */
async function tlsProxy(
  key: Buffer,
  cert: Buffer,
): Promise<{ readonly server: Server; readonly port: number; readonly plain: () => number }> {
  let plain = 0
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (bytes) => {
      if (bytes.length !== 8 || bytes.readUInt32BE(4) !== SSL_REQUEST) {
        plain++
        socket.destroy()
        return
      }
      socket.write('S')
      const secure = new TLSSocket(socket, { isServer: true, key, cert })
      const upstream = connect(5432, HOST)
      const end = (): void => {
        secure.destroy()
        upstream.destroy()
      }
      for (const side of [secure, upstream]) side.on('error', end).on('close', end)
      secure.pipe(upstream)
      upstream.pipe(secure)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, plain: () => plain }
}

describe.skipIf(!isReachable(postgres))('encrypted connections', () => {
  const folder = mkdtempSync(join(tmpdir(), 'objectql-tls-'))
  let database: ScratchDatabase
  let proxy: Awaited<ReturnType<typeof tlsProxy>>
  let ca: Buffer
  beforeAll(async () => {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files])
    if (status !== 0) throw new Error(`openssl failed: ${stderr}`)
    ca = readFileSync(join(folder, 'cert.pem'))
    proxy = await tlsProxy(readFileSync(join(folder, 'key.pem')), ca)
    database = postgres.create(LABEL)
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
    proxy.server.close()
    database.drop()
  })

  test('work when the certificate is one to trust, and statements on them can be stopped', async () => {
    const driver = await openPostgres({ url: urlOf(LABEL, proxy.port), ssl: { ca } })
    expect(await numberOf(driver.session, 'select 1')).toBe(1)
    const sleepers = `select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query = 'select pg_sleep(62)'`
    const stop = new AbortController()
    const slow = driver
      .transaction(async (session) => session.run(read('select pg_sleep(62)'), []), { signal: stop.signal })
      .catch((error: unknown) => error)
    await until(async () => (await numberOf(driver.session, sleepers)) === 1)
    stop.abort()
    expect(await slow).toMatchObject({ code: 'CANCELLED' })
    expect(await numberOf(driver.session, sleepers)).toBe(0)
    expect(proxy.plain()).toBe(0)
    await driver.close()
  })

  test('are refused at once when it is not', async () => {
    await expect(openPostgres({ url: urlOf(LABEL, proxy.port), ssl: true, acquireTimeout: 60_000 })).rejects.toThrow(
      /self-signed certificate/,
    )
  })
})
