import type { Paper } from '../model.ts'
import { drawAct } from './act.ts'
import { drawContract } from './contract.ts'
import { drawInvoice } from './invoice.ts'
import { Sheet } from '../../documents/paper/sheet.ts'
import { drawWaybill } from './waybill.ts'
import { titleOf } from './words.ts'

const DRAW = { invoice: drawInvoice, act: drawAct, waybill: drawWaybill, contract: drawContract } as const

/** The PDF of a document. The same paper gives the same bytes: nothing in it is of the moment of drawing. */
export async function drawPaper(paper: Paper, made: Date): Promise<Uint8Array> {
  const landscape = paper.kind === 'act' || paper.kind === 'waybill'
  const sheet = await Sheet.open({ landscape, title: titleOf(paper), made })
  DRAW[paper.kind](sheet, paper)
  return sheet.bytes()
}
