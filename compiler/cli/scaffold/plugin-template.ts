import { join } from 'node:path'
import { packageRoot } from '../../package-identity.ts'
import { VERSION } from '../../version.ts'
import { bareName, identifierOf } from './plugin-name.ts'
import { renderTemplates, type ScaffoldFile } from './render-template.ts'

export const PLUGIN_TEMPLATES = ['basic', 'protocol', 'feature'] as const

export type PluginTemplate = (typeof PLUGIN_TEMPLATES)[number]

export interface PluginAnswers {
  /** Of the package: `audit`, `@acme/audit`. */
  readonly name: string
  readonly template: PluginTemplate
  /** One sentence. */
  readonly description: string
}

export const TEMPLATE_HINTS: { readonly [template in PluginTemplate]: string } = {
  basic: 'an object, a hook, a service and a setting',
  protocol: 'a server of its own that speaks another protocol',
  feature: 'objects, hooks, an action, events and a capability',
}

/** What applications that show the plugin tell it. */
const CONFIGURED: { readonly [template in PluginTemplate]: string } = {
  basic: "{ greeting: 'Good day' }",
  protocol: '{ port: 0 }',
  feature: '{ due_in_days: 3 }',
}

const ABOUT: { readonly [template in PluginTemplate]: (identifier: string) => string } = {
  basic: (identifier) => `It brings the object \`${identifier}_note\`, and a service that greets.`,
  protocol: () =>
    'It answers calls as JSON over HTTP: `POST { "id": 1, "method": "find", "params": { "object": "account" } }`. Methods are `objects`, `find`, `get` and `create`.\nNobody is asked who they are, so it listens on 127.0.0.1 unless it is told otherwise.',
  feature: (identifier) =>
    `It brings the object \`${identifier}_item\` with the action \`finish\`, and provides the capability \`${identifier}\` to other plugins.`,
}

/** The files of a new plugin. */
export function renderPlugin({ name, template, description }: PluginAnswers): readonly ScaffoldFile[] {
  const identifier = identifierOf(name)
  const values = {
    name,
    identifier,
    title: bareName(name)
      .replaceAll(/[-._]+/g, ' ')
      .replace(/^./, (letter) => letter.toUpperCase()),
    description,
    descriptionJson: JSON.stringify(description),
    configured: CONFIGURED[template],
    about: ABOUT[template](identifier),
    objectqlVersion: VERSION,
  }
  return ['common', template].flatMap((folder) => renderTemplates(join(packageRoot, 'templates', 'plugin', folder), values))
}
