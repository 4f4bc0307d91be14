/** Path of one record. @throws TypeError for what is no id. */
export function recordPath(path: string, id: string): string {
  // URLs drop `.` and `..` even when they are percent-encoded, and an empty id would name the whole collection.
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`"${id}" is not an id.`)
  return `${path}/${encodeURIComponent(id)}`
}
