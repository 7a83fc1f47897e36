const VERSIONS = ['2026-03', '2026-09']

/** The prefixes of an area: the numbered version, and the dated ones that replace it. */
export function families(area: string, numbered: string): string[] {
  const [root, rest] = split(area)
  return [`/${root}/${numbered}${rest}`, ...VERSIONS.map(version => `/${area}/${version}`)]
}

/** `crm/objects` is /crm/v3/objects and /crm/objects/2026-09; `account-info` is /account-info/v3. */
function split(area: string): [root: string, rest: string] {
  const at = area.indexOf('/')
  return at < 0 ? [area, ''] : [area.slice(0, at), area.slice(at)]
}
