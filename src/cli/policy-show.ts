import { policyInForce } from '../policy/policy.ts'
import { printPolicy } from '../policy/print.ts'
import { type Version, versionByNumber } from '../policy/versions.ts'
import type { Cli, Done } from './cli.ts'
import { moment, publishedVersions, titled, withDatabase } from './policy-file.ts'

export interface PolicyShowOptions {
  version?: number
  written?: boolean
  json?: boolean
}

/** `leadtime policy show`: a version with every default filled in, as a file that could be published. */
export async function run({ version: number, written, json }: PolicyShowOptions, cli: Cli): Done {
  const versions = await withDatabase(cli.config(), publishedVersions)
  const inForce = policyInForce(versions)(Date.now())
  const shown = number === undefined ? inForce : versionByNumber(versions, number)
  if (json) {
    const list = versions.map(one => head(one, inForce))
    cli.stdout.write(
      `${JSON.stringify({ ...head(shown, inForce), policy: shown.written, versions: list })}\n`,
    )
  } else if (written) cli.stdout.write(shown.text)
  else cli.stdout.write(`${listed(versions, shown, inForce)}\n${printPolicy(shown.written)}`)
}

const head = (version: Version, inForce: Version) => ({
  number: version.number,
  name: version.policy.name,
  hash: version.hash,
  effective: new Date(version.effective).toISOString(),
  published: new Date(version.publishedAt).toISOString(),
  inForce: version === inForce,
})

/** All versions as comments, the one shown first. */
function listed(versions: readonly Version[], shown: Version, inForce: Version): string {
  const lines = versions.map(one => {
    const now = one === inForce ? ', in force now' : ''
    return `#   ${titled(one)} from ${moment(one.effective)}, published ${moment(one.publishedAt)}${now}\n`
  })
  return `# ${titled(shown)}, with every default filled in. Published so far:\n${lines.join('')}`
}
