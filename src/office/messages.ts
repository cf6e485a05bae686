/** The organization's name as an SMS may hold it: nothing in it that a phone makes a link or a number to call of. */
const named = (organization: string) => {
  const plain = organization
    .replaceAll(/[^\p{L}\p{N} «»"'№-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return plain.length > 40 ? `${plain.slice(0, 39)}…` : plain
}

/** Kazakh and Russian. The password stands at the end of its line, so that no full stop is taken for a part of it. */
export const passwordMessage = (password: string, organization: string) =>
  `Qoltanba: «${named(organization)}» сізді тіркеді / зарегистрировал(а) вас. Кіру құпиясөзі / пароль для входа: ${password}
Ешкімге айтпаңыз / Никому не сообщайте.`

export const loginCodeMessage = (code: string, organization: string) =>
  `Qoltanba: «${named(organization)}» кіру коды / код для входа: ${code}. Ешкімге айтпаңыз / Никому не сообщайте.`
