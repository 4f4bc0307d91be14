import type { EmitContext, OutputFile } from './target.ts'

/** `trace.json`: for each generated file, which line came from where in the schemas, so that an editor or a stack trace can jump there. */
export function traceFile(files: readonly OutputFile[], { lineOf }: EmitContext): OutputFile {
  const entries = files.flatMap(({ path, trace = [] }) =>
    trace.map(
      ({ line, path: source, start }) =>
        `  ${JSON.stringify(`${path}:${line}`)}: ${JSON.stringify(`${source}:${lineOf({ path: source, start, end: start })}`)}`,
    ),
  )
  return { path: 'trace.json', text: `{\n${entries.sort().join(',\n')}\n}\n` }
}
