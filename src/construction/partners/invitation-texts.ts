import type { Lang } from '../../http/lang.ts'

export type Said = 'accepted' | 'declined' | 'closed' | 'notFound'

interface InvitationTexts {
  title: string
  /** Who asks whom. */
  asks: (from: string, to: string) => string
  until: (day: string) => string
  means: string
  logIn: (to: string) => string
  email: string
  password: string
  accept: string
  decline: string
  refusals: { wrong: string; tooMany: string; stranger: (to: string) => string; forbidden: string }
  said: Record<Said, { title: string; text: string }>
}

/** What the page of an invitation says. Plain text: whoever puts it into HTML escapes it. */
export const INVITATION_TEXTS: Record<Lang, InvitationTexts> = {
  ru: {
    title: 'Приглашение к сотрудничеству',
    asks: (from, to) => `${from} приглашает ${to} стать подрядчиком.`,
    until: (day) => `Ответить можно до ${day}.`,
    means: 'Если принять, приглашающая организация увидит название, БИН или ИНН, адрес и контакты вашей организации.',
    logIn: (to) => `Чтобы ответить, войдите как сотрудник ${to}.`,
    email: 'Электронная почта',
    password: 'Пароль',
    accept: 'Принять',
    decline: 'Отклонить',
    refusals: {
      wrong: 'Неверная почта или пароль.',
      tooMany: 'Слишком много попыток. Попробуйте позже.',
      stranger: (to) => `Это приглашение для ${to}: войдите как её сотрудник.`,
      forbidden: 'Ваша роль не позволяет отвечать на приглашения. Обратитесь к администратору.',
    },
    said: {
      accepted: { title: 'Приглашение принято', text: 'Организации связаны. Эту страницу можно закрыть.' },
      declined: { title: 'Приглашение отклонено', text: 'Эту страницу можно закрыть.' },
      closed: { title: 'Приглашение больше не действует', text: 'На него уже ответили, его отозвали или срок истёк.' },
      notFound: { title: 'Приглашение не найдено', text: 'Проверьте ссылку или попросите прислать её ещё раз.' },
    },
  },
  kk: {
    title: 'Ынтымақтастыққа шақыру',
    asks: (from, to) => `${from} ұйымы ${to} ұйымын мердігер болуға шақырады.`,
    until: (day) => `Жауап беру мерзімі: ${day}.`,
    means: 'Қабылдасаңыз, шақырған ұйым сіздің ұйымыңыздың атауын, БСН немесе ИНН нөмірін, мекенжайын және байланыс деректерін көреді.',
    logIn: (to) => `Жауап беру үшін ${to} қызметкері ретінде кіріңіз.`,
    email: 'Электрондық пошта',
    password: 'Құпиясөз',
    accept: 'Қабылдау',
    decline: 'Бас тарту',
    refusals: {
      wrong: 'Пошта немесе құпиясөз қате.',
      tooMany: 'Әрекет тым көп. Кейінірек қайталап көріңіз.',
      stranger: (to) => `Бұл шақыру ${to} ұйымына арналған: оның қызметкері ретінде кіріңіз.`,
      forbidden: 'Рөліңіз шақыруға жауап беруге мүмкіндік бермейді. Әкімшіге хабарласыңыз.',
    },
    said: {
      accepted: { title: 'Шақыру қабылданды', text: 'Ұйымдар байланыстырылды. Бұл бетті жабуға болады.' },
      declined: { title: 'Шақырудан бас тартылды', text: 'Бұл бетті жабуға болады.' },
      closed: { title: 'Шақыру енді жарамсыз', text: 'Оған жауап берілген, ол кері алынған немесе мерзімі өткен.' },
      notFound: { title: 'Шақыру табылмады', text: 'Сілтемені тексеріңіз немесе қайта жіберуді сұраңыз.' },
    },
  },
  en: {
    title: 'Invitation to work together',
    asks: (from, to) => `${from} invites ${to} to become a contractor.`,
    until: (day) => `It can be answered until ${day}.`,
    means: 'If you accept, the organization that invites will see your organization’s name, tax number, address and contacts.',
    logIn: (to) => `To answer, log in as an employee of ${to}.`,
    email: 'E-mail',
    password: 'Password',
    accept: 'Accept',
    decline: 'Decline',
    refusals: {
      wrong: 'The e-mail or the password is wrong.',
      tooMany: 'Too many tries. Try again later.',
      stranger: (to) => `This invitation is for ${to}: log in as its employee.`,
      forbidden: 'Your role may not answer invitations. Ask an administrator.',
    },
    said: {
      accepted: { title: 'The invitation is accepted', text: 'The organizations are connected. You may close this page.' },
      declined: { title: 'The invitation is declined', text: 'You may close this page.' },
      closed: { title: 'The invitation is no longer open', text: 'It was answered or taken back, or its time is over.' },
      notFound: { title: 'There is no such invitation', text: 'Check the link, or ask for it to be sent again.' },
    },
  },
}
