import type { PluginRequirementSyntax } from '../2-parse/syntax.ts'
import type { LinkedMiddleware, LinkedPlugin } from '../3-link/model.ts'
import type { MiddlewareIr, PluginIr, PluginRequirementIr } from '../ir/plugin.ts'

export function lowerPlugin(plugin: LinkedPlugin): PluginIr {
  const { name, version, dependencies, optionalDependencies, conflicts, provides, requires, isCold, group, config, place, span } = plugin
  return {
    name: name.value,
    ...(version === undefined ? {} : { version: version.value }),
    dependencies: dependencies.map(lowerRequirement),
    optionalDependencies: optionalDependencies.map(lowerRequirement),
    conflicts: conflicts.map(lowerRequirement),
    provides: provides.map(({ value }) => value),
    requires: requires.map(({ value }) => value),
    ...(isCold ? { isCold } : {}),
    group,
    config,
    ...(place === undefined ? {} : { place }),
    span,
  }
}

export const lowerMiddleware = ({ objects: _objects, ...middleware }: LinkedMiddleware): MiddlewareIr => middleware

const lowerRequirement = ({ name, range }: PluginRequirementSyntax): PluginRequirementIr => ({ name: name.value, range: range.value })
