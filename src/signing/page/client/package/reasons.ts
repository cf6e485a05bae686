import type { PackageTexts } from '../../package-texts.ts'

type Reason = keyof PackageTexts['key']['reasons']

/** The service says in English what is wrong with a signature. What a person can do something about is recognised, to be said in the person's language. */
const SENTENCES: readonly (readonly [RegExp, Reason])[] = [
  [/log(s|ging)? ?in\b|login/i, 'login'],
  [/another purpose|not for signatures|nonRepudiation|authority, not a signer/i, 'purpose'],
  [/another (iin|bin|inn|number|person|company)|names? (no|another)|of somebody else/i, 'otherPerson'],
  [/revoked/i, 'revoked'],
  [/\bexpired\b|valid only from|not valid when|was not valid/i, 'expired'],
  [/trusted authority|untrusted|test authority|did not sign the certificate/i, 'untrusted'],
  [/another document|other bytes|not the document/i, 'otherDocument'],
  [/too weak|too short|not supported|broken/i, 'weak'],
]

export const classifyReason = (sentence: string): Reason | undefined => SENTENCES.find(([pattern]) => pattern.test(sentence))?.[1]
