import { pathToFileURL } from 'node:url'
import { serve } from 'objectql/rest'

/** Serves a compiled app: `node generated-server.ts <generated/index.ts> <database file or URL> <port>`. Nothing in it is made for the benchmark. */
const [index = '', file = ':memory:', port = '0'] = process.argv.slice(2)
const { createApp } = await import(pathToFileURL(index).href)
const app = await createApp({ datasource: file.includes('://') ? file : `sqlite:${file}` })
const server = await serve(app, { port: Number(port), host: '127.0.0.1', handleSignals: true })
console.log(`listening ${server.port}`)
