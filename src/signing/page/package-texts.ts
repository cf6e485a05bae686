import type { Lang } from '../../http/lang.ts'
import { en } from './texts/package/en.ts'
import { kk } from './texts/package/kk.ts'
import { ru } from './texts/package/ru.ts'

interface Message {
  title: string
  text: string
}

/** Of what a person may do, in the order of the API's words. */
interface ByRole<T> {
  signer: T
  approver: T
  viewer: T
}

interface ByProgram<T> {
  ncalayer: T
  cryptopro: T
}

/** Everything the page says to a participant of a package. Plain text: whoever puts it into HTML escapes it. */
export interface PackageTexts {
  languageSwitch: string
  pageTitle: string
  noscript: string
  loading: string
  retry: string
  back: string
  steps: { label: string; read: string; sign: string; approve: string; code: string; key: string }
  messages: {
    notFound: Message
    gone: Message
    network: Message
    server: Message
    tooMany: Message
    forbidden: Message
    unexpected: Message
  }
  intro: {
    asks: ByRole<(organization: string) => string>
    asksUnknown: ByRole<string>
    untitled: string
    role: ByRole<string>
    certificate: string
    company: (name: string) => string
    deadline: (moment: string) => string
    waiting: string
    waitingDraft: string
    refresh: string
    refreshing: string
    yourTurn: string
    noMethod: string
  }
  documents: {
    title: (count: number) => string
    show: string
    hide: string
    seen: string
    size: (kilobytes: number) => string
    download: (name: string) => string
    downloadShort: string
    loading: string
    failed: string
    notLoaded: string
    progress: (seen: number, total: number) => string
    pages: (seen: number, total: number) => string
    all: string
    left: (documents: number) => string
    next: string
    toSign: string
    toApprove: string
    already: string
    decline: string
  }
  viewer: {
    page: (page: number, total: number) => string
    open: string
    zoomIn: string
    zoomOut: string
    zoom: (percent: number) => string
    tools: string
  }
  confirm: {
    title: string
    titleApprove: string
    way: string
    ways: ByProgram<string> & { sms: string }
    wayHints: ByProgram<string> & { sms: string }
    smsTo: (phone: string) => string
    meaningTitle: string
    meaningTitleApprove: string
    meaning: { sms: readonly string[]; key: readonly string[]; approve: readonly string[] }
    all: (documents: number) => string
    certificate: string
    consent: { sms: string; key: string; approve: string }
    consentMissing: string
    submit: { sms: string; key: string; approve: string }
    sending: string
    approving: string
    mistakes: string
  }
  code: {
    title: string
    sent: (phone: string) => string
    sentUnknown: string
    label: string
    wrongShape: string
    expires: (time: string) => string
    expired: string
    resend: string
    resendIn: (time: string) => string
    resent: string
    other: string
    submit: string
    signing: string
    wrong: string
    ended: string
  }
  key: {
    title: ByProgram<string>
    connecting: ByProgram<string>
    connectHint: string
    choose: string
    validTo: (moment: string) => string
    sign: string
    progress: (at: number, total: number) => string
    confirmIn: ByProgram<string>
    several: string
    sending: string
    cancel: string
    other: string
    failed: {
      absent: ByProgram<string>
      broken: ByProgram<string>
      empty: string
      cancelled: string
      lost: string
      refused: string
      document: string
      rejected: string
    }
    help: ByProgram<readonly string[]>
    helpTitle: string
    phone: string
    /** What the service may find wrong with a signature. */
    reasons: {
      login: string
      purpose: string
      otherPerson: string
      expired: string
      revoked: string
      untrusted: string
      otherDocument: string
      weak: string
    }
  }
  trouble: { noUnits: string; conflict: string; forbidden: string; tooMany: (time: string) => string }
  decline: {
    title: string
    text: string
    label: string
    hint: string
    count: (left: number) => string
    missing: string
    submit: string
    sureTitle: string
    sure: string
    yes: string
    sending: string
    edit: string
  }
  done: {
    signed: Message
    approved: Message
    declined: Message
    notNeeded: Message
    over: { declined: Message; revoked: Message; expired: Message }
    laterDeclined: string
    laterRevoked: string
    laterExpired: string
    others: string
    preparing: string
    slow: string
    complete: string
    completeRead: string
    certificateNext: string
    facts: { title: string; organization: string; you: string; until: string }
    results: string
    stamped: (name: string) => string
    certificate: string
    verify: string
    documents: string
    keep: (moment: string) => string
  }
}

export const PACKAGE_TEXTS: Readonly<Record<Lang, PackageTexts>> = { ru, kk, en }
