import { readPolicyFile } from '../draft.ts'
import { type Published, publish } from '../pipeline/publish.ts'
import { policyFile as schema } from '../policy/schema.ts'
import { migrate } from '../store/migrate.ts'
import { readVersions } from '../store/policies.ts'
import { type Cli, type Done, UsageError } from './cli.ts'
import { moment, policyFile, titled, withDatabase } from './policy-file.ts'

export interface PolicyPublishOptions {
  file?: string
  effective?: string
  rewriteHistory?: boolean
}

/** `leadtime policy publish`: puts the file in force. Services that run follow by themselves. */
export async function run(options: PolicyPublishOptions, cli: Cli): Done {
  const { file, effective, rewriteHistory = false } = options
  if (effective !== undefined) checkEffective(effective)
  const draft = await readPolicyFile(policyFile(file, cli), effective)
  const published = await withDatabase(cli.config(), async db => {
    await migrate(db)
    const seen = (await readVersions(db)).length
    return await publish(db, draft, { now: Date.now(), seen, rewriteHistory })
  })
  cli.stdout.write(published.added ? words(published) : nothing(draft.file, published))
}

function checkEffective(text: string): void {
  const { error } = schema.shape.effective.safeParse(text)
  if (error) throw new UsageError(`--effective: '${text}' is not ${error.issues[0]!.message}`)
}

const nothing = (file: string, { version }: Published) =>
  `${file} says what ${titled(version)} says, effective from ${moment(version.effective)}: nothing to publish\n`

function words({ version, until, marked }: Published): string {
  const { effective } = version
  const end = Number.isFinite(until)
    ? ` until ${moment(until)}, when a version published before takes over`
    : ''
  const people = marked === 1 ? '1 person is' : `${marked.toLocaleString('en')} people are`
  const again =
    marked > 0 ? `\n${people} judged again: by the running service, or the next leadtime sync` : ''
  return `${titled(version)} is published: for MQLs from ${moment(effective)} on${end}${again}\n`
}
