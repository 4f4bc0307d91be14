import type { Client } from '../generated/client/index.js'

export const found = (client: Client, words: string, options: object) => [
  client.ticket.list({ where: { subject: words } }),
  client.ticket.list(options),
]
