/**
 * An application of two plugins of which one needs the other: `greeter` counts in memory, `chorus` sings its word in a hook, an action, a listener,
 * a service and a header. Texts of files, so that a test can save others.
 */
export const ACCOUNT = 'name: account\nfields:\n  name: { type: text, required: true }\n  song: { type: text }\n'

export const GREETER = `
let greeted = 0
export default {
  name: 'greeter',
  version: '1.0.0',
  install: ({ services }) => services.provide('greeting', (word) => { greeted++; return 'Hello ' + word }),
  actions: [{ object: 'account', name: 'tally', type: 'global', handler: () => ({ pid: process.pid, greeted }) }],
}
`

interface ChorusParts {
  /** Members of the plugin, as text. */
  readonly more?: string
  /** Statements before it. */
  readonly first?: string
  /** Called in `start`. */
  readonly start?: string
  /** Before the handler of `sing` answers. */
  readonly sing?: string
}

export const chorus = (word: string, { more = '', first = '', start = '', sing = '' }: ChorusParts = {}): string => `
${first}
const word = '${word}'
let greet = (text) => text
const heard = []
export default {
  name: 'chorus',
  version: '1.0.0',
  dependencies: { greeter: '^1.0.0' },
  start({ services, events }) {
    greet = services.get('greeting')
    events.on('record.created.account', () => void heard.push(word))
    ${start}
  },
  hooks: [{ name: 'sung', object: 'account', events: ['beforeCreate'], handler: ({ data }) => { data.song = greet(word) } }],
  actions: [
    { object: 'account', name: 'sing', type: 'global', handler: async () => { ${sing}; return { says: greet(word), heard, pid: process.pid } } },
  ],
  middleware: [
    { name: 'sign', on: 'rest', async execute(ctx, next) { const reply = await next(); reply.headers.set('x-chorus', word); return reply } },
  ],
  ${more}
}
`

export const CHOIR: { readonly [path: string]: string } = {
  'schemas/account.object.yml': ACCOUNT,
  'schemas/greeter.plugin.js': GREETER,
  'schemas/chorus.plugin.js': chorus('one'),
  'package.json': '{ "type": "module", "private": true }',
}
