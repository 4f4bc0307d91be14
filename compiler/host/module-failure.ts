/** Why a module could not be executed. Thrown by `Host.importModule`. */
export interface ModuleFailure extends Error {
  readonly name: 'ModuleFailure'
  /** `syntax`: not TypeScript. `not-found`: an import leads nowhere. `thrown`: the module's own code threw. */
  readonly kind: 'syntax' | 'not-found' | 'thrown'
  /** One clause without a full stop. */
  readonly message: string
  /** The specifier that was not found. */
  readonly specifier?: string
  /** Where, if known: absolute path and offsets into that file's text. */
  readonly place?: { readonly path: string; readonly start: number; readonly end: number }
  /** Absolute paths of the project files read so far, so that a repair of any of them is noticed. */
  readonly inputs: readonly string[]
}

export function createModuleFailure(failure: Omit<ModuleFailure, 'name' | 'stack'>): ModuleFailure {
  return Object.assign(new Error(failure.message), { ...failure, name: 'ModuleFailure' as const })
}

export function isModuleFailure(value: unknown): value is ModuleFailure {
  return value instanceof Error && value.name === 'ModuleFailure'
}
