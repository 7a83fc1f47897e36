import { driftOf, driftWords, readPolicyFile } from '../draft.ts'
import { differences } from '../policy/diff.ts'
import { saysTheSame, versionByNumber } from '../policy/versions.ts'
import type { Cli, Done } from './cli.ts'
import { policyFile, publishedVersions, titled, withDatabase } from './policy-file.ts'

export interface PolicyDiffOptions {
  file?: string
  version?: number
}

/** `leadtime policy diff`: from what is published to what the file says. Exit code 1 when they differ, as diff has it. */
export async function run({ file, version: number }: PolicyDiffOptions, cli: Cli): Done {
  const draft = await readPolicyFile(policyFile(file, cli))
  const versions = await withDatabase(cli.config(), publishedVersions)
  const version = number === undefined ? versions.at(-1)! : versionByNumber(versions, number)
  if (saysTheSame(draft, version)) {
    cli.stdout.write(`${draft.file} says what ${titled(version)} says\n`)
    return 0
  }
  const drift = driftOf(draft, versions, Date.now())
  const which = drift?.version === version.number ? driftWords(drift) : titled(version)
  cli.stderr.write(`${which} → ${draft.file}\n`)
  for (const line of differences(version.written, draft.written)) cli.stdout.write(`${line}\n`)
  return 1
}
