import type { MessageTexts } from '../messages.ts'

export const kk: MessageTexts = {
  quoted: (title) => `«${title}»`,
  sms: {
    code: { what: 'қол қою коды', warning: 'Ешкімге айтпаңыз', brief: { word: 'код', what: 'қол қою', warning: 'Айтпаңыз' } },
    reminder: 'Құжаттар шешіміңізді күтуде',
    ended: { declined: 'Қатысушы бас тартты, қол қою тоқтатылды', revoked: 'Құжаттар кері қайтарылды, қол қою тоқтатылды' },
  },
  mail: {
    reminder: {
      subject: (title) => `Құжаттар шешіміңізді күтуде: ${title}`,
      lines: (organization, title) => [
        `${organization} мына құжаттар бойынша шешіміңізді күтуде: «${title}».`,
        'Бетті ашып, құжаттарды оқыңыз да, жауап беріңіз. Тіркелу қажет емес. Сілтеме тек сізге арналған және бір тәулік жарамды: оны ешкімге жібермеңіз.',
      ],
      action: 'Құжаттарды ашу',
      foot: 'Егер бұл құжаттарды күтпеген болсаңыз, хатты жойып тастаңыз.',
    },
    ended: {
      subject: (title) => `Қол қою тоқтатылды: ${title}`,
      declined: (organization, title) => [
        `Қатысушылардың бірі «${title}» құжаттарынан бас тартты (жіберуші: ${organization}). Қол қою тоқтатылды.`,
      ],
      revoked: (organization, title) => [`Жіберуші (${organization}) мына құжаттарды кері қайтарды: «${title}». Қол қою тоқтатылды.`],
      foot: 'Енді ештеңе істеудің қажеті жоқ.',
    },
  },
}
