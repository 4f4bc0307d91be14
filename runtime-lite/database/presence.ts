/** Whether a database answers, as far as the connections to it tell. */
export type ConnectionChange = { readonly state: 'connected' } | { readonly state: 'lost'; readonly error: unknown }

export interface Presence {
  /** A connection was made. */
  opened(): void
  /** A connection is gone; `isExpected`: because we closed it. */
  ended(isExpected: boolean): void
  /** A connection could not be made. */
  failed(error: unknown): void
  /** Tells what changes from now on, and at once when there is a connection. Gives the function that ends it. */
  watch(listener: (change: ConnectionChange) => void): () => void
}

/**
 * Lost: the last connection was ended by the other side, or none is left and none can be made. Connections that are closed because nobody needs them are not missed.
 */
export function createPresence(): Presence {
  const listeners = new Set<(change: ConnectionChange) => void>()
  let open = 0
  let isConnected = false

  const tell = (change: ConnectionChange): void => {
    isConnected = change.state === 'connected'
    for (const listener of [...listeners]) listener(change)
  }
  return {
    opened() {
      open++
      if (!isConnected) tell({ state: 'connected' })
    },
    ended(isExpected) {
      open--
      if (!isExpected && open === 0 && isConnected) tell({ state: 'lost', error: new Error('The server closed the last connection.') })
    },
    failed(error) {
      if (open === 0 && isConnected) tell({ state: 'lost', error })
    },
    watch(listener) {
      listeners.add(listener)
      if (isConnected) listener({ state: 'connected' })
      return () => void listeners.delete(listener)
    },
  }
}
