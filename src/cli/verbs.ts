import type { Verb, VerbGroup } from './cli.ts'
import { address, integer, moment, port } from './values.ts'

const policyFile = {
  name: 'file',
  help: 'policy file (LEADTIME_POLICY, else ./policy.yml)',
  optional: true,
} as const
const versionFlag = { flags: '--version <n>', parse: integer(1) }

const POLICY: VerbGroup = {
  name: 'policy',
  summary: 'the policy file: check it, compare it, put it in force',
  verbs: [
    {
      name: 'check',
      summary: 'whether a policy file is right, without a database',
      argument: policyFile,
      flags: [],
      load: () => import('./policy-check.ts'),
    },
    {
      name: 'show',
      summary: 'the policy in force, with every default filled in, and all versions',
      flags: [
        { ...versionFlag, help: 'this version instead' },
        { flags: '--written', help: 'as it was written', conflicts: ['json'] },
        { flags: '--json', help: 'print one JSON object' },
      ],
      load: () => import('./policy-show.ts'),
    },
    {
      name: 'diff',
      summary: 'what a policy file would change, key by key; exit code 1 when it would',
      argument: policyFile,
      flags: [{ ...versionFlag, help: 'against this version instead of the last' }],
      load: () => import('./policy-diff.ts'),
    },
    {
      name: 'publish',
      summary: 'put a policy file in force for the MQLs from its effective date on',
      argument: policyFile,
      flags: [
        { flags: '--effective <date>', help: 'instead of the date in the file' },
        { flags: '--rewrite-history', help: 'hold handoffs that exist already to it' },
      ],
      examples: ['leadtime policy publish', 'leadtime policy publish --effective 2027-01-01'],
      load: () => import('./policy-publish.ts'),
    },
    {
      name: 'schema',
      summary: 'the JSON Schema of a policy file, for editors',
      flags: [],
      load: () => import('./policy-schema.ts'),
    },
  ],
}

