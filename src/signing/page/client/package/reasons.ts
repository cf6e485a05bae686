import type { PackageTexts } from '../../package-texts.ts'

type Reason = keyof PackageTexts['key']['reasons']

/** The service says in English what is wrong with a signature. What a person can do something about is recognised, to be said in the person's language. */
const SENTENCES: readonly (readonly [RegExp, Reason])[] = [
  [/for logging in/, 'login'],
  [/for another purpose|is not for signatures/, 'purpose'],
  [/of another (IIN|INN|company)|names no /, 'otherPerson'],
  [/was revoked/, 'revoked'],
  [/ expired on |valid only from|was not valid/, 'expired'],
  [/trusted authority|test authority|not an authority|did not sign the certificate/, 'untrusted'],
  [/of another document|not the document/, 'otherDocument'],
  [/too weak|too short|are broken|not supported/, 'weak'],
]

export const classifyReason = (sentence: string): Reason | undefined => SENTENCES.find(([pattern]) => pattern.test(sentence))?.[1]
