/** A block of TypeScript on a page of docs/. */
export interface DocsBlock {
  /** Of its first line of code, on the page. */
  readonly line: number
  /** The file it says to be in its first line. */
  readonly path: string | undefined
  readonly text: string
}

/** All blocks of TypeScript of a page, in its order. */
export const docsBlocks = (page: string): readonly DocsBlock[] =>
  [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, text = ''] = match
    return { line: page.slice(0, match.index).split('\n').length + 1, path: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1], text }
  })
