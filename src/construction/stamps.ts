// How document 004 writes instants: newer resources as ISO 8601, older ones in the form of a database, in UTC.

/** `2024-12-20 10:00:00` */
export const sqlStamp = (iso: string): string => iso.slice(0, 19).replace('T', ' ')
/** `2024-12-20T10:00:00Z` */
export const isoStamp = (iso: string): string => `${iso.slice(0, 19)}Z`
/** `2024-01-15T10:30:00.000000Z` */
export const longStamp = (iso: string): string => `${iso.slice(0, 23)}000Z`
