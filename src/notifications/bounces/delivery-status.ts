// What mail servers tell of a mail that they could not deliver: RFC 3464 (delivery status notifications), with the codes of RFC 3463.

/** That a mail did not arrive. A permanent failure stays one, however often it is tried. */
export interface Failure {
  kind: 'permanent' | 'temporary'
  /** `5.1.1`; of a server that refused at once and told no more, its answer: `550`. */
  code: string
}

/** More of them than any server reports of a mail with one recipient. */
const MOST_GROUPS = 50

/** The fields of a group, names small, folded lines put together; of two of one name the first. */
function fieldsOf(group: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of group.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

function failureOfGroup(group: string): Failure | undefined {
  const fields = fieldsOf(group)
  const action = /^[a-z]+/i.exec(fields.get('action') ?? '')?.[0].toLowerCase()
  const [code, kind] = /^([45])\.\d{1,3}\.\d{1,3}(?!\d)/.exec(fields.get('status') ?? '') ?? []
  if (code === undefined) return undefined
  // A server that gives up on what is only for now (4.4.7) has failed, too; the next mail may arrive.
  if (action === 'failed') return { kind: kind === '5' ? 'permanent' : 'temporary', code }
  return action === 'delayed' ? { kind: 'temporary', code } : undefined
}

/**
 * What the text of a `message/delivery-status` says of its recipients: the worst of it, since each mail of ours has one, who may have forwarded it to several.
 * Undefined for one that tells of no failure, or is no such text.
 */
export function failureOf(text: string): Failure | undefined {
  const groups = text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n/, MOST_GROUPS)
  const failures = groups.map(failureOfGroup).filter((failure) => failure !== undefined)
  return failures.find(({ kind }) => kind === 'permanent') ?? failures[0]
}
