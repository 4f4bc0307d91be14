import { createHmac } from 'node:crypto'
import type { Sign } from '../query/cursor.ts'

/** Signs cursors with HMAC-SHA-256, cut to 16 bytes: 22 characters. `secret` is any text; who knows it can make cursors, but read nothing with them that queries could not. */
export const cursorSignature =
  (secret: string): Sign =>
  (text) =>
    createHmac('sha256', secret).update(text).digest().subarray(0, 16).toString('base64url')
