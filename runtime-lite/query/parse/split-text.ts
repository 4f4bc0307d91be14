export interface Part {
  readonly from: number
  /** Position of the comma behind it, or the end. */
  readonly to: number
}

/** Parts of a marked text between commas that stand in no parentheses. */
export function splitTopLevel(text: string): readonly Part[] {
  const parts: Part[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === ',' && depth <= 0) {
      parts.push({ from, to: at })
      from = at + 1
    }
  }
  parts.push({ from, to: text.length })
  return parts
}

/** Where an option inside parentheses ends: at `;` or `)` of its own level, or at the end. */
export function optionEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '(') depth++
    else if (char === ';' && depth === 0) return at
    else if (char === ')' && depth-- === 0) return at
  }
  return text.length
}
