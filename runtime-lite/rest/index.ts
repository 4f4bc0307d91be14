/** REST over `node:http` or any web-standard server. */
export { createFetchHandler } from './fetch.ts'
export { type RunningServer, type ServeOptions, serve } from './serve.ts'
