import type { Severity } from '../diagnostic.ts'

/** What the catalog knows about one code. Holes in the message are written `{name}`. */
export interface CatalogEntry<Message extends string = string> {
  readonly severity: Severity
  readonly message: Message
}

/** A problem that stops the run. */
export const error = <const Message extends string>(message: Message): CatalogEntry<Message> => ({ severity: 'error', message })

/** A problem the run survives; `strict` turns it into an error. */
export const warning = <const Message extends string>(message: Message): CatalogEntry<Message> => ({ severity: 'warning', message })

/** Something worth knowing. */
export const info = <const Message extends string>(message: Message): CatalogEntry<Message> => ({ severity: 'info', message })
