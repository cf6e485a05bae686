import type { Ctx } from '../../context.ts'
import type { Settings } from '../../env.ts'

export interface Attachment {
  filename: string
  mime: string
  bytes: Uint8Array
}

export interface Mail {
  to: string
  subject: string
  text: string
  html: string | null
  attachments: Attachment[]
  unsubscribe: string | null
  /** With its angle brackets. */
  messageId: string
  /** Where servers report what they can't deliver (the envelope's sender); null is the sender itself. */
  returnTo: string | null
}

/** A final answer of the other side; anything else is thrown. `no_such_recipient`: the address itself is refused, and the next mail would be, too. */
export type MailResult =
  | { status: 'accepted'; id: string | null }
  | { status: 'rejected'; reason: 'refused' | 'no_such_recipient' | 'no_transport'; code: string | null }

/** RFC 2369 and 8058: a client shows a button, and one POST does it. */
const listHeaders = ({ unsubscribe }: Mail): Record<string, string> =>
  unsubscribe === null ? {} : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }

/** Whether a server refused the address or something else: a relay that does not serve us (5.7.1) refuses all of them. */
export function refusalOf(
  answer: number,
  command: string | undefined,
  response = '',
): { reason: 'refused' | 'no_such_recipient'; code: string } {
  const status = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})(?!\d)/.exec(response)?.[1]
  const ofAddress = status === undefined ? [550, 551, 553].includes(answer) : /^5\.[12]\./.test(status)
  return { reason: command === 'RCPT TO' && ofAddress ? 'no_such_recipient' : 'refused', code: status ?? String(answer) }
}

/** SMTP (RFC 5321) by nodemailer: TLS from the start on port 465, by STARTTLS elsewhere. */
async function bySmtp(s: Settings, mail: Mail): Promise<MailResult> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host: s.SMTP_HOST,
    port: s.SMTP_PORT,
    secure: s.SMTP_PORT === 465,
    requireTLS: s.SMTP_TLS && s.SMTP_PORT !== 465,
    ignoreTLS: !s.SMTP_TLS,
    ...(s.SMTP_USER ? { auth: { user: s.SMTP_USER, pass: s.SMTP_PASSWORD ?? '' } } : {}),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const sent = await transport.sendMail({
      from: s.MAIL_FROM,
      // As an address, not as text that is read for several.
      to: { name: '', address: mail.to },
      ...(mail.returnTo === null ? {} : { envelope: { from: mail.returnTo, to: mail.to } }),
      subject: mail.subject,
      text: mail.text,
      ...(mail.html === null ? {} : { html: mail.html }),
      messageId: mail.messageId,
      headers: listHeaders(mail),
      attachments: mail.attachments.map(({ filename, mime, bytes }) => ({ filename, contentType: mime, content: Buffer.from(bytes) })),
    })
    return { status: 'accepted', id: sent.messageId }
  } catch (error) {
    // 5yz is final (RFC 5321, 4.2.1): the address or the mail is refused, not the moment. Refused credentials are ours to mend: tried again.
    const { responseCode, code, command, response } = error as { responseCode?: number; code?: string; command?: string; response?: string }
    if (code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500)
      return { status: 'rejected', ...refusalOf(responseCode, command, response) }
    throw new Error(`SMTP did not take the mail: ${code ?? 'unknown'} ${responseCode ?? ''}`, { cause: error })
  } finally {
    transport.close()
  }
}

/** Cloudflare's `send_email` binding. */
async function byBinding(env: Env, s: Settings, mail: Mail): Promise<MailResult> {
  const binding = (env as { MAIL?: { send: (message: object) => Promise<{ messageId?: string }> } }).MAIL
  if (!binding) return { status: 'rejected', reason: 'no_transport', code: null }
  const message = {
    from: s.MAIL_FROM,
    to: [mail.to],
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === null ? {} : { html: mail.html }),
    headers: listHeaders(mail),
    attachments: mail.attachments.map(({ filename, mime, bytes }) => ({ filename, type: mime, disposition: 'attachment', content: bytes })),
  }
  try {
    const { messageId } = await binding.send(message)
    return { status: 'accepted', id: messageId ?? null }
  } catch (error) {
    // It keeps by itself whom mail came back from for good, and sends nothing there.
    if ((error as { code?: unknown }).code === 'E_RECIPIENT_SUPPRESSED')
      return { status: 'rejected', reason: 'no_such_recipient', code: '5.1.1' }
    throw error
  }
}

/** Hands a mail to whatever the settings say; without a transport it is refused, and the log says so. */
export async function outgoing({ env, settings }: Pick<Ctx, 'env' | 'settings'>, mail: Mail): Promise<MailResult> {
  switch (settings.MAIL_TRANSPORT) {
    case 'smtp':
      return bySmtp(settings, mail)
    case 'binding':
      return byBinding(env, settings, mail)
    default:
      return { status: 'rejected', reason: 'no_transport', code: null }
  }
}
