import type { AnchorOffset, Block, Picture } from './model.ts'
import type { ParseContext } from './parse-context.ts'
import { integer, measure } from './parse-props.ts'
import { child, descendant } from './xml.ts'
import type { XmlNode } from './xml.ts'

const EMU_PER_POINT = 12700
const MAX_BOX_DEPTH = 3

function pictureOf(context: ParseContext, id: string | undefined, width: number, height: number, alt: string): Picture | undefined {
  const relation = id === undefined ? undefined : context.source.relations(context.part).get(id)
  if (!relation) {
    context.warnings.add('A picture is missing from the file and is left out.')
    return undefined
  }
  if (relation.external) {
    context.warnings.add('Pictures linked from outside the file are left out.')
    return undefined
  }
  return { part: relation.target, width, height, alt: alt.slice(0, 500) }
}

/** Text boxes keep their text: it is drawn in the flow, after the paragraph that anchors them. */
function readBox(node: XmlNode, context: ParseContext) {
  const contents: XmlNode[] = []
  const collect = (at: XmlNode) => {
    for (const c of at.children) {
      if (c.name === 'w:txbxContent') contents.push(c)
      else if (c.name !== 'mc:Fallback') collect(c)
    }
  }
  collect(node)
  if (contents.length === 0) {
    context.warnings.add('Drawn shapes are left out.')
    return
  }
  context.warnings.add('Text boxes are drawn as plain paragraphs in the text, without their frame and position.')
  if (context.boxDepth >= MAX_BOX_DEPTH) return
  for (const content of contents) {
    const inner: ParseContext = { ...context, boxDepth: context.boxDepth + 1, boxes: [] }
    const blocks: Block[] = context.readBlocks(content.children, inner)
    context.boxes.push(...blocks)
  }
}

/** A DrawingML object in a run (20.4): a picture, or what cannot be drawn. */
export function readDrawing(node: XmlNode, context: ParseContext): Picture | undefined {
  const place = child(node, 'wp:inline') ?? child(node, 'wp:anchor')
  if (!place) return undefined
  const data = descendant(place, 'a:graphicData')
  const blip = data && descendant(data, 'a:blip')
  const kind = data?.attributes['uri'] ?? ''
  if (/\/chart/.test(kind)) context.warnings.add('Charts are left out.')
  else if (/\/diagram/.test(kind)) context.warnings.add('SmartArt diagrams are left out.')
  else if (!blip || /wordprocessing(Shape|Group|Canvas)$/.test(kind)) {
    readBox(place, context)
    if (!blip) return undefined
  }
  if (!blip) return undefined
  const extent = child(place, 'wp:extent')?.attributes
  const width = (integer(extent?.['cx'], 0, 100_000_000) ?? 0) / EMU_PER_POINT
  const height = (integer(extent?.['cy'], 0, 100_000_000) ?? 0) / EMU_PER_POINT
  const alt = child(place, 'wp:docPr')?.attributes['descr'] ?? ''
  const picture = pictureOf(context, blip.attributes['r:embed'] ?? blip.attributes['r:link'], width, height, alt)
  if (!picture) return undefined
  const crop = readCrop(data && descendant(data, 'a:srcRect'))
  if (crop) picture.crop = crop
  if (Number(data && descendant(data, 'a:xfrm')?.attributes['rot']) > 0) context.warnings.add('Rotated pictures are drawn upright.')
  if (place.name === 'wp:anchor') {
    // Text flows around the others, which this layout does not do; in the line they at least cover nothing.
    if (child(place, 'wp:wrapNone')) picture.anchor = readAnchor(place)
    else context.warnings.add('Floating pictures with text around them are drawn in the line of text that anchors them.')
  }
  return picture
}

/** `a:srcRect` (20.1.8.55), in thousandths of a per cent; negative values, which add a border, are ignored. */
function readCrop(node: XmlNode | undefined): Picture['crop'] {
  const side = (name: string) => (integer(node?.attributes[name], 0, 95_000) ?? 0) / 100_000
  const crop = { left: side('l'), top: side('t'), right: side('r'), bottom: side('b') }
  const sound = crop.left + crop.right < 0.99 && crop.top + crop.bottom < 0.99
  return sound && Object.values(crop).some((v) => v > 0) ? crop : undefined
}

function readAnchor(place: XmlNode): NonNullable<Picture['anchor']> {
  const emu = (value: string | undefined) => (integer(value?.trim(), -50_000_000, 50_000_000) ?? 0) / EMU_PER_POINT
  const simple = child(place, 'wp:simplePos')?.attributes
  const isSimple = ['1', 'true'].includes(place.attributes['simplePos'] ?? '')
  const offset = (name: string, simpleOffset: string | undefined): AnchorOffset => {
    if (isSimple) return { from: 'page', offset: emu(simpleOffset) }
    const node = child(place, name)
    const align = child(node, 'wp:align')?.text.trim()
    const from = node?.attributes['relativeFrom'] ?? 'page'
    return { from, offset: emu(child(node, 'wp:posOffset')?.text), ...(align !== undefined && { align }) }
  }
  return {
    horizontal: offset('wp:positionH', simple?.['x']),
    vertical: offset('wp:positionV', simple?.['y']),
    behind: ['1', 'true'].includes(place.attributes['behindDoc'] ?? ''),
  }
}

/** A VML object, as older Word versions and embedded objects have them: only its picture is drawn. */
export function readVml(node: XmlNode, context: ParseContext): Picture | undefined {
  if (node.name === 'w:object') context.warnings.add('Embedded objects are drawn as their preview picture.')
  const data = descendant(node, 'v:imagedata')
  const shape = descendant(node, 'v:shape') ?? descendant(node, 'v:rect')
  if (!data) {
    readBox(node, context)
    return undefined
  }
  const style = Object.fromEntries((shape?.attributes['style'] ?? '').split(';').map((s) => s.split(':').map((x) => x.trim())))
  if (style['position'] === 'absolute')
    context.warnings.add('Floating pictures with text around them are drawn in the line of text that anchors them.')
  const size = (value: unknown) => Math.max(0, measure(typeof value === 'string' ? value.replace('px', '') : undefined, 1) ?? 0)
  return pictureOf(context, data.attributes['r:id'], size(style['width']), size(style['height']), shape?.attributes['alt'] ?? '')
}
