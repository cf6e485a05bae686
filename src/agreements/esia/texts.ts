import type { Lang } from '../../http/lang.ts'

interface Message {
  title: string
  text: string
}

interface EsiaTexts {
  ask: Message & { person: string; data: string; yes: string; no: string }
  done: Message
  /** The data of an agreement that was sent can't change; who the person is has been noted. */
  noted: Message
  refused: Message
  notFound: Message
  gone: Message
  failed: Message
  unavailable: Message
}

/** What the page says to which a person comes back from Госуслуги. */
export const ESIA_TEXTS: Record<Lang, (organization: string) => EsiaTexts> = {
  ru: (organization) => ({
    ask: {
      title: 'Передать данные для договора?',
      text: `Вы вошли через Госуслуги, чтобы заполнить договор организации ${organization}. Данные будут переданы ей только с вашего согласия.`,
      person: 'Кто вошёл',
      data: 'Что будет передано: фамилия, имя, отчество, дата рождения, паспорт, адреса, СНИЛС, ИНН, контакты – то, что нужно для договора.',
      yes: 'Передать',
      no: 'Не передавать',
    },
    done: { title: 'Данные переданы', text: 'Они внесены в договор. Вернитесь в личный кабинет, чтобы проверить их и отправить договор.' },
    noted: { title: 'Личность подтверждена', text: 'Договор уже отправлен, его данные не изменились. Эту страницу можно закрыть.' },
    refused: { title: 'Данные не переданы', text: 'Вы отказались передавать данные. Эту страницу можно закрыть.' },
    notFound: { title: 'Ссылка не найдена', text: 'Начните вход через Госуслуги заново в личном кабинете.' },
    gone: { title: 'Ссылка больше не действует', text: 'Вход уже завершён или его время истекло. Начните заново в личном кабинете.' },
    failed: { title: 'Вход не подтверждён', text: 'Госуслуги не подтвердили вход. Начните заново в личном кабинете.' },
    unavailable: { title: 'Госуслуги не отвечают', text: 'Попробуйте ещё раз через несколько минут.' },
  }),
  kk: (organization) => ({
    ask: {
      title: 'Шартқа арналған деректерді беру керек пе?',
      text: `Сіз ${organization} ұйымының шартын толтыру үшін Госуслуги арқылы кірдіңіз. Деректер оған тек сіздің келісіміңізбен беріледі.`,
      person: 'Кім кірді',
      data: 'Не беріледі: тегі, аты, әкесінің аты, туған күні, паспорт, мекенжайлар, СНИЛС, ИНН, байланыс деректері – шартқа қажеттісі.',
      yes: 'Беру',
      no: 'Бермеу',
    },
    done: { title: 'Деректер берілді', text: 'Олар шартқа енгізілді. Тексеріп, шартты жіберу үшін жеке кабинетке оралыңыз.' },
    noted: { title: 'Жеке басыңыз расталды', text: 'Шарт жіберілген, оның деректері өзгерген жоқ. Бұл бетті жабуға болады.' },
    refused: { title: 'Деректер берілмеді', text: 'Сіз деректерді беруден бас тарттыңыз. Бұл бетті жабуға болады.' },
    notFound: { title: 'Сілтеме табылмады', text: 'Госуслуги арқылы кіруді жеке кабинетте қайта бастаңыз.' },
    gone: { title: 'Сілтеме енді жарамсыз', text: 'Кіру аяқталған немесе уақыты өткен. Жеке кабинетте қайта бастаңыз.' },
    failed: { title: 'Кіру расталмады', text: 'Госуслуги кіруді растамады. Жеке кабинетте қайта бастаңыз.' },
    unavailable: { title: 'Госуслуги жауап бермейді', text: 'Бірнеше минуттан кейін қайталап көріңіз.' },
  }),
  en: (organization) => ({
    ask: {
      title: 'Hand over your data for the agreement?',
      text: `You have logged in with Gosuslugi to fill in the agreement of ${organization}. Your data goes to it only if you say so.`,
      person: 'Who has logged in',
      data: 'What is handed over: names, date of birth, passport, addresses, SNILS, INN, contacts – what the agreement needs.',
      yes: 'Hand over',
      no: 'Don’t hand over',
    },
    done: {
      title: 'The data was handed over',
      text: 'It is in the agreement now. Go back to the account to check it and to send the agreement.',
    },
    noted: {
      title: 'Your identity is confirmed',
      text: 'The agreement was sent already, its data did not change. You may close this page.',
    },
    refused: { title: 'Nothing was handed over', text: 'You chose not to hand over your data. You may close this page.' },
    notFound: { title: 'There is no such link', text: 'Start logging in with Gosuslugi anew in the account.' },
    gone: { title: 'The link is no longer good', text: 'The login is over, or its time has run out. Start anew in the account.' },
    failed: { title: 'The login was not confirmed', text: 'Gosuslugi did not confirm the login. Start anew in the account.' },
    unavailable: { title: 'Gosuslugi does not answer', text: 'Try again in a few minutes.' },
  }),
}
