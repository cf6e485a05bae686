/** The value of CN in a name like `CN="ООО ""Ромашка""", O=…`; the whole name without one. */
export function commonName(name: string): string {
  const [, quoted, plain] = /(?:^|,\s*)CN=(?:"((?:[^"]|"")*)"|([^,]*))/i.exec(name) ?? []
  return quoted?.replaceAll('""', '"') ?? plain?.trim() ?? name
}
