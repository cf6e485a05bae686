/** The SMS that carries a one-time code: what it signs comes first, so that nobody reads out a code without seeing for what. Kazakh and Russian. */
export function codeMessage(code: string, title: string): string {
  const name = title.length > 40 ? `${title.slice(0, 39)}…` : title
  return `Qoltanba: «${name}» құжатына қол қою коды / код для подписания: ${code}. Ешкімге айтпаңыз / Никому не сообщайте.`
}
