import type { ValidatorIr } from '../ir/rule.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'

/** `${NAME}` or `${NAME:-what stands there without it}` */
const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*(?::-([^{}]*))?\}/g

/** The address that a rule asks, as far as it can be told without the environment it will run in. @throws RuleProblem */
export function readAddress(address: RuleNode, node: RuleNode): ValidatorIr {
  const refuse = (problem: string, { span }: RuleNode = address): never => {
    throw new RuleProblem('bad-address', span, problem)
  }
  const url = address.text()?.trim() ?? refuse('it is no text')
  if (/\$\{|\{\{/.test(url.replace(VARIABLE, ''))) refuse('only variables of the environment stand in it, as in ${VAT_SERVICE}')
  // What a variable at the beginning holds is the whole address, or its origin.
  const sample = url.replace(VARIABLE, (_all, preset: string | undefined, at: number) => preset ?? (at === 0 ? 'https://example.org' : '1'))
  const parsed = URL.canParse(sample) ? new URL(sample) : refuse(`"${url}" is no URL`)
  if (!/^https?:$/.test(parsed.protocol)) refuse('it begins with neither https: nor http:')
  if (parsed.username !== '' || parsed.password !== '') refuse('a name and a password do not belong in a URL, but in "headers"')
  const method = node.member('method')
  const verb = (method?.text() ?? 'POST').toUpperCase()
  if (verb !== 'POST' && verb !== 'GET') refuse('"method" is POST or GET', method)
  const headers = headersOf(node.member('headers'), refuse)
  return { kind: 'address', url, method: verb as 'POST' | 'GET', ...(headers ? { headers } : {}) }
}

type Refuse = (problem: string, node?: RuleNode) => never

function headersOf(node: RuleNode | undefined, refuse: Refuse): Readonly<Record<string, string>> | undefined {
  if (!node || node.value === null) return undefined
  const entries = node.members().map(([name, member]): readonly [string, string] => {
    const text = typeof member.value === 'string' ? member.value : refuse(`the header "${name}" is no text`, member)
    try {
      new Headers([[name, text.replace(VARIABLE, '1')]])
    } catch {
      refuse(`"${name}" is no header that can be sent`, member)
    }
    return [name.toLowerCase(), text]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
