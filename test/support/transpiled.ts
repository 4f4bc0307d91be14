import { stripTypeScriptTypes } from 'node:module'

/** The exports of a module that is given as text. It imports nothing but types. */
export const transpiled = (text: string): Promise<unknown> =>
  import(`data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text))}`)
