import { runExplainPipeline } from '../cli/commands/explain-pipeline.ts'
import type { StartedHarness } from './plugin-test-harness.ts'

/**
 * What runs around an operation, in order, as `objectql explain pipeline` tells it: `expect(await pipelineSnapshot(harness, 'account.update')).toMatchSnapshot()`.
 * @throws Error for an object that there is not.
 */
export async function pipelineSnapshot({ folder }: Pick<StartedHarness, 'folder'>, place: string): Promise<string> {
  const out: string[] = []
  const err: string[] = []
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    ...{ hasColor: false, isInteractive: false, cwd: folder, env: {} },
  }
  if ((await runExplainPipeline({}, terminal, place)) !== 0) throw new Error(err.join('').trim())
  return out.join('')
}
