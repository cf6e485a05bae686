import type { AppError } from './errors.ts'
import { escapeHtml } from './html.ts'
import { langOf, type Lang } from './lang.ts'
import { plainPage } from './plain-page.ts'

interface Words {
  title: string
  text: string
}
type Kind = 'notFound' | 'gone' | 'tooMany' | 'server' | 'refused'

const WORDS: Readonly<Record<Lang, Record<Kind, Words>>> = {
  ru: {
    notFound: { title: 'Страница не найдена', text: 'Проверьте, что ссылка открыта целиком, или попросите прислать её ещё раз.' },
    gone: { title: 'Ссылка больше не действует', text: 'Её срок истёк, или её отозвали. Попросите прислать новую.' },
    tooMany: { title: 'Слишком много запросов', text: 'Подождите минуту и обновите страницу.' },
    server: { title: 'Сервис временно недоступен', text: 'Обновите страницу через минуту: ничего не потеряно.' },
    refused: { title: 'Страница не открывается', text: 'Проверьте, что ссылка открыта целиком.' },
  },
  kk: {
    notFound: { title: 'Бет табылмады', text: 'Сілтеменің толық ашылғанын тексеріңіз немесе оны қайта жіберуді сұраңыз.' },
    gone: { title: 'Сілтеме енді жарамсыз', text: 'Оның мерзімі өтті немесе ол кері қайтарылды. Жаңа сілтеме сұраңыз.' },
    tooMany: { title: 'Сұраулар тым көп', text: 'Бір минут күтіп, бетті жаңартыңыз.' },
    server: { title: 'Сервис уақытша қолжетімсіз', text: 'Бір минуттан кейін бетті жаңартыңыз: ештеңе жоғалған жоқ.' },
    refused: { title: 'Бет ашылмайды', text: 'Сілтеменің толық ашылғанын тексеріңіз.' },
  },
  en: {
    notFound: { title: 'Page not found', text: 'Check that the whole link was opened, or ask for it to be sent again.' },
    gone: { title: 'This link no longer works', text: 'It has expired or was withdrawn. Ask for a new one.' },
    tooMany: { title: 'Too many requests', text: 'Wait a minute and reload the page.' },
    server: { title: 'The service is not available for the moment', text: 'Reload the page in a minute: nothing is lost.' },
    refused: { title: 'The page does not open', text: 'Check that the whole link was opened.' },
  },
}

function kindOf(status: number): Kind {
  if (status === 404) return 'notFound'
  if (status === 410) return 'gone'
  if (status === 429) return 'tooMany'
  return status >= 500 ? 'server' : 'refused'
}

/** Whether a browser asks for a page to show, and not a script or a system for data. */
const wantsPage = ({ method, headers }: Request): boolean => method === 'GET' && (headers.get('accept') ?? '').includes('text/html')

/** A refusal in the words of people, in place of a problem document; undefined where no page was asked for. */
export function errorPage({ status, details: { retryAfter } }: AppError, request: Request): Response | undefined {
  if (!wantsPage(request)) return undefined
  const lang = langOf(request)
  const { title, text } = WORDS[lang][kindOf(status)]
  const page = plainPage({ status, lang, title, main: `<p class="lead">${escapeHtml(text)}</p>`, switch: true })
  if (retryAfter !== undefined) page.headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  return page
}
