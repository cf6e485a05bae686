import { offsetAt } from '../lib/dates.ts'
import { toHexId } from './ids.ts'
import type { ShownClient } from './schemas.ts'
import type { directoryClients } from './tables.ts'

/** An instant as document 001 writes it: in the zone, with its offset; in UTC where the zone still went by the sun, to the second. */
export function inZone(instant: string, zone: string): string {
  const offset = offsetAt(instant, zone)
  if (!/^[+-]\d\d:\d\d$/.test(offset)) return instant.replace('.000Z', 'Z')
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  const shift = (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? -1 : 1)
  const local = new Date(Date.parse(instant) + shift).toISOString()
  return local.replace(/(\.000)?Z$/, offset)
}

const term = (id: number | null) => (id === null ? null : toHexId('terms', id))

export function presentClient(c: typeof directoryClients.$inferSelect, zone: string): ShownClient {
  return {
    id: toHexId('clients', c.id),
    director: c.director,
    bin: c.bin,
    company_name: c.companyName,
    alternative_name: c.alternativeName,
    company_name_ex: c.companyNameEx,
    company_name_search: c.companyNameSearch,
    registration_date: c.registrationDate && inZone(c.registrationDate, zone),
    oked: c.oked,
    description: c.description,
    secondary_oked: c.secondaryOked,
    krp_code: c.krpCode,
    kato: c.kato,
    address: c.address,
    index_ex: c.indexEx,
    address_ex: c.addressEx,
    comment_to_adress_ex: c.commentToAdressEx,
    subway_or_bus_ex: c.subwayOrBusEx,
    web_site_ex: c.webSiteEx,
    vk_ex: c.vkEx,
    twitter_ex: c.twitterEx,
    facebook_ex: c.facebookEx,
    instagram_ex: c.instagramEx,
    seal_image: c.sealImage,
    updated: inZone(c.updated, zone),
    krp_name: term(c.krpName),
    region_ex: term(c.regionEx),
    locality_ex: term(c.localityEx),
    district_ex: term(c.districtEx),
    rubrics: c.rubrics.map((id) => toHexId('terms', id)),
    types: c.types.map((id) => toHexId('terms', id)),
  }
}
