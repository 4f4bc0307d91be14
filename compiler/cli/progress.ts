import type { PhaseName } from '../compile-result.ts'
import type { Terminal } from './terminal.ts'

const PATIENCE_MS = 1_000

const DOING: { readonly [phase in PhaseName]: string } = {
  config: 'reading the configuration',
  load: 'loading schemas',
  parse: 'parsing',
  link: 'resolving names',
  lower: 'building the model',
  plan: 'planning queries',
  optimize: 'optimising',
  emit: 'printing code',
  write: 'writing files',
}

export interface Progress {
  readonly onPhase: (phase: PhaseName) => void
  /** Takes the line away again. */
  readonly end: () => void
}

/** One line on a terminal, once a compile takes longer than a second. */
export function createProgress(terminal: Terminal): Progress {
  const since = performance.now()
  let isShown = false
  return {
    onPhase(phase) {
      if (!terminal.isInteractive || performance.now() - since < PATIENCE_MS) return
      isShown = true
      terminal.err(`\r\u001b[K${DOING[phase]} …`)
    },
    end() {
      if (isShown) terminal.err('\r\u001b[K')
      isShown = false
    },
  }
}
