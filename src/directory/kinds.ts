/** The reference lists that are names, by the path of each. */
export const TERM_KINDS = ['sections', 'sub_sections', 'rubrics', 'regions', 'localities', 'districts', 'types', 'krp_names'] as const
export type TermKind = (typeof TERM_KINDS)[number]

export const CONTACT_KINDS = ['emails', 'phone_numbers'] as const
export type ContactKind = (typeof CONTACT_KINDS)[number]

/** Everything that the directory is loaded with. */
export const KINDS = [...TERM_KINDS, 'clients', ...CONTACT_KINDS] as const
export type Kind = (typeof KINDS)[number]

/** What a name's field is called, and its parent's. */
export const TERM_FIELDS: Record<TermKind, { field: string; parent?: { field: string; kind: TermKind } }> = {
  sections: { field: 'section' },
  sub_sections: { field: 'sub_section', parent: { field: 'section', kind: 'sections' } },
  rubrics: { field: 'rubric', parent: { field: 'sub_section', kind: 'sub_sections' } },
  regions: { field: 'region' },
  localities: { field: 'locality' },
  districts: { field: 'district' },
  types: { field: 'type' },
  krp_names: { field: 'krp_name' },
}

const RANGE = 2 ** 24

/** The ids of a kind: above `base`, up to `last`. */
export function idRange(kind: TermKind): { base: number; last: number } {
  const base = TERM_KINDS.indexOf(kind) * RANGE
  return { base, last: base + RANGE - 1 }
}
