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
}

/** A final answer of the other side; anything else is thrown. */
export type MailResult = { status: 'accepted'; id: string | null } | { status: 'rejected'; reason: string; code: string | null }

/** RFC 2369 and 8058: a client shows a button, and one POST does it. */
const listHeaders = ({ unsubscribe }: Mail): Record<string, string> =>
  unsubscribe === null ? {} : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }

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
    const { responseCode, code } = error as { responseCode?: number; code?: string }
    if (code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500)
      return { status: 'rejected', reason: 'refused', code: String(responseCode) }
    throw new Error(`SMTP did not take the mail: ${code ?? 'unknown'} ${responseCode ?? ''}`, { cause: error })
  } finally {
    transport.close()
  }
}

/** Cloudflare's `send_email` binding. */
async function byBinding(env: Env, s: Settings, mail: Mail): Promise<MailResult> {
  const binding = (env as { MAIL?: { send: (message: object) => Promise<{ messageId?: string }> } }).MAIL
  if (!binding) return { status: 'rejected', reason: 'no_transport', code: null }
  const { messageId } = await binding.send({
    from: s.MAIL_FROM,
    to: [mail.to],
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === null ? {} : { html: mail.html }),
    headers: listHeaders(mail),
    attachments: mail.attachments.map(({ filename, mime, bytes }) => ({ filename, type: mime, disposition: 'attachment', content: bytes })),
  })
  return { status: 'accepted', id: messageId ?? null }
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
