import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { compile } from '../../compiler/index.ts'

/** A plugin file for each schema. */
export const pluginFiles = (schemas: Readonly<Record<string, object>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, configSchema], index) => [
      `schemas/plugin-${index}.plugin.ts`,
      // As data: a key `__proto__` of a literal would be no key.
      `export default JSON.parse(${JSON.stringify(JSON.stringify({ name, configSchema }))})\n`,
    ]),
  )

/** `config.d.ts` of an application with these files, and the codes of what was reported. */
export async function configTypes(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly text: string | undefined; readonly problems: readonly string[] }> {
  const host = createMemoryHost({
    'objectql.config.json': '{ "input": ["schemas"] }',
    'schemas/parcel.object.yml': 'fields: { label: { type: text } }',
    ...files,
  })
  const { diagnostics, isOk } = await compile({ host })
  if (!isOk) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'))
  return {
    text: host.files.get(`${host.cwd}/generated/config.d.ts`), // Nothing is configured here.
    problems: diagnostics.map(({ code }) => code).filter((code) => code !== 'plugin/unconfigured'),
  }
}
