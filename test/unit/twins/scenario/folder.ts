import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small scenario without a fault; each test changes what it is about. */
export const FILES: Readonly<Record<string, string>> = {
  'scenario.json': `{
  "name": "small",
  "description": "two people",
  "timeZone": "America/Sao_Paulo",
  "start": "2026-01-01",
  "now": "2026-11-18T15:00:00Z"
}
`,
  'users.csv': `user,name,email,manager,role,time_zone,active
ann,Ann Rep,ann@reps.example.com,meg,rep,Europe/Berlin,true
meg,Meg Boss,meg@reps.example.com,,manager,,
`,
  'people.csv': `person,email,first_name,last_name,company,account,country,source,campaign,job_title
p1,p1@leads.example.com,Ada,One,Alder Bank,,DE,Webinar,,
p2,,Ben,Two,"Blue, Foods",,US,,,
`,
  'events.csv': `person,at,event,actor,direction,outcome,amount,deal,detail
p1,2026-11-02T10:00:00+01:00,mql,,,,,,
p2,2026-11-03,mql,,,,,,
p1,2026-11-02T09:30:00.5Z,assigned,ann,,,,,
p1,2026-11-04T12:00Z,won,ann,,,1234.50,d1,Signed
`,
  'accounts.csv': `account,name,domain,industry,employees,annual_revenue,country,target
a1,Alder Bank,alder.example.com,Finance,120,5e6,DE,true
`,
  'campaigns.csv': `campaign,name,type,start,end,cost,owner
c1,Spring,Webinar,2026-03-01,,9000,meg
`,
}

/** Writes the files, some of them changed or (null) left out, into a new folder; removes it afterwards. */
export async function withFolder<T>(
  changes: Readonly<Record<string, string | Buffer | null>>,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-test-'))
  try {
    for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
      if (text !== null) writeFileSync(join(dir, name), text)
    }
    return await use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The file's text with one line (from 1) replaced. */
export function withLine(file: string, line: number, text: string): Record<string, string> {
  const lines = FILES[file]!.split('\n')
  lines[line - 1] = text
  return { [file]: lines.join('\n') }
}
