import { strToU8, Zip, ZipDeflate } from 'fflate'

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Everything but the sheet (ECMA-376 part 1, 12.2). */
const PARTS: Record<string, string> = {
  '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Directory" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
  // Style 1 is text: numbers of companies and phones keep their zeros when they are edited, and long ones take more lines; style 2 is the bold head.
  'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/** `_x0041_` would be read as a character: its underscore is written as one. */
const escape = (text: string) =>
  text
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replaceAll(/[&<>]/g, (c) => ESCAPES[c] ?? c)

function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last
}

/** Cells are text in place, so nothing is ever a formula. */
function sheetRow(number: number, cells: readonly string[], style: number): string {
  const said = cells.map((text, i) =>
    text === ''
      ? ''
      : `<c r="${columnName(i)}${number}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`,
  )
  return `<row r="${number}">${said.join('')}</row>`
}

/** Widths in letters: of what is short, and of names and addresses; codes and dates have the one between. */
const NARROW = /^(bin|clients_bin|oked|krp_code|kato|index_ex)$/
const WIDE = /^(company_name|alternative_name|company_name_ex|client|description|address|krp_name|rubrics|types|email)$/
const widthOf = (column: string) => (NARROW.test(column) ? 14 : WIDE.test(column) ? 45 : 30)

function start(columns: readonly string[]): string {
  const cols = columns.map((column, i) => `<col min="${i + 1}" max="${i + 1}" width="${widthOf(column)}" customWidth="1"/>`).join('')
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${cols}</cols><sheetData>${sheetRow(1, columns, 2)}`
}
const end = (columns: readonly string[], rows: number) =>
  `</sheetData><autoFilter ref="A1:${columnName(columns.length - 1)}${rows}"/></worksheet>`

/** A workbook of one sheet, written as its rows come. */
export async function* xlsxOf(columns: readonly string[], pages: AsyncIterable<string[][]>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  let failed: Error | undefined
  const zip = new Zip((error, data) => {
    if (error) failed = error
    else ready.push(data)
  })
  const part = (path: string) => {
    const file = new ZipDeflate(path, { level: 6 })
    zip.add(file)
    return file
  }
  const take = () => {
    if (failed) throw failed
    const taken = ready
    ready = []
    return taken
  }
  for (const [path, text] of Object.entries(PARTS)) part(path).push(strToU8(XML + text), true)
  const sheet = part('xl/worksheets/sheet1.xml')
  sheet.push(strToU8(start(columns)))
  let number = 1
  for await (const rows of pages) {
    sheet.push(strToU8(rows.map((cells) => sheetRow(++number, cells, 1)).join('')))
    yield* take()
  }
  sheet.push(strToU8(end(columns, number)), true)
  zip.end()
  yield* take()
}
