/** How deep folders may lie in each other, and how long a path may be. */
const MAX_DEPTH = 20
const MAX_PATH = 1000
export const MAX_NAME = 255

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f/\\\u202a-\u202e\u2066-\u2069]/

/** A name as it is kept (NFC, so that one name is one file whatever keyboard wrote it); undefined for what is none or would climb out of its folder. */
export function personalName(text: string): string | undefined {
  const name = text.normalize('NFC').trim()
  const tooLong = Array.from(name).length > MAX_NAME
  return name === '' || name === '.' || name === '..' || tooLong || FORBIDDEN.test(name) ? undefined : name
}

/** The folders of a path from the root on, `''` having none; undefined for a path that leads anywhere else. */
export function personalFolders(path: string): string[] | undefined {
  const parts = path.split('/').filter((part, i, all) => part !== '' || (i > 0 && i < all.length - 1))
  const names = parts.map(personalName)
  if (names.length > MAX_DEPTH || path.length > MAX_PATH) return undefined
  return names.every((name): name is string => name !== undefined) ? names : undefined
}

/** Each folder of a path as `{parent, name}`, outermost first. */
export const foldersAlong = (names: readonly string[]): { parent: string; name: string }[] =>
  names.map((name, i) => ({ parent: names.slice(0, i).join('/'), name }))
