import type { MessageTexts } from '../messages.ts'

export const ru: MessageTexts = {
  quoted: (title) => `«${title}»`,
  sms: {
    code: { what: 'код подписи', warning: 'Никому не сообщайте', brief: { word: 'код', what: 'подпись', warning: 'Не сообщайте' } },
    reminder: 'Документы ждут вашего решения',
    ended: { declined: 'Участник отказался, подписание прекращено', revoked: 'Документы отозваны, подписание прекращено' },
  },
  mail: {
    reminder: {
      subject: (title) => `Документы ждут вашего решения: ${title}`,
      lines: (organization, title) => [
        `${organization} ждёт вашего решения по документам «${title}».`,
        'Откройте страницу, прочитайте документы и ответьте. Регистрация не нужна. Ссылка личная и действует сутки: не пересылайте её.',
      ],
      action: 'Открыть документы',
      foot: 'Если вы не ждёте этих документов, просто удалите письмо.',
    },
    ended: {
      subject: (title) => `Подписание прекращено: ${title}`,
      declined: (organization, title) => [
        `Один из участников отказался от документов «${title}» (отправитель: ${organization}). Подписание прекращено.`,
      ],
      revoked: (organization, title) => [`Отправитель (${organization}) отозвал документы «${title}». Подписание прекращено.`],
      foot: 'Делать больше ничего не нужно.',
    },
  },
}
