import { hash } from 'node:crypto'

/** A short, stable name for a content: 128 bits of its SHA-256. Text counts as its UTF-8 bytes. */
export const contentHash = (content: string | Uint8Array): string => hash('sha256', content, 'hex').slice(0, 32)
