import { Project, type SourceFile } from 'ts-morph'

/** Versions of modules that are kept parsed, for a compiler that runs again and again. */
const MAX_KEPT = 200

const sourceByText = new Map<string, SourceFile>()
let project: Project | undefined

/** The syntax of a module, without types of other modules. */
export function parsedModule(path: string, text: string): SourceFile {
  const key = `${path}\0${text}`
  const known = sourceByText.get(key)
  if (known) return known
  if (sourceByText.size >= MAX_KEPT) {
    // What somebody still holds of it stays of use.
    project = undefined
    sourceByText.clear()
  }
  project ??= new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    compilerOptions: { allowJs: true, noLib: true, noResolve: true },
  })
  const extension = /\.[cm]?[jt]sx?$/.exec(path)?.[0] ?? '.ts'
  const source = project.createSourceFile(`/${sourceByText.size}${extension}`, text, { overwrite: true })
  sourceByText.set(key, source)
  return source
}
