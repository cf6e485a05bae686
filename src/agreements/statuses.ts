/** The states of a subscriber agreement, in order (DECISIONS › agreement). */
export const AGREEMENT_STATUSES = [
  { status: 'empty', title: 'Не отправлен' },
  { status: 'draft', title: 'Черновик' },
  { status: 'review', title: 'На проверке' },
  { status: 'ready', title: 'Готов к подписанию' },
  { status: 'signing', title: 'На подписании' },
  { status: 'signed', title: 'Подписан' },
  { status: 'rejected', title: 'Отклонён' },
] as const
