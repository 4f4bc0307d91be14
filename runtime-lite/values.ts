/** Any value that survives a JSON round trip. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** A stored file. `url` says where it can be fetched, `id` names it where files are kept elsewhere; one of them is always there. */
export interface Attachment {
  id?: string
  url?: string
  name?: string
  /** Media type, e.g. `application/pdf`. */
  type?: string
  /** Bytes. */
  size?: number
  original_name?: string
  /** ISO 8601. */
  uploaded_at?: string
  uploaded_by?: string
}

/** A stored picture. */
export interface ImageAttachment extends Attachment {
  /** Pixels. */
  width?: number
  /** Pixels. */
  height?: number
  thumbnail_url?: string
  variants?: { small?: string; medium?: string; large?: string }
}

/** A place on earth. */
export interface GeoPoint {
  /** Degrees, -90 to 90. */
  latitude: number
  /** Degrees, -180 to 180. */
  longitude: number
  /** Metres. */
  altitude?: number
  /** Metres. */
  accuracy?: number
}

/** A postal address. */
export interface Address {
  street?: string
  city?: string
  state?: string
  postalCode?: string
  country?: string
  /** ISO 3166-1 alpha-2, e.g. `DE`. */
  countryCode?: string
  /** The whole address as it is written on a letter. */
  formatted?: string
}
