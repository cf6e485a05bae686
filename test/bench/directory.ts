/** The directory at 10,000 and at 1,000,000 clients: what a search reads, and how much longer it takes. Loading takes minutes: it is measured when it is asked for. */

interface Tools {
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
  inWorkerd: (file: string, mark: string) => Promise<string[][]>
}

export async function directory({ report, inWorkerd }: Tools): Promise<void> {
  const lines = await inWorkerd('test/bench/directory.test.ts', 'DIRECTORY')
  const of = (kind: string) => lines.filter(([k]) => k === kind).map(([, ...rest]) => rest)
  for (const [size = '', seconds = ''] of of('LOADED')) console.log(`  ${size} clients were imported in ${seconds} s`)
  const reads = of('READ').map(([size, what, page, , read]) => ({ size: Number(size), what, times: Number(read) / Number(page) }))
  const large = Math.max(...reads.map((r) => r.size))
  for (const [what, own] of Map.groupBy(
    reads.filter((r) => r.size === large),
    (r) => r.what,
  ))
    report(`rows read among ${large} clients, by ${what}`, Math.max(...own.map((r) => r.times)), '× the page', { most: 20 })
  const [small = [], grown = []] = of('TIME')
  const detail = `p95 ${small[2]} ms and ${grown[2]} ms, medians ${small[1]} ms and ${grown[1]} ms, of ${grown[3]} searches`
  report(`search among ${large} clients, p95 to that among ${small[0]}`, Number(grown[2]) / Number(small[2]), 'times', { most: 2 }, detail)
}
