// Reports of mail servers, as RFC 3464 has them.

export interface Dsn {
  action?: string
  status?: string
  contentType?: string
  /** The mail that it returns. */
  returned?: string
  /** In place of what it tells of its recipient. */
  groups?: string
}

/** A report on a mail to one recipient. */
export function dsn({
  action = 'failed',
  status = '5.1.1',
  contentType = 'multipart/report; report-type=delivery-status; boundary="part"',
  returned = 'Subject: =?utf-8?B?0J7RgtGH0ZHRgg==?=\r\n\r\nбыло письмо\r\n',
  groups = `Final-Recipient: rfc822; nobody@example.com\r\nAction: ${action}\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; 550 ${status} No such user\r\n`,
}: Dsn = {}): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.com>',
    'To: bounces@example.com',
    'Message-ID: <report@mx.example.com>',
    'Date: Sun, 22 Nov 2026 10:00:00 +0000',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: ${contentType}`,
    '',
    '--part',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I am sorry to have to inform you that your message could not be delivered.',
    '--part',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; mx.example.com\r\nArrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n${groups}`,
    '--part',
    'Content-Type: message/rfc822',
    '',
    returned,
    '--part--',
    '',
  ].join('\r\n')
}
