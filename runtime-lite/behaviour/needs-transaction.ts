/**
 * Thrown by writes whose hooks wait, when they are outside of any transaction. What was done is undone; the same call inside of one works.
 * Seen by nobody but the entrances of the runtime.
 */
export class NeedsTransaction extends Error {
  constructor() {
    super('Hooks of this operation wait: it runs in a transaction.')
  }
}
