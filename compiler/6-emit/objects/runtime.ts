/** Where generated object modules import validation helpers from: an entry of its own, so that a browser that validates forms loads nothing else. */
export const RUNTIME = 'objectql/validate'
