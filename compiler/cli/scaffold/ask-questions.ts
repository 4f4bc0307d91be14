import { cancel, intro, isCancel, select, text } from '@clack/prompts'
import { nameProblem } from '../commands/init.ts'

interface Given {
  readonly name?: string
  readonly template?: 'yaml' | 'typescript'
}

/** Asks for what no flag has answered. Undefined when the person gave up. */
export async function askQuestions(given: Given, defaultName: string): Promise<Required<Given> | undefined> {
  intro('A new objectql application')
  const name =
    given.name ??
    (await text({
      message: 'What is it called?',
      placeholder: defaultName,
      defaultValue: defaultName,
      validate: (value) => (value === undefined || value === '' ? undefined : nameProblem(value)),
    }))
  if (isCancel(name)) return giveUp()
  const template =
    given.template ??
    (await select({
      message: 'Which language should the schemas be in?',
      options: [
        { value: 'yaml' as const, label: 'YAML', hint: 'one file for each object' },
        { value: 'typescript' as const, label: 'TypeScript', hint: 'with types and completion' },
      ],
    }))
  return isCancel(template) ? giveUp() : { name, template }
}

function giveUp(): undefined {
  cancel('Cancelled.')
}
