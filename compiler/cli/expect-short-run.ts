import { setFlagsFromString } from 'node:v8'

/** Versions of V8 on which this was measured: those of Node 24 to 26. Others might not know the flags, and would say so on stderr. */
const MEASURED_VERSIONS: ReadonlySet<string> = new Set(['13', '14'])

/**
 * A compile is over in a second or two. What V8's optimizing compiler makes of its functions by then, on other threads, comes too
 * late to pay for itself: it took a fifth of all CPU time. So it stays off, and the quick compiler before it waits for functions
 * that are called thousands of times. Not for what goes on running: watching, serving.
 */
export function expectShortRun(): void {
  if (!MEASURED_VERSIONS.has(process.versions.v8.split('.')[0] ?? '')) return
  setFlagsFromString('--no-opt')
  setFlagsFromString('--invocation-count-for-maglev=3000')
}
