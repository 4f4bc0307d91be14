import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr } from '../ir/object.ts'
import { actionsTarget } from './actions/actions-target.ts'
import { appTarget } from './app/app-target.ts'
import { databaseTarget } from './app/database-target.ts'
import { clientTarget } from './client/client-target.ts'
import { hooksTarget } from './hooks/hooks-target.ts'
import { restMiddlewareTarget } from './hooks/rest-middleware-target.ts'
import { kernelTarget } from './kernel/kernel-target.ts'
import { modulesTarget } from './modules/modules-target.ts'
import { objectsTarget } from './objects/objects-target.ts'
import { openapiTarget } from './openapi/openapi-target.ts'
import { plansTarget } from './plans/plans-target.ts'
import { registryTarget } from './registry/registry-target.ts'
import { rulesTarget } from './rules/rules-target.ts'
import { sqlTarget } from './sql/sql-target.ts'
import type { EmitContext, OutputFile, Target } from './target.ts'
import { traceFile } from './trace.ts'
import { workflowsTarget } from './workflows/workflows-target.ts'

export const targets: readonly Target[] = [
  objectsTarget,
  plansTarget,
  rulesTarget,
  hooksTarget,
  modulesTarget,
  actionsTarget,
  workflowsTarget,
  sqlTarget,
  registryTarget,
  kernelTarget,
  restMiddlewareTarget,
  appTarget,
  clientTarget,
  openapiTarget,
  databaseTarget,
]

/** All output, in memory, sorted by path. @throws CompilerBug-like Error when two targets claim one path. */
export async function emit(app: AppIr, config: ResolvedConfig, context: EmitContext): Promise<readonly OutputFile[]> {
  const hasFormulas = app.objects.some(({ fields }) => fields.some(({ formula }) => formula !== undefined))
  const formulas = hasFormulas ? { formulas: (await import('./plans/formula-text.ts')).formulaTexts } : {}
  const files = targets.flatMap((target) => target.emit(app, config, { ...context, ...formulas }))
  if (app.configSchemas.length > 0) {
    // Its printer answers later, and is not loaded for the many applications without such a schema.
    const { emitConfigTypes } = await import('./config/config-types.ts')
    files.push(await emitConfigTypes(app, context))
  }
  const modules = config.emit.module === 'ts' ? files : files.flatMap((await import('./to-javascript.ts')).toJavaScript)
  const all = [...modules, traceFile(modules, context)].sort((left, right) => (left.path < right.path ? -1 : 1))
  for (const [index, file] of all.entries())
    if (all[index + 1]?.path === file.path) throw new Error(`Two emit targets print "${file.path}".`)
  return all
}
