import type { Fault } from './records.ts'

/** So many faulty lines are told one by one; how many more there are follows from the other numbers. */
export const MOST_FAULTS = 1000

/** What became of the lines. */
export class Report {
  received = 0
  created = 0
  updated = 0
  unchanged = 0
  #faults: Fault[] = []

  fault(fault: Fault): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault)
  }

  /** Counts a record by what it is compared with: nothing, another state, or the same. */
  count(before: unknown, isSame: boolean): void {
    if (before === undefined) this.created++
    else if (isSame) this.unchanged++
    else this.updated++
  }

  shown() {
    const { received, created, updated, unchanged } = this
    return { received, created, updated, unchanged, errors: this.#faults.toSorted((a, b) => a.line - b.line) }
  }
}
