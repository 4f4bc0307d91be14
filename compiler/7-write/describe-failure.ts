const SENTENCE_BY_CODE: { readonly [code: string]: string } = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted',
  EEXIST: 'a file stands where a folder should be',
  ENOTDIR: 'a file stands where a folder should be',
  EISDIR: 'a folder stands where a file should be',
  EMFILE: 'too many files are open',
}

/** A file system failure as one clause for people, with the path it is about. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string }
  const sentence = code === undefined ? undefined : SENTENCE_BY_CODE[code]
  const place = dest ?? path
  return sentence === undefined ? error.message : `${sentence}${place === undefined ? '' : ` ("${place}")`}`
}
