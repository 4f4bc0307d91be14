import { setFlagsFromString } from 'node:v8'

/** Versions of V8 on which this was measured: those of Node 24 and 26. Others might not know a flag, and would say so on stderr. */
const isMeasured = /^(?:13|14)\.6\./.test(process.versions.v8)

let hasBegun = false

/** Settings of the engine for a process that compiles once, within a second or two. Not for what goes on running: watching, serving. */
export const shortRun = {
  /**
   * Before anything is loaded. What V8's optimizing compiler makes of our functions, on other threads, comes too late to pay for
   * itself: it took a fifth of all CPU time. So it stays off, and the quick compiler before it waits for functions that are called
   * thousands of times.
   */
  begin(): void {
    if (!isMeasured) return
    hasBegun = true
    setFlagsFromString('--no-opt')
    setFlagsFromString('--invocation-count-for-maglev=3000')
    setFlagsFromString('--semi-space-growth-factor=16')
  },

  /**
   * When the compiler is loaded, before it reads a project. The young generation of the heap grows whenever much in it survives, and
   * trees and texts do: to 128 MB for a thousand objects, a third of all memory, and no faster. By now it has grown once, to a
   * quarter of that, and there it stays.
   */
  settle(): void {
    if (hasBegun) setFlagsFromString('--semi-space-growth-factor=1')
  },
}
