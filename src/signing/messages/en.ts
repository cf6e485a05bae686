import type { MessageTexts } from '../messages.ts'

export const en: MessageTexts = {
  quoted: (title) => `"${title}"`,
  sms: {
    code: { what: 'code to sign', warning: 'Tell it to nobody', brief: { word: 'code', what: 'sign', warning: "Don't share" } },
    reminder: 'Documents await your decision',
    ended: { declined: 'A participant declined, the signing has ended', revoked: 'The documents were withdrawn, the signing has ended' },
  },
  mail: {
    reminder: {
      subject: (title) => `Documents await your decision: ${title}`,
      lines: (organization, title) => [
        `${organization} is waiting for your decision on “${title}”.`,
        'Open the page, read the documents and answer. You need no account. The link is yours alone and works for a day: do not forward it.',
      ],
      action: 'Open the documents',
      foot: 'If you do not expect these documents, just delete this e-mail.',
    },
    ended: {
      subject: (title) => `The signing has ended: ${title}`,
      declined: (organization, title) => [`One of the participants declined “${title}” (sender: ${organization}). The signing has ended.`],
      revoked: (organization, title) => [`The sender (${organization}) withdrew “${title}”. The signing has ended.`],
      foot: 'There is nothing more for you to do.',
    },
  },
}
