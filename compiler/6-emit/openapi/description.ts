import type { FieldIr } from '../../ir/object.ts'
import { titleCase } from '../../ir/words.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'

/** Text of authors inside Markdown: what viewers could run is defused. */
export const markdown = (text: string): string => (PLAIN.test(text) ? text : defused(text))

/** Most texts: words with single blanks between them. */
const PLAIN = /^(?:[^\s<(]+(?: [^\s<(]+)*)?$/

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
export function describeField(field: FieldIr, isCreate: boolean): string {
  let text = descriptions.get(field)
  if (text === undefined) {
    text = [addedLabel(field), field.description ?? '', ...rules(field)]
      .map(sentence)
      .filter((one) => one !== '')
      .join(' ')
    descriptions.set(field, text)
  }
  const { default: preset } = field
  if (!isCreate || preset === undefined) return text
  const value = sentence(`Default: ${preset.kind === 'literal' ? JSON.stringify(preset.value) : preset.kind.replace('-', ' ')}`)
  return text === '' ? value : `${text} ${value}`
}

/** A field is described where it is read, where it is created and where it is changed. */
const descriptions = new WeakMap<FieldIr, string>()

/** Nothing when the label is the name again. */
function addedLabel({ name, label }: FieldIr): string {
  if (label === name) return ''
  const title = titleCase(name)
  return label === title || plain(label) === plain(title) ? '' : label
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '')

function rules(field: FieldIr): readonly string[] {
  const { value, reference } = field
  const found: string[] = []
  if (reference) found.push(referenceText(field))
  if (field.isUnique) found.push('Unique')
  if (isGuarded(field)) found.push(isGivenOnce(field) ? 'Cannot be changed' : 'Read only')
  if (value.kind === 'number' && !value.isInteger && value.scale !== undefined) found.push(`At most ${value.scale} decimals`)
  if (value.kind === 'attachment' && value.maxSize !== undefined) found.push(`At most ${value.maxSize} bytes`)
  if (value.kind === 'string' && value.protocols) found.push(`Protocols: ${value.protocols.join(', ')}`)
  return found
}

function referenceText({ reference, isList }: FieldIr): string {
  const names =
    reference?.object === undefined ? (reference?.candidates.length ? reference.candidates : reference?.authored) : [reference.object]
  const target = names?.length ? names.join(' or ') : 'record'
  return `${isList ? 'Ids' : 'Id'} of ${target}`
}
