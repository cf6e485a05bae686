/** Writes the triggers that keep `list_counts`, and what fills it from rows that are there: `node .tools/list-counts.ts >> migrations/….sql`. */
import { pathToFileURL } from 'node:url'
import { COUNTED, type CountedList } from '../src/db/list-counts.ts'

const literal = (value: string | number) => (typeof value === 'number' ? String(value) : `'${value}'`)

function triggersOf(name: string, { table, org, some, living, facets, empty = [] }: CountedList): string[] {
  const alive = (row: string) =>
    [
      ...Object.entries(living).map(([column, value]) =>
        value === null ? `${row}${column} IS NULL` : `${row}${column} = ${literal(value)}`,
      ),
      ...(some ? [`${row}${org} IS NOT NULL`] : []),
    ].join(' AND ') || 'true'
  const columns = facets.flat()
  const facet = (row: string, of: string | readonly string[]) =>
    [of]
      .flat()
      .map((column) => `'${column}=' || ${empty.includes(column) ? `coalesce(${row}${column}, '')` : `${row}${column}`}`)
      .join(` || '&' || `)
  const valuesOf = (...rows: string[]) =>
    [rows.map(() => `''`), ...facets.map((of) => rows.map((row) => facet(row, of)))].map((pair) => `(${pair.join(', ')})`).join(', ')
  const add = (row: string, n: 1 | -1, other: string | undefined) => {
    const changed = other === undefined ? '' : ` AND (NOT (${alive(other)}) OR ${other}${org} <> ${row}${org} OR column1 IS NOT column2)`
    const values = other === undefined ? valuesOf(row) : valuesOf(row, other)
    return `  INSERT INTO list_counts (org_id, list, facet, n) SELECT ${row}${org}, '${name}', column1, ${n} FROM (VALUES ${values})
    WHERE ${alive(row)} AND column1 IS NOT NULL${changed} ON CONFLICT (org_id, list, facet) DO UPDATE SET n = n + (${n});`
  }
  const trigger = (verb: string, when: string, ...body: string[]) =>
    `CREATE TRIGGER \`list_counts_${name}_${verb}\` AFTER ${when} ON \`${table}\`\nBEGIN\n${body.join('\n')}\nEND;`
  const watched = [...new Set([org, ...Object.keys(living), ...columns])]
  const fill = (of: string) =>
    `INSERT INTO list_counts (org_id, list, facet, n) SELECT ${org}, '${name}', ${of}, count(*) FROM ${table} WHERE ${alive('')} AND ${of} IS NOT NULL GROUP BY 1, 3;`
  return [
    ...[`''`, ...facets.map((of) => facet('', of))].map(fill),
    trigger('added', 'INSERT', add('NEW.', 1, undefined)),
    trigger('changed', `UPDATE OF ${watched.join(', ')}`, add('OLD.', -1, 'NEW.'), add('NEW.', 1, 'OLD.')),
    trigger('gone', 'DELETE', add('OLD.', -1, undefined)),
  ]
}

export const listCountsSql = (): string =>
  Object.entries<CountedList>(COUNTED)
    .flatMap(([name, list]) => triggersOf(name, list))
    .join('\n--> statement-breakpoint\n')

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(listCountsSql())
