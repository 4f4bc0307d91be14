/** The text of a URL that can be read. Errors of parsers would show all of it, the password included. @throws Error without the URL. */
export function checkedUrl(url: string): string {
  if (URL.canParse(url)) return url
  throw new Error('The URL of the database cannot be read. In a password, @ : / ? # are percent-encoded.')
}
