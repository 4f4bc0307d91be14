import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { relativePath } from '../../../compiler/behaviour/relative-path.ts'
import { random, testSeed } from '../../support/random.ts'

test.each([
  ['generated', 'schemas/a.plugin.ts', '../schemas/a.plugin.ts'],
  ['generated', 'generated/x.ts', 'x.ts'],
  ['./build/api', 'build/x.ts', '../x.ts'],
  ['generated', '../plugins/a.ts', '../../plugins/a.ts'],
  // Further up than the folder of the process is deep.
  ['generated', `${'../'.repeat(40)}a.ts`, `${'../'.repeat(41)}a.ts`],
  ['generated/plans', 'generated', '../../generated'],
])('from %s to %s', (folder, path, expected) => {
  expect(relativePath(folder, path)).toBe(expected)
})

test('is what a file system says, wherever the project is', () => {
  const seed = testSeed()
  const { below, pick } = random(seed)
  for (let count = 0; count < 500; count++) {
    const steps = (): string[] => Array.from({ length: 1 + below(4) }, () => pick(['a', 'b', 'c', '.']))
    const [folder, path] = [steps().join('/'), ['..', '..', '..', '..'].slice(below(5)).concat(steps(), 'file').join('/')]
    const root = '/one/two/three/four/five'
    const expected = posix.join(root, path)
    expect(posix.join(root, folder, relativePath(folder, path)), `seed ${seed}: ${folder} → ${path}`).toBe(expected)
  }
})
