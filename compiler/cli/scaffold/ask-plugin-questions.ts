import { cancel, intro, isCancel, select, text } from '@clack/prompts'
import { pluginNameProblem } from './plugin-name.ts'
import { PLUGIN_TEMPLATES, type PluginAnswers, TEMPLATE_HINTS } from './plugin-template.ts'

type Given = { readonly [Key in keyof PluginAnswers]?: PluginAnswers[Key] | undefined }

/** Asks for what no flag has answered. Undefined when the person gave up. */
export async function askPluginQuestions(given: Given, defaults: PluginAnswers): Promise<PluginAnswers | undefined> {
  intro('A new plugin')
  const name =
    given.name ??
    (await text({
      message: 'What is it called?',
      placeholder: defaults.name,
      defaultValue: defaults.name,
      validate: (value) => (value === undefined || value === '' ? undefined : pluginNameProblem(value)),
    }))
  if (isCancel(name)) return giveUp()
  const template =
    given.template ??
    (await select({
      message: 'What does it begin with?',
      options: PLUGIN_TEMPLATES.map((value) => ({ value, label: value, hint: TEMPLATE_HINTS[value] })),
    }))
  if (isCancel(template)) return giveUp()
  const description =
    given.description ??
    (await text({ message: 'What does it do, in one sentence?', placeholder: defaults.description, defaultValue: defaults.description }))
  return isCancel(description) ? giveUp() : { name, template, description }
}

function giveUp(): undefined {
  cancel('Cancelled.')
}
