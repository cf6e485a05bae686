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

export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number]['status']

export const STATUS_CODES = AGREEMENT_STATUSES.map(({ status }) => status)
export const titleOf = (status: AgreementStatus): string => AGREEMENT_STATUSES.find((s) => s.status === status)?.title ?? ''

export const KINDS = ['fiz', 'jur', 'ip'] as const
export type Kind = (typeof KINDS)[number]
