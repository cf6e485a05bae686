/** One SMS holds so many UTF-16 units of a text that is not plain Latin; each of several holds three less. */
export const roomIn = (segments: number): number => (segments === 1 ? 70 : 67 * segments)

/** The longest name or title that is worth its place, and the shortest that still says something. */
const LONGEST = 40
const SHORTEST = 8

/**
 * A name or title as an SMS may hold it, on one line: nothing in it that a phone makes a link of. A dot before a letter would make an address,
 * before a digit it is a date's.
 */
export const plainLine = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N} «»"'№.,()–-]/gu, ' ')
    .replaceAll(/\.(?=\p{L})/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

function shorten(text: string, room: number): string {
  if (text.length <= room) return text
  const cut = text.slice(0, room - 1).replace(/[\uD800-\uDBFF]$/, '')
  return `${cut.trimEnd()}…`
}

/** Builds a text whose names and titles are as long as the segments let them be, each cut at the same length; what is left cannot be shortened. */
export function fitted(segments: number, names: readonly string[], build: (...names: string[]) => string): string {
  const plain = names.map(plainLine)
  const at = (room: number) => build(...plain.map((name) => shorten(name, room)))
  let room = LONGEST
  while (room > SHORTEST && at(room).length > roomIn(segments)) room--
  return at(room)
}
