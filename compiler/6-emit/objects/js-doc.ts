import { NOTHING, type Raw, raw } from '../../code/code.ts'

/** A doc comment. One line when there is only text; nothing when there is nothing to say. */
export function jsDoc(text: string, source?: string): Raw {
  const safe = inComment(text)
  if (source === undefined) return safe === '' ? NOTHING : raw(`/** ${safe} */`)
  const tag = `@source ${inComment(source)}`
  return raw(safe === '' ? `/** ${tag} */` : `/**\n * ${safe}\n *\n * ${tag}\n */`)
}

/** Text that cannot end the comment, break its line or start a tag. */
export const inComment = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('*/', '*\\/')
    .replace(/^@(?!source )/, '\\@')
