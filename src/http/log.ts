// drizzle ends its message with what was bound; an error that came through a Durable Object keeps nothing but its text.
const withoutParams = (text: string | undefined) => text?.replace(/\nparams:[\s\S]*?(?=\n +at |$)/, '')

/** What is thrown that nobody meant is logged whole, but for bound parameters (they hold people's data), and answered with the request id alone. */
export function logUnknown(error: unknown, requestId: string, where: string): void {
  const chain: object[] = []
  for (let e = error; e instanceof Error && chain.length < 5; e = e.cause) {
    chain.push(
      'params' in e
        ? { name: e.name, query: 'query' in e ? e.query : undefined }
        : { name: e.name, message: withoutParams(e.message), stack: withoutParams(e.stack) },
    )
  }
  console.error(JSON.stringify({ level: 'error', where, requestId, error: chain.length > 0 ? chain : String(error) }))
}
