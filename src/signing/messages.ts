const short = (title: string) => (title.length > 40 ? `${title.slice(0, 39)}…` : title)

/** The SMS that carries a one-time code: what it signs comes first, so that nobody reads out a code without seeing for what. Kazakh and Russian. */
export const codeMessage = (code: string, title: string): string =>
  `Qoltanba: «${short(title)}» құжатына қол қою коды / код для подписания: ${code}. Ешкімге айтпаңыз / Никому не сообщайте.`

/** Reminds somebody whose turn it is; who asks comes first. */
export const reminderMessage = (organization: string, title: string, url: string): string =>
  `${short(organization)}: «${short(title)}» құжаттары қолыңызды күтуде / документы ждут вашего решения: ${url}`

/** Tells those who took part that there is nothing more to sign. */
export const endMessage = (why: 'declined' | 'revoked', organization: string, title: string): string =>
  why === 'declined'
    ? `${short(organization)}: «${short(title)}» – қол қоюдан бас тартылды / от подписания отказались. Қол қою тоқтатылды / Подписание прекращено.`
    : `${short(organization)}: «${short(title)}» – құжаттар кері қайтарылды / документы отозваны. Қол қою тоқтатылды / Подписание прекращено.`
