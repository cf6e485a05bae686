import type { Lang } from '../../http/lang.ts'
import { en } from './texts/en.ts'
import { kk } from './texts/kk.ts'
import { ru } from './texts/ru.ts'

interface Message {
  title: string
  text: string
}

/** Everything the signing page and the check page say. Plain text: whoever puts it into HTML escapes it. */
export interface Texts {
  /** The language's own name, for the switch. */
  language: string
  languageSwitch: string
  pageTitle: string
  noscript: string
  loading: string
  retry: string
  back: string
  steps: { label: string; fill: string; read: string; sign: string; code: string }
  messages: {
    notFound: Message
    gone: Message
    notReady: Message
    network: Message
    server: Message
    tooMany: Message
    renderFailed: Message
    unexpected: Message
    noUnits: Message
  }
  errors: {
    required: string
    name: string
    iin: string
    iinLength: (digits: number) => string
    phone: string
    date: string
    number: string
    consent: string
    code: string
    /** Heads the list of what is wrong with a form. */
    summary: (count: number) => string
    refused: string
  }
  fields: {
    title: string
    intro: string
    submit: string
    saving: string
    phoneHint: string
    iinHint: string
    names: Readonly<Record<string, string>>
  }
  rendering: { title: string; text: string; slow: string }
  read: {
    asks: (company: string) => string
    asksUnknown: string
    untitled: string
    page: (page: number, total: number) => string
    progress: (seen: number, total: number) => string
    all: string
    left: (pages: number) => string
    next: string
    nextPage: string
    edit: string
    open: string
    zoomIn: string
    zoomOut: string
    zoom: (percent: number) => string
    tools: string
    failed: string
  }
  identity: {
    title: string
    meaningTitle: string
    meaning: readonly string[]
    warning: string
    name: string
    nameHint: string
    iin: string
    iinHint: string
    phone: string
    phoneHint: string
    consent: string
    submit: string
    sending: string
  }
  code: {
    title: string
    sent: (phone: string) => string
    label: string
    expires: (time: string) => string
    expired: string
    resend: string
    resendIn: (seconds: number) => string
    resent: string
    change: string
    submit: string
    signing: string
    wrong: (left: number) => string
    ended: string
    noUnits: string
  }
  done: {
    title: string
    text: string
    already: string
    alreadyText: string
    signer: string
    at: string
    document: string
    company: string
    download: string
    verify: string
    preparing: string
    keep: string
  }
  verify: {
    pageTitle: string
    title: string
    notFound: Message
    statuses: { signed: string; in_progress: string; declined: string; revoked: string; expired: string; broken: string }
    explain: { signed: string; in_progress: string; declined: string; revoked: string; expired: string; broken: string }
    company: string
    documents: string
    hash: string
    hashStamped: string
    certificate: string
    hashCertificate: string
    signers: string
    methods: { sms: string; cms: string; server: string }
    acted: { signed: string; approved: string }
    sealedByPlatform: string
    issuer: (name: string) => string
    revocation: { good: string; unknown: string }
    stamp: { internal: (at: string) => string; external: (at: string, authority: string) => string }
    notConfirmed: string
    checkTitle: string
    checkText: string
    choose: string
    drop: string
    checking: string
    matchOriginal: (document: string) => string
    matchStamped: (document: string) => string
    matchCertificate: string
    mismatch: string
    unreadable: string
    fileHash: string
    local: string
    packageId: string
  }
}

export const TEXTS: Readonly<Record<Lang, Texts>> = { ru, kk, en }
