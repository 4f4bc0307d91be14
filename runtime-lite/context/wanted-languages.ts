/** More languages than this nobody reads. */
const MAX_LANGUAGES = 20

/** Languages of an Accept-Language header (RFC 9110, 12.5.4), the one wanted most first. `*` is left out: any language will do. */
export function wantedLanguages(header: string): readonly string[] {
  const wanted: { readonly tag: string; readonly weight: number }[] = []
  for (const part of header.split(',', MAX_LANGUAGES)) {
    const [tag = '', ...parameters] = part.split(';')
    const quality = parameters
      .map((parameter) => /^\s*q\s*=\s*(\d(?:\.\d*)?)\s*$/i.exec(parameter)?.[1])
      .find((value) => value !== undefined)
    const weight = quality === undefined ? 1 : Number(quality)
    const name = tag.trim()
    if (name !== '' && name !== '*' && weight > 0) wanted.push({ tag: name, weight })
  }
  return wanted.sort((a, b) => b.weight - a.weight).map(({ tag }) => tag)
}

/** The text in the first language there is one in: exactly, else in the language without its region (`de-CH` → `de`), or with one. */
export function textInLanguage(texts: Readonly<Record<string, string>>, languages: readonly string[]): string | undefined {
  const textByTag = new Map(Object.entries(texts).map(([tag, text]) => [fold(tag), text]))
  for (const language of languages) {
    const tag = fold(language)
    for (let end = tag.length; end > 0; end = tag.lastIndexOf('-', end - 1)) {
      const text = textByTag.get(tag.slice(0, end))
      if (text !== undefined) return text
    }
    const [base = ''] = tag.split('-')
    for (const [known, text] of textByTag) if (known.startsWith(`${base}-`)) return text
  }
  return undefined
}

const fold = (tag: string): string => tag.replaceAll('_', '-').toLowerCase()