/** Every verb, in the order of `leadtime --help`. Nothing here may import an implementation at load time. */
export const VERBS: readonly (Verb | VerbGroup)[] = [
  {
    name: 'demo',
    summary: 'a made-up company in two CRM twins, followed live by the service',
    flags: [
      {
        flags: '--scenario <dir>',
        help: 'load this scenario folder instead of a generated company',
        conflicts: ['people', 'seed'],
      },
      { flags: '--people <n>', help: 'size of the generated company', parse: integer(1, 2_000_000) },
      { flags: '--seed <n>', help: 'the same seed gives the same company', parse: integer(0) },
      { flags: '--once', help: 'one full sync at the scenario’s now, then exit' },
      { flags: '--json', help: 'with --once: one JSON object on stdout' },
      { flags: '--again', help: 'with --once: sync a second time and count what changed' },
      { flags: '--policy <file>', help: 'use this policy file' },
      { flags: '--verdicts <file>', help: 'with --once: write one JSON line per handoff' },
      { flags: '--host <address>', help: 'address of the page and the twins (HOST)' },
      { flags: '--port <n>', help: 'port of the page, 0 for a free one (PORT)', parse: port },
      { flags: '--salesforce-port <n>', help: 'port of the Salesforce twin', parse: port },
      { flags: '--hubspot-port <n>', help: 'port of the HubSpot twin', parse: port },
    ],
    examples: ['leadtime demo', 'leadtime demo --people 10000 --seed 7 --once --json'],
    load: () => import('./demo.ts'),
  },
  {
    name: 'serve',
    summary: 'API, pages, schedulers and workers in one process',
    flags: [
      { flags: '--host <address>', help: 'address to listen on (HOST)' },
      { flags: '--port <n>', help: 'port to listen on, 0 for a free one (PORT)', parse: port },
    ],
    load: () => import('./serve.ts'),
  },
  {
    name: 'work',
    summary: 'workers only; as many processes on as many machines as you like, with REDIS_URL',
    flags: [],
    load: () => import('./work.ts'),
  },
  {
    name: 'sync',
    summary: 'one full round inline, without the queue; for cron and CI',
    flags: [
      { flags: '--once', help: 'end after one round (the only way for now)' },
      { flags: '--json', help: 'print the result as one JSON object' },
    ],
    examples: ['leadtime sync --once', 'leadtime sync --once --json'],
    load: () => import('./sync.ts'),
  },
  {
    name: 'reconcile',
    summary: 'compare the mirror with the CRMs record by record, close the gaps, and certify it',
    flags: [
      { flags: '--object <name>', help: 'only this object: lead, contact, deal, task, …' },
      {
        flags: '--deletions',
        help: 'believe that whatever the CRM no longer shows was deleted, however much',
      },
      { flags: '--json', help: 'print the certificates as one JSON object' },
    ],
    examples: ['leadtime reconcile', 'leadtime reconcile --object lead --json'],
    load: () => import('./reconcile.ts'),
  },
  {
    name: 'explain',
    summary: 'why a lead is flagged: what happened, what was promised, and every minute that was counted',
    argument: { name: 'who', help: 'e-mail address, record id of a CRM, or number of the person' },
    flags: [
      {
        flags: '--at <instant>',
        help: 'as it stood then, from what was known then: 2026-11-24T09:12:00Z, or a date',
        parse: moment,
      },
      { flags: '--hindsight', help: 'with --at: from what is known now' },
      { flags: '--json', help: 'print the explanation as one JSON object' },
    ],
    examples: [
      'leadtime explain ada@example.com',
      'leadtime explain 00Q5g00000AbCdE',
      'leadtime explain contact:51 --at 2026-11-24',
    ],
    load: () => import('./explain.ts'),
  },
  POLICY,
  {
    name: 'replay',
    summary: 'a past quarter under another policy, side by side with what was agreed; nothing is touched',
    flags: [
      { flags: '--policy <file>', help: 'the policy to try' },
      {
        flags: '--from <instant>',
        help: 'handoffs from here on: a date, or 2026-07-01T09:00:00Z; the last full quarter by default',
        parse: moment,
      },
      { flags: '--to <instant>', help: 'up to here, excluded', parse: moment },
      { flags: '--as-of <instant>', help: 'judged as it stood then; now by default', parse: moment },
      { flags: '--changes <file>', help: 'write every changed verdict there, one JSON line each' },
      { flags: '--json', help: 'print the comparison as one JSON object' },
    ],
    examples: [
      'leadtime replay --policy new.yml',
      'leadtime replay --policy new.yml --from 2026-07-01 --to 2026-10-01 --changes changes.jsonl',
    ],
    load: () => import('./replay.ts'),
  },
  {
    name: 'neglect',
    summary: 'leads that nobody takes care of, and reps who are falling behind',
    flags: [{ flags: '--json', help: 'print both as one JSON object' }],
    load: () => import('./neglect.ts'),
  },
  {
    name: 'doctor',
    summary: 'whether everything is set up: keys, database, sign-ins, rights, fields, clock, API budget',
    flags: [{ flags: '--json', help: 'print the checks as one JSON object' }],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'rotate',
    summary: 'encrypt the stored credentials with the newest key of LEADTIME_KEYS',
    flags: [{ flags: '--json', help: 'print the result as one JSON object' }],
    load: () => import('./rotate.ts'),
  },
  {
    name: 'budget',
    summary: 'what the CRMs’ API calls of the day went to, and how far the rest lasts',
    flags: [{ flags: '--json', help: 'print it as one JSON object' }],
    load: () => import('./budget.ts'),
  },
  {
    name: 'migrate',
    summary: 'bring the database to this version',
    flags: [
      { flags: '--status', help: 'only say what would be done' },
      { flags: '--json', help: 'print the result as one JSON object' },
    ],
    load: () => import('./migrate.ts'),
  },
  {
    name: 'twins',
    summary: 'stand-ins for Salesforce and HubSpot on this machine, for trying things out',
    flags: [
      { flags: '--scenario <dir>', help: 'load this scenario folder', conflicts: ['people', 'seed'] },
      { flags: '--people <n>', help: 'size of the generated company', parse: integer(1, 2_000_000) },
      { flags: '--seed <n>', help: 'the same seed gives the same company', parse: integer(0) },
      { flags: '--salesforce-port <n>', help: 'port of the Salesforce twin, 0 for a free one', parse: port },
      { flags: '--hubspot-port <n>', help: 'port of the HubSpot twin, 0 for a free one', parse: port },
      { flags: '--host <address>', help: 'address of the twins; this machine only by default' },
      { flags: '--rate <n>', help: 'let their clock run, n seconds for each real one', parse: integer(1) },
      { flags: '--live', help: 'a generated company also gets a day of events after now' },
      { flags: '--faults <file>', help: 'a fault script (docs/twins.md)' },
      { flags: '--fault <fault...>', help: "one fault of a script: '{fault: truncated, nth: 3}'" },
      { flags: '--webhook <url>', help: 'tell this address of every change in HubSpot', parse: address },
      { flags: '--certificate <file>', help: 'let clients sign in to Salesforce by JWT with its key (PEM)' },
      { flags: '--search-lag <n>', help: 'seconds until HubSpot finds a change', parse: integer(0, 600) },
      { flags: '--quiet', help: 'do not print addresses' },
    ],
    examples: [
      'leadtime twins --people 500',
      'leadtime twins --rate 60 --faults faults.yml',
      "leadtime twins --fault '{fault: daily_limit, twin: hubspot, path: /search}'",
    ],
    load: () => import('./twins.ts'),
  },
]
