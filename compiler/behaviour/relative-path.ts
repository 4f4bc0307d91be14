import { posix } from 'node:path'

/**
 * The way from a folder to a file, both relative to the project, with forward slashes. The file may lie outside of the project, however far, wherever the process
 * was started.
 */
export function relativePath(folder: string, path: string): string {
  const [from, to] = [steps(folder), steps(path)]
  // What the folders above an output outside of the project are called is known to the process alone.
  if (from[0] === '..') return posix.relative(folder, path)
  let shared = 0
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/')
}

const steps = (path: string): readonly string[] =>
  posix
    .normalize(path)
    .split('/')
    .filter((step) => step !== '.' && step !== '')
