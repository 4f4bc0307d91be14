import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr } from '../ir/object.ts'
import { appTarget } from './app/app-target.ts'
import { clientTarget } from './client/client-target.ts'
import { objectsTarget } from './objects/objects-target.ts'
import { openapiTarget } from './openapi/openapi-target.ts'
import { plansTarget } from './plans/plans-target.ts'
import { registryTarget } from './registry/registry-target.ts'
import { sqlTarget } from './sql/sql-target.ts'
import type { EmitContext, OutputFile, Target } from './target.ts'
import { traceFile } from './trace.ts'

export const targets: readonly Target[] = [objectsTarget, plansTarget, sqlTarget, registryTarget, appTarget, clientTarget, openapiTarget]

/** All output, in memory, sorted by path. @throws CompilerBug-like Error when two targets claim one path. */
export async function emit(app: AppIr, config: ResolvedConfig, context: EmitContext): Promise<readonly OutputFile[]> {
  const files = targets.flatMap((target) => target.emit(app, config, context))
  files.push(traceFile(files, context))
  files.sort((left, right) => (left.path < right.path ? -1 : 1))
  for (const [index, file] of files.entries())
    if (files[index + 1]?.path === file.path) throw new Error(`Two emit targets print "${file.path}".`)
  if (config.emit.module === 'ts') return files
  const { toJavaScript } = await import('./to-javascript.ts')
  return files.flatMap(toJavaScript)
}
