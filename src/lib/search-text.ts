/** A text as it is searched: case does not matter, in Cyrillic either, and ё is е. */
export const searchable = (text: string) => text.normalize('NFC').toLowerCase().replaceAll('ё', 'е')
