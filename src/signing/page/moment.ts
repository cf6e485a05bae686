/**
 * A moment as digits, `21.11.2026, 22:04:48 (UTC+05:00)`: the same in every language and browser, some of which have no Kazakh month names.
 * `timeZone` is an IANA name; without one it is the reader's own. What is no date comes back as it is. Of what lasts until then seconds say nothing.
 */
export function formatMoment(iso: string, timeZone?: string, { seconds = true } = {}): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const zone = timeZone === undefined ? {} : { timeZone }
  const text = new Intl.DateTimeFormat('ru', { dateStyle: 'short', timeStyle: 'medium', ...zone }).formatToParts(date)
  const part = (type: string): string => text.find((item) => item.type === type)?.value ?? ''
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', ...zone }).format(date)
  const offset = new Intl.DateTimeFormat('en', { timeZoneName: 'longOffset', ...zone })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')
  const [day, month, hour, minute, second] = ['day', 'month', 'hour', 'minute', 'second'].map(part)
  return `${day}.${month}.${year}, ${hour}:${minute}${seconds ? `:${second}` : ''} (${offset?.value.replace('GMT', 'UTC') ?? 'UTC'})`
}
