export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Width to height, of a screen beside the lists of the page. */
const WANTED_RATIO = 1.4
/** Fewer are easily overlooked as they are. */
const FEW = 24
const GAP = 18
const GAP_OF_COLUMNS = 90
const MARGIN = 20

/**
 * Places for boxes whose layout is a few long columns: each column is folded into several side by side, so that all of them together fit a screen. What stood left of something
 * still does. Undefined where the layout is good as it is.
 */
export function foldColumns(boxes: readonly Box[]): readonly Pick<Box, 'x' | 'y'>[] | undefined {
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width / 2))
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height / 2))
  if (boxes.length <= FEW || height <= width) return undefined
  const columns = columnsOf(boxes)
  const rowHeight = Math.max(...boxes.map((box) => box.height)) + GAP
  const ratioOf = (rows: number): number => widthOf(columns, rows) / (rows * rowHeight)
  const longest = Math.max(...columns.map(({ members }) => members.length))
  let rows = 1
  for (let tried = 2; tried <= longest; tried++)
    if (Math.abs(Math.log(ratioOf(tried) / WANTED_RATIO)) < Math.abs(Math.log(ratioOf(rows) / WANTED_RATIO))) rows = tried
  const places: Pick<Box, 'x' | 'y'>[] = []
  let left = MARGIN
  for (const { members, widest } of columns) {
    for (const [index, position] of members.entries())
      places[position] = {
        x: left + Math.floor(index / rows) * (widest + GAP) + widest / 2,
        y: MARGIN + (index % rows) * rowHeight + rowHeight / 2,
      }
    left += Math.ceil(members.length / rows) * (widest + GAP) - GAP + GAP_OF_COLUMNS
  }
  return places
}

interface Column {
  /** Positions of boxes, from above to below. */
  readonly members: readonly number[]
  readonly widest: number
}

/** Boxes of a column have their centre in common. */
function columnsOf(boxes: readonly Box[]): readonly Column[] {
  const byCentre = new Map<number, number[]>()
  for (const [position, { x }] of boxes.entries()) byCentre.set(Math.round(x), [...(byCentre.get(Math.round(x)) ?? []), position])
  const yOf = (position: number): number => boxes[position]?.y ?? 0
  return [...byCentre]
    .sort(([left], [right]) => left - right)
    .map(([, members]) => ({
      members: members.sort((above, below) => yOf(above) - yOf(below)),
      widest: Math.max(...members.map((position) => boxes[position]?.width ?? 0)),
    }))
}

const widthOf = (columns: readonly Column[], rows: number): number =>
  columns.reduce((sum, { members, widest }) => sum + Math.ceil(members.length / rows) * (widest + GAP) - GAP + GAP_OF_COLUMNS, 0)
