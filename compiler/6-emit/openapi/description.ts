import type { FieldIr } from '../../ir/object.ts'
import { titleCase } from '../../ir/words.ts'

/** Text of authors inside Markdown: what viewers could run is defused. */
export const markdown = (text: string): string => (PLAIN.test(text) ? text : defused(text))

/** Most texts: words with single blanks between them. */
const PLAIN = /^[^\s<(]+(?: [^\s<(]+)*$/

const defused = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/<(?=\/?script)/gi, '&lt;')
    .replaceAll(/eval\(/gi, 'eval&#40;')

/** With a full stop, unless it ends in some other sign that ends a sentence. */
export const sentence = (text: string): string => {
  const clean = markdown(text)
  return clean === '' || /[.!?。！？…:]$/u.test(clean) ? clean : `${clean}.`
}

/** What the schema keywords do not say: label and description where they add something, then the rules no keyword expresses. */
export function describeField(field: FieldIr, isInput: boolean): string {
  const title = titleCase(field.name)
  const label = field.label === title || plain(field.label) === plain(title) ? '' : field.label
  return [label, field.description ?? '', ...rules(field, isInput)]
    .map(sentence)
    .filter((text) => text !== '')
    .join(' ')
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '')

function rules(field: FieldIr, isInput: boolean): readonly string[] {
  const { value, reference, default: preset } = field
  return [
    ...(reference ? [referenceText(field)] : []),
    ...(field.isUnique ? ['Unique'] : []),
    ...(field.isReadonly && !field.isComputed && field.name !== 'id' ? ['Meant to be read only'] : []),
    ...(value.kind === 'number' && !value.isInteger && value.scale !== undefined ? [`At most ${value.scale} decimals`] : []),
    ...(value.kind === 'attachment' && value.maxSize !== undefined ? [`At most ${value.maxSize} bytes`] : []),
    ...(value.kind === 'string' && value.protocols ? [`Protocols: ${value.protocols.join(', ')}`] : []),
    ...(isInput && preset ? [`Default: ${preset.kind === 'literal' ? JSON.stringify(preset.value) : preset.kind.replace('-', ' ')}`] : []),
  ]
}

function referenceText({ reference, isList }: FieldIr): string {
  const names =
    reference?.object === undefined ? (reference?.candidates.length ? reference.candidates : reference?.authored) : [reference.object]
  const target = names?.length ? names.join(' or ') : 'record'
  return `${isList ? 'Ids' : 'Id'} of ${target}`
}
