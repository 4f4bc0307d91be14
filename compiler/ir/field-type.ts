/** Canonical field types. Every alias of every dialect is mapped to one of these while parsing. */
export const FIELD_TYPES = [
  'text', 'textarea', 'markdown', 'html', 'richtext', 'code', 'email', 'url', 'phone', 'password', 'secret', 'color', 'signature', 'qrcode',
  'number', 'currency', 'percent', 'rating', 'slider', 'progress', 'boolean', 'date', 'datetime', 'time',
  'select', 'radio', 'multiselect', 'checkboxes', 'tags', 'lookup', 'master_detail', 'tree', 'user',
  'image', 'file', 'avatar', 'video', 'audio', 'location', 'address', 'json', 'array', 'composite', 'vector',
  'formula', 'summary', 'autonumber',
] as const

export type FieldType = (typeof FIELD_TYPES)[number]
